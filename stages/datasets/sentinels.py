"""Numbers that stand for a missing cell: -999 and the like."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

EVIDENT: Final = (-99.0, -999.0, -9999.0, -99999.0, -999999.0)
SUSPECT: Final = (-1.0, -9.0, 99.0, 999.0, 9999.0, 99999.0, 999999.0)


def evident_sentinels(values: NDArray[np.float64]) -> list[float]:
    """Return numbers that evidently stand for missing: -99, -999, ..., more than once, all else positive.

    Examples
    --------
    >>> evident_sentinels(np.array([3.0, -999.0, 5.0, -999.0, np.nan]))
    [-999.0]
    """
    present = [mark for mark in EVIDENT if (values == mark).sum() > 1]
    others = values[~np.isnan(values) & ~np.isin(values, present)]
    return present if present and len(others) and others.min() >= 0 else []


def suspected_sentinels(values: NDArray[np.float64]) -> list[float]:
    """Return numbers that may stand for missing: at the edge of the column, repeated, far from the rest.

    Examples
    --------
    >>> suspected_sentinels(np.array([3.0, 999.0, 5.0, 999.0]))
    [999.0]
    """
    found = []
    filled = values[~np.isnan(values)]
    for mark in (*SUSPECT, *EVIDENT):
        others = filled[filled != mark]
        if (filled == mark).sum() < 2 or not len(others):
            continue
        alone_below = mark < 0 <= others.min()
        far_above = mark > 0 and others.max() < mark / 2
        if alone_below or far_above:
            found.append(mark)
    return found
