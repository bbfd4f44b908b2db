"""Draw whole groups of mixed classes so that the classes' shares are kept."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.splitters.units import KEY, UNIT

EXCHANGES, BORDER = 10, 100
TOLERANCE = 0.02
"""A part that holds each class within 2 % of its wanted rows is left alone."""


def choose_balanced(rows: pd.DataFrame, count: int, *, strata: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which rows to take: whole units, about `count` rows, of each stratum its share."""
    counts, units = _count_strata(rows, strata)
    taken = pick_units(counts, counts.sum(axis=0) * (count / len(rows)))
    return rows[UNIT].isin(units[taken]).to_numpy()


def deal_balanced(rows: pd.DataFrame, folds: int, *, strata: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the fold of each row: one fold after another takes its share, the last takes what is left."""
    counts, units = _count_strata(rows, strata)
    fold = np.full(len(units), folds - 1, np.int64)
    for number in range(folds - 1):
        left = np.flatnonzero(fold == folds - 1)
        # A unit is kept back for each fold still to come.
        taken = pick_units(
            counts[left], counts[left].sum(axis=0) / (folds - number), leave=folds - 1 - number
        )
        fold[left[taken]] = number
    return pd.Series(fold, index=units).loc[rows[UNIT]].to_numpy()


def pick_units(
    counts: NDArray[np.int64], wanted: NDArray[np.float64], *, leave: int = 1
) -> NDArray[np.bool_]:
    """Return which units to take, in order, so that their rows come close to `wanted` of each class.

    A unit is taken where it brings the counts taken so far nearer to those wanted (squared distance, each
    class relative to its total, and the total of all classes as one more); then a few units at the border are
    exchanged where that brings them nearer still. So the first ones are all taken and only the last ones are
    chosen, which keeps the draw nearly the same when a row more or less comes in (assigning each group to the
    part that lacks its classes most, as `StratifiedGroupKFold` does, moves every fifth row then).

    Parameters
    ----------
    counts
        Rows of each unit and class, in the order of drawing, ``(n_units, n_classes)``.
    wanted
        Rows to take of each class, ``(n_classes,)``.
    leave
        How many units must be left over at least.

    Examples
    --------
    >>> pick_units(np.array([[4, 0], [3, 0], [0, 1], [0, 1]]), np.array([4.0, 1.0]))
    array([ True, False,  True, False])
    """
    totals = np.append(counts.sum(axis=0), counts.sum())
    relative = np.column_stack([counts, counts.sum(axis=1)]) / np.maximum(totals, 1)
    lacking = np.append(wanted, wanted.sum()) / np.maximum(totals, 1)
    taken = np.zeros(len(counts), np.bool_)
    for unit, shares in enumerate(relative):
        if taken.sum() >= len(counts) - leave:
            break
        if shares @ (2 * lacking - shares) > 0:
            taken[unit] = True
            lacking -= shares
    if not taken.any():
        taken[np.argmin(relative[:, -1])] = True
        return taken
    return _exchange(taken, relative, lacking, tolerance=TOLERANCE * wanted.sum() / totals[-1])


def _exchange(
    taken: NDArray[np.bool_], relative: NDArray[np.float64], lacking: NDArray[np.float64], *, tolerance: float
) -> NDArray[np.bool_]:
    """Return `taken` after the best exchanges between the last units taken and the first ones left."""
    taken = taken.copy()
    for _ in range(EXCHANGES):
        if np.abs(lacking).max() <= tolerance:
            break
        inside, outside = np.flatnonzero(taken)[-BORDER:], np.flatnonzero(~taken)[:BORDER]
        change = relative[outside] - relative[inside][:, np.newaxis]
        gain = (change * (2 * lacking - change)).sum(axis=2)
        out, into = np.unravel_index(np.argmax(gain), gain.shape)
        if gain[out, into] <= 0:
            break
        taken[inside[out]], taken[outside[into]] = False, True
        lacking = lacking - change[out, into]
    return taken


def _count_strata(
    rows: pd.DataFrame, strata: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of each unit and stratum, and the units, both in the order of drawing."""
    units = rows[UNIT].to_numpy()
    counts = pd.crosstab(units, strata)
    order = rows.drop_duplicates(UNIT).set_index(UNIT)[KEY].sort_values(kind="stable").index
    return counts.loc[order].to_numpy(), order.to_numpy()
