"""Split at random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.splitters.ranking import choose_ranked, deal_ranked
from stages.splitters.splitter import Mask, Splitter


@dataclass(frozen=True)
class Random(Splitter):
    """Units in the order of their hash; no heed to the target.

    Examples
    --------
    >>> from stages.splitters.sizes import Sizes
    >>> rows = pd.DataFrame({"example_id": [f"t.csv:{i}" for i in range(6)], "unit": range(6)})
    >>> Random().assign(rows, Sizes(test=2, validation=1), seed=0).part.tolist()
    ['validation', 'train', 'test', 'train', 'test', 'train']
    """

    def choose(self, rows: pd.DataFrame, count: int) -> Mask:
        """Return which rows to take: the first units by rank."""
        return choose_ranked(rows, count, strata=_one(rows))

    def deal(self, rows: pd.DataFrame, folds: int) -> NDArray[np.int64]:
        """Return the fold of each row: runs of the ranked units."""
        return deal_ranked(rows, folds, strata=_one(rows))


def _one(rows: pd.DataFrame) -> NDArray[np.int64]:
    """Return a single stratum for all rows."""
    return np.zeros(len(rows), np.int64)
