"""Leave the training rows as they are."""

from __future__ import annotations

import numpy as np

from stages.examples.encoded import Array


class NoSampler:
    """Return the rows given; the choice ``resample=none``.

    Examples
    --------
    >>> NoSampler().fit_resample(np.array([[1.0], [2.0]]), np.array([0, 1]))
    (array([[1.],
           [2.]]), array([0, 1]))
    """

    sample_indices_: Array

    def fit_resample(self, X: Array, y: Array) -> tuple[Array, Array]:
        """Return `X` and `y`."""
        self.sample_indices_ = np.arange(len(y), dtype=np.int64)
        return X, y
