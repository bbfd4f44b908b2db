"""Draw whole units in the order of their hash, within strata."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.splitters.units import KEY, UNIT


def unit_table(rows: pd.DataFrame, strata: NDArray[np.int64]) -> pd.DataFrame:
    """Return one line a unit: ``size`` in rows, ``key`` to rank by, ``stratum`` of most of its rows."""
    pairs = pd.DataFrame({UNIT: rows[UNIT].to_numpy(), "stratum": strata})
    counts = pairs.groupby([UNIT, "stratum"]).size().rename("size").reset_index()
    most = counts.sort_values([UNIT, "size", "stratum"], ascending=[True, False, True]).drop_duplicates(UNIT)
    keys = rows.drop_duplicates(UNIT).set_index(UNIT)[KEY]
    table = most.set_index(UNIT)[["stratum"]].assign(size=counts.groupby(UNIT)["size"].sum(), key=keys)
    return table.sort_values(KEY, kind="stable")


def choose_ranked(rows: pd.DataFrame, count: int, *, strata: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which rows to take: the first units of each stratum, about `count` rows in all.

    Each stratum gives its share of `count`.
    """
    units = unit_table(rows, strata)
    totals = units.groupby("stratum")["size"].sum()
    quotas = apportion(totals.to_numpy(), count)
    taken = [
        _first_fit(units[units["stratum"] == stratum]["size"], quota)
        for stratum, quota in zip(totals.index, quotas, strict=True)
    ]
    return rows[UNIT].isin(np.concatenate(taken)).to_numpy()


def deal_ranked(rows: pd.DataFrame, folds: int, *, strata: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the fold of each row: each stratum's units, in order, cut into runs of about equal size."""
    units = unit_table(rows, strata)
    fold = pd.Series(0, index=units.index, dtype=np.int64)
    for stratum, (_, members) in enumerate(units.groupby("stratum")):
        # Turned by the stratum's number, else the same folds would get the extra row of every stratum.
        fold[members.index] = (cut_runs(members["size"].to_numpy(), folds) + stratum) % folds
    return np.asarray(fold.loc[rows[UNIT]], dtype=np.int64)


def apportion(totals: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return how many of `count` fall to each stratum: in proportion, by largest remainders.

    At least one each, but none of a stratum that has a single row.

    Examples
    --------
    >>> apportion(np.array([50, 30, 20]), 11)
    array([6, 3, 2])
    >>> apportion(np.array([97, 3]), 10)
    array([9, 1])
    """
    exact = totals * (count / totals.sum())
    quotas: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    largest = np.argsort(-(exact - quotas), kind="stable")
    quotas[largest[: count - quotas.sum()]] += 1
    quotas[totals == 1] = 0
    while ((quotas == 0) & (totals > 1)).any() and quotas.max() > 1:
        quotas[np.argmax((quotas == 0) & (totals > 1))] += 1
        quotas[np.argmax(quotas)] -= 1
    return quotas


def _first_fit(sizes: pd.Series, quota: int) -> NDArray[np.int64]:
    """Return the units taken in order while they fit; what would overshoot by over half is passed over."""
    taken, filled = [], 0
    for unit, size in sizes.items():
        if filled >= quota:
            break
        if filled + size / 2 <= quota:
            taken.append(unit)
            filled += size
    if not taken and quota:
        taken = [sizes.idxmin()]
    return np.array(taken, np.int64)


def cut_runs(sizes: NDArray[np.int64], runs: int, *, first: int = 1) -> NDArray[np.int64]:
    """Return the run of each unit: consecutive runs of about as many rows, each of one unit at least.

    Parameters
    ----------
    sizes
        Rows of each unit, in order, ``(n_units,)``; there must be ``runs + first - 1`` units or more.
    runs
        Number of runs.
    first
        How many units the first run holds at least.

    Examples
    --------
    >>> cut_runs(np.array([1, 1, 1, 1, 1, 1]), 3)
    array([0, 0, 1, 1, 2, 2])
    >>> cut_runs(np.array([90, 1, 1, 1]), 3)
    array([0, 1, 2, 2])
    """
    numbers = np.arange(1, runs)
    starts = np.searchsorted(np.cumsum(sizes) - sizes / 2, numbers * (sizes.sum() / runs))
    starts = np.maximum.accumulate(np.maximum(starts, first) - numbers) + numbers
    starts = np.minimum(starts, len(sizes) - numbers[::-1])
    return np.searchsorted(starts, np.arange(len(sizes)), side="right").astype(np.int64)
