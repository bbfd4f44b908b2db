"""Split by time: the past trains, the future tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.examples.schema import TIME
from stages.splitters.ranking import cut_runs
from stages.splitters.sizes import EXCLUDED, PARTS, Assignment, Sizes
from stages.splitters.straddling import exclude_straddlers
from stages.splitters.units import UNIT


@dataclass(frozen=True)
class ByTime:
    """The latest rows test, those before them validate, the earliest train; one moment is never parted.

    With folds, forward chaining: the moments are cut into ``folds + 1`` runs; fold f tests on run f + 1,
    trains on all that comes before it, and leaves out what comes after (validation is then a fraction of the
    rows the fold uses). Rows of equal content or equal group that lie on both sides of a border are left out
    of the earlier part.

    Examples
    --------
    >>> rows = pd.DataFrame({"time": [3.0, 1.0, 2.0, 4.0, 5.0], "unit": range(5)})
    >>> ByTime().assign(rows, Sizes(test=1, validation=1), seed=0).part.tolist()
    ['train', 'train', 'train', 'validation', 'test']
    >>> ByTime().assign(rows, Sizes(test=1, validation=1, folds=2, fold=0), seed=0).part.tolist()
    ['test', 'train', 'validation', 'excluded', 'excluded']
    """

    def assign(self, rows: pd.DataFrame, sizes: Sizes, *, seed: int) -> Assignment:
        """Return the part and the fold of each row; `seed` has no effect.

        Raises
        ------
        ValueError
            Without a time for every row, or with too few different times.
        """
        times = check_times(rows, sizes)
        fold = np.full(len(rows), -1, np.int64)
        if sizes.cross_validated:
            fold = _runs(times, sizes.folds + 1) - 1
            test, future = fold == sizes.fold, fold > sizes.fold
        else:
            test = _latest(times, sizes.test_rows(len(rows)), leave=2)
            future = np.zeros(len(rows), np.bool_)
        part = np.where(test, "test", np.where(future, EXCLUDED, "train")).astype(object)
        past = np.flatnonzero(part == "train")
        count = sizes.count(sizes.validation, len(rows) - int(future.sum()))
        part[past[_latest(times[past], count, leave=1)]] = "validation"
        part, notes = exclude_straddlers(part, rows[UNIT].to_numpy())
        return Assignment(part, fold, notes, () if sizes.cross_validated else ("validation", "test"))


def check_times(rows: pd.DataFrame, sizes: Sizes) -> NDArray[np.int64]:
    """Return the rank of each row's time, equal times alike.

    Raises
    ------
    ValueError
        Without a time for every row, or with fewer different times than are needed.
    """
    if TIME not in rows:
        raise ValueError(
            "The split by time needs the time of each row, and no column has the role `time`. Name one in "
            "the data set's YAML, or take split/strategy=stratified."
        )
    missing = int(rows[TIME].isna().sum())
    if missing:
        raise ValueError(
            f"{missing:,} of {len(rows):,} rows have no time (missing or unreadable), so that nobody can "
            "say whether they come before or after the others. Fill or drop them in the raw data "
            "(data/clean/audit.csv names the cells that could not be read), or take "
            "split/strategy=stratified."
        )
    ranks, times = pd.factorize(rows[TIME], sort=True)
    needed = sizes.folds + 2 if sizes.cross_validated else len(PARTS)
    if len(times) < needed:
        raise ValueError(
            f"The column `time` has only {len(times)} different values, and the split by time needs at "
            f"least {needed} (one moment is never parted). Give a finer time, lower split.folds, or take "
            "split/strategy=stratified."
        )
    sizes.check_folds(len(times) - 2, what="different times but two")
    return ranks.astype(np.int64)


def _latest(times: NDArray[np.int64], count: int, *, leave: int) -> NDArray[np.bool_]:
    """Return the rows of the latest moments, about `count`; one at least, and `leave` moments stay."""
    moments, moment, sizes = np.unique(times, return_inverse=True, return_counts=True)
    middles = np.cumsum(sizes[::-1]) - sizes[::-1] / 2
    taken = np.clip(np.searchsorted(middles, count), 1, max(1, len(moments) - leave))
    return moment >= len(moments) - taken


def _runs(times: NDArray[np.int64], runs: int) -> NDArray[np.int64]:
    """Return the run of each row: consecutive moments, about as many rows in each."""
    _, moment, sizes = np.unique(times, return_inverse=True, return_counts=True)
    # The first run holds two moments at least: one to train on and one to validate on.
    return cut_runs(sizes, runs, first=2)[moment]
