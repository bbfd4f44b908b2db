"""What fills missing numbers: scikit-learn's imputers, and its k-NN one made fit for tables as they come.

Those called `mean`, `median`, `most_frequent` and `constant` are ``sklearn.impute.SimpleImputer``.
"""

from __future__ import annotations

import logging
import time
from typing import Any, Self

import numpy as np
from sklearn import impute
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.experimental import enable_iterative_imputer  # noqa: F401 (makes the next import work)
from sklearn.impute import IterativeImputer
from sklearn.preprocessing import StandardScaler

from stages.examples.encoded import Array

__all__ = ["IterativeImputer", "KNNImputer"]

logger = logging.getLogger(__name__)

ROWS_AT_ONCE = 1000
SECONDS_BETWEEN_LINES = 5.0


class KNNImputer(TransformerMixin, BaseEstimator):
    """Fill a missing number with the mean of the rows most alike in the other numbers.

    ``sklearn.impute.KNNImputer`` on standardised columns (else the column with the largest numbers alone
    would decide who is a neighbour), among at most `max_rows` rows, saying how far it is.

    Parameters
    ----------
    n_neighbors
        How many rows are averaged.
    weights
        ``uniform``, or ``distance``: nearer rows count more.
    max_rows
        Rows of train among which neighbours are searched, evenly spaced; time and the size of the fitted
        object are proportional to it.

    Examples
    --------
    >>> rows = np.array([[1.0, 10.0], [1.1, np.nan], [9.0, 90.0]])
    >>> KNNImputer(n_neighbors=1).fit_transform(rows)[1].tolist()
    [1.1, 10.0]
    """

    def __init__(self, *, n_neighbors: int = 5, weights: str = "uniform", max_rows: int = 10_000) -> None:
        self.n_neighbors = n_neighbors
        self.weights = weights
        self.max_rows = max_rows

    def fit(self, values: Array, y: Any = None) -> Self:
        """Keep the rows among which neighbours are searched; `values` is ``(n_samples, n_features)``."""
        self.scaler_ = StandardScaler().fit(values)
        scaled = self.scaler_.transform(values)
        kept = np.linspace(0, len(scaled) - 1, min(len(scaled), self.max_rows)).round().astype(np.int64)
        imputer = impute.KNNImputer(
            n_neighbors=self.n_neighbors, weights=self.weights, keep_empty_features=True
        )
        self.imputer_ = imputer.fit(scaled[kept])
        return self

    def transform(self, values: Array) -> Array:
        """Return `values` with what is missing filled; other cells keep their value to the bit."""
        incomplete = np.flatnonzero(np.isnan(values).any(axis=1))
        filled = np.array(values, dtype=np.float64)
        said = time.monotonic()
        for start in range(0, len(incomplete), ROWS_AT_ONCE):
            rows = incomplete[start : start + ROWS_AT_ONCE]
            scaled = self.imputer_.transform(self.scaler_.transform(filled[rows]))
            guesses = self.scaler_.inverse_transform(scaled)
            filled[rows] = np.where(np.isnan(filled[rows]), guesses, filled[rows])
            if time.monotonic() - said > SECONDS_BETWEEN_LINES:
                said = time.monotonic()
                logger.info("k-NN imputation: %d of %d incomplete rows", start + len(rows), len(incomplete))
        return filled
