"""Which rows of a resampled table are old ones, and which are made up."""

from __future__ import annotations

from collections import defaultdict, deque

import numpy as np

from stages.examples.encoded import Array


def find_origins(before: Array, after: Array, indices: Array | None) -> Array:
    """Return for each row of `after` its row in `before`, or -1 for one that was made.

    Parameters
    ----------
    before, after
        The tables, target included, ``(n_samples, n_columns)``.
    indices
        The rows of `before` that the sampler says it took, where it says so.

    Examples
    --------
    >>> before = np.array([[1.0, 0], [2.0, 1]])
    >>> find_origins(before, np.array([[2.0, 1], [1.5, 0]]), None)
    array([ 1, -1])
    """
    if indices is not None and len(indices) == len(after):
        same = (after == before[indices]).all(axis=1)
        return np.where(same, indices, -1).astype(np.int64)
    if len(after) >= len(before) and np.array_equal(after[: len(before)], before):
        made = np.full(len(after) - len(before), -1)
        return np.concatenate([np.arange(len(before)), made]).astype(np.int64)
    return _match(before, after)


def _match(before: Array, after: Array) -> Array:
    """Return the origins by content: each old row serves once."""
    waiting: defaultdict[bytes, deque[int]] = defaultdict(deque)
    for row, values in enumerate(np.ascontiguousarray(before)):
        waiting[values.tobytes()].append(row)
    keys = (values.tobytes() for values in np.ascontiguousarray(after.astype(before.dtype)))
    return np.array([waiting[key].popleft() if waiting[key] else -1 for key in keys], np.int64)
