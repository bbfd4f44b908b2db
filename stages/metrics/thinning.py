"""Fewer points of a long curve, so that its plot stays small."""

from __future__ import annotations

import numpy as np

from stages.examples.encoded import Array


def thin(count: int, *, limit: int) -> Array:
    """Return at most `limit` rows of `count`, evenly spread, the first and the last among them, int64.

    Examples
    --------
    >>> thin(9, limit=3).tolist()
    [0, 4, 8]
    >>> thin(2, limit=3).tolist()
    [0, 1]
    """
    if count <= limit:
        return np.arange(count, dtype=np.int64)
    return np.linspace(0, count - 1, limit).round().astype(np.int64)
