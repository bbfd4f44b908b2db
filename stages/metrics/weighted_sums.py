"""Sums over the rows for many weightings of them at once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.sparse import csr_array, vstack

from stages.examples.encoded import Array


def one_hot(codes: Array, size: int, *, values: Array | None = None) -> csr_array:
    """Return, for each code, the rows that have it: ``(size, n_samples)``, 1 or the row's value there.

    Parameters
    ----------
    codes
        From 0 to `size` - 1, ``(n_samples,)``; a row with a negative code belongs to none.
    """
    rows = np.flatnonzero(codes >= 0)
    filled = np.ones(len(rows)) if values is None else values[rows].astype(np.float64)
    return csr_array((filled, (codes[rows], rows)), shape=(size, len(codes)))


class WeightedSums:
    """Named sums of columns of numbers, most of them 0, for many weightings of the rows.

    Parameters
    ----------
    columns
        Numbers of each row ``(n_samples,)``, or several of them as rows of a matrix ``(width, n_samples)``,
        by name.

    Examples
    --------
    >>> sums = WeightedSums({"error": np.array([1.0, 2.0]), "class": one_hot(np.array([1, 0]), 2)})
    >>> found = sums(np.array([[1.0, 1.0], [0.0, 2.0]]))
    >>> found["error"].tolist(), found["class"].tolist()
    ([3.0, 4.0], [[1.0, 1.0], [2.0, 0.0]])
    """

    def __init__(self, columns: Mapping[str, Array | csr_array]) -> None:
        self._single = {name for name, column in columns.items() if column.ndim == 1}
        blocks = [
            csr_array(column.reshape(1, -1)) if column.ndim == 1 else column for column in columns.values()
        ]
        self._ends = np.cumsum([block.shape[0] for block in blocks])
        self._names = list(columns)
        self._matrix = csr_array(vstack(blocks))

    def __call__(self, weights: Array) -> dict[str, Array]:
        """Return the sums by name, ``(n_weightings,)`` or ``(n_weightings, width)``.

        Parameters
        ----------
        weights
            Shape ``(n_weightings, n_samples)``.
        """
        sums = (self._matrix @ np.ascontiguousarray(weights.T)).T
        blocks = dict(zip(self._names, np.split(sums, self._ends[:-1], axis=1), strict=True))
        return {name: block[:, 0] if name in self._single else block for name, block in blocks.items()}
