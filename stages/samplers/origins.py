"""Which rows of a resampled table are old ones, and which are made up."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.examples.arrays import is_sparse
from stages.examples.encoded import Array


def find_origins(before: Any, after: Any, indices: Array | None) -> Array:
    """Return for each row of `after` its row in `before`, or -1 for one that was made.

    Parameters
    ----------
    before, after
        The tables, target included, ``(n_samples, n_columns)``: arrays, or sparse matrices by rows.
    indices
        The rows of `before` that the sampler says it took, where it says so.

    Examples
    --------
    >>> before = np.array([[1.0, 0], [2.0, 1]])
    >>> find_origins(before, np.array([[2.0, 1], [1.5, 0]]), None)
    array([ 1, -1])
    """
    count = before.shape[0]
    if indices is not None and len(indices) == after.shape[0]:
        return np.where(_same(after, before[indices]), indices, -1).astype(np.int64)
    if after.shape[0] >= count and _same(after[:count], before).all():
        made = np.full(after.shape[0] - count, -1)
        return np.concatenate([np.arange(count), made]).astype(np.int64)
    return _match(before, after)


def with_classes(rows: Any, y: Array) -> Any:
    """Return `rows` with their classes as a last column; a sparse matrix stays one."""
    if not is_sparse(rows):
        return np.column_stack([rows, y])
    from scipy.sparse import csr_array, hstack

    table = csr_array(hstack([csr_array(rows), csr_array(y[:, np.newaxis].astype(rows.dtype))], format="csr"))
    table.sum_duplicates()
    table.eliminate_zeros()
    return table


def as_matrix(rows: Any) -> Any:
    """Return a sparse array as the older sparse matrix; others as they are.

    One row of a matrix still has two axes, and some samplers of imbalanced-learn 0.14 take single rows.
    """
    if not is_sparse(rows):
        return rows
    from scipy.sparse import csr_matrix

    return csr_matrix(rows)


def as_array(rows: Any) -> Any:
    """Return rows that a sampler gave back as an array, a sparse one where they were sparse."""
    from scipy.sparse import csr_array, issparse

    return csr_array(rows) if issparse(rows) else np.asarray(rows)


def _same(left: Any, right: Any) -> NDArray[np.bool_]:
    """Return which rows of two tables of one shape are equal, ``(n_samples,)``."""
    unlike = left != right
    differences = np.diff(unlike.tocsr().indptr) if is_sparse(left) else unlike.sum(axis=1)
    return np.asarray(differences == 0)


def _match(before: Any, after: Any) -> Array:
    """Return the origins by content: each old row serves once."""
    waiting: defaultdict[bytes, deque[int]] = defaultdict(deque)
    for row, content in enumerate(_contents(before)):
        waiting[content].append(row)
    keys = _contents(after.astype(before.dtype))
    return np.array([waiting[key].popleft() if waiting[key] else -1 for key in keys], np.int64)


def _contents(table: Any) -> Iterator[bytes]:
    """Yield the content of each row."""
    if not is_sparse(table):
        yield from (values.tobytes() for values in np.ascontiguousarray(table))
        return
    for start, stop in zip(table.indptr[:-1], table.indptr[1:], strict=True):
        yield table.indices[start:stop].astype(np.int64).tobytes() + table.data[start:stop].tobytes()
