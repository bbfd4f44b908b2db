"""Outliers among the numeric columns: found on train, clipped everywhere or dropped from train.

Every method has ``fit_rows(values) -> rows kept`` (learns from train) and ``transform(values)`` (clips).
Cells outside the bounds are clipped in validation, test and new rows also where `action` is ``drop``:
rows to be predicted are never removed.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.ensemble import IsolationForest

from stages.examples.encoded import Array

Action = Literal["clip", "drop"]


class Bounds(NamedTuple):
    """The least and the greatest value of each column that is no outlier, each ``(n_features,)``."""

    lower: Array
    upper: Array


class NoOutliers(BaseEstimator):
    """Take every value as it is.

    Examples
    --------
    >>> NoOutliers().fit_rows(np.array([[1.0], [1e9]])).tolist()
    [True, True]
    """

    def fit_rows(self, values: Array) -> Array:
        """Return that every row is kept."""
        return np.ones(len(values), dtype=bool)

    def transform(self, values: Array) -> Array:
        """Return `values`."""
        return values


class BoundedOutliers(BaseEstimator):
    """Base of the methods that draw a lower and an upper bound for each column.

    A column without spread between its bounds (mostly one value) has no bounds: clipped, it would become
    constant.
    """

    action: Action

    def bounds(self, values: Array) -> Bounds:
        """Return the bounds of the columns of `values`, ``(n_samples, n_features)``, NaN = missing."""
        raise NotImplementedError

    def fit_rows(self, values: Array) -> Array:
        """Learn the bounds and return which rows of train stay, ``(n_samples,)`` bool."""
        lower, upper = self.bounds(values)
        bounded = upper > lower
        self.lower_ = np.where(bounded, lower, -np.inf)
        self.upper_ = np.where(bounded, upper, np.inf)
        if self.action == "drop":
            outside = (values < self.lower_) | (values > self.upper_)
            kept: Array = np.logical_not(outside.any(axis=1))
            return kept
        return np.ones(len(values), dtype=bool)

    def transform(self, values: Array) -> Array:
        """Return `values` with what lies outside the bounds put on them; NaN stays."""
        return np.clip(values, self.lower_, self.upper_)


class IqrOutliers(BoundedOutliers):
    """Beyond `factor` interquartile ranges from the quartiles (Tukey 1977: 1.5).

    Examples
    --------
    >>> rows = np.array([[1.0], [2.0], [3.0], [4.0], [100.0]])
    >>> method = IqrOutliers(factor=1.5, action="clip")
    >>> method.fit_rows(rows).all(), method.transform(rows).max()
    (np.True_, np.float64(7.0))
    """

    def __init__(self, *, factor: float = 1.5, action: Action = "clip") -> None:
        self.factor = factor
        self.action = action

    def bounds(self, values: Array) -> Bounds:
        """Return the quartiles moved outwards by `factor` times their distance."""
        lower, upper = np.nanquantile(values, [0.25, 0.75], axis=0)
        reach = self.factor * (upper - lower)
        return Bounds(lower - reach, upper + reach)


class ZScoreOutliers(BoundedOutliers):
    """More than `threshold` standard deviations from the mean.

    Examples
    --------
    >>> rows = np.array([[0.0]] * 20 + [[50.0]])
    >>> ZScoreOutliers(threshold=3.0, action="drop").fit_rows(rows).sum()
    np.int64(20)
    """

    def __init__(self, *, threshold: float = 3.0, action: Action = "clip") -> None:
        self.threshold = threshold
        self.action = action

    def bounds(self, values: Array) -> Bounds:
        """Return the mean minus and plus `threshold` standard deviations."""
        mean, reach = np.nanmean(values, axis=0), self.threshold * np.nanstd(values, axis=0)
        return Bounds(mean - reach, mean + reach)


class QuantileOutliers(BoundedOutliers):
    """Below the quantile `lower` or above the quantile `upper` of train (winsorising).

    Examples
    --------
    >>> rows = np.arange(101.0).reshape(-1, 1)
    >>> method = QuantileOutliers(lower=0.01, upper=0.99, action="clip")
    >>> method.fit_rows(rows).all(), method.transform(rows).min(), method.transform(rows).max()
    (np.True_, np.float64(1.0), np.float64(99.0))
    """

    def __init__(self, *, lower: float = 0.01, upper: float = 0.99, action: Action = "clip") -> None:
        self.lower = lower
        self.upper = upper
        self.action = action

    def bounds(self, values: Array) -> Bounds:
        """Return the two quantiles of each column."""
        return Bounds(*np.nanquantile(values, [self.lower, self.upper], axis=0))


class IsolationForestOutliers(BaseEstimator):
    """Rows that random trees separate from the others in few cuts (Liu, Ting and Zhou 2008).

    It judges whole rows, missing cells and all, so there is nothing to clip: `action` is ``drop``.

    Parameters
    ----------
    contamination
        The share of rows of train to drop, or ``auto``: the threshold of the paper.

    Examples
    --------
    >>> rows = np.vstack([np.linspace(0, 1, 99).reshape(-1, 1), [[50.0]]])
    >>> bool(IsolationForestOutliers(contamination=0.01).fit_rows(rows)[-1])
    False
    """

    def __init__(
        self,
        *,
        contamination: float | Literal["auto"] = 0.02,
        n_estimators: int = 100,
        max_samples: int | float | Literal["auto"] = "auto",
        max_features: int | float = 1.0,
        action: Action = "drop",
        random_state: int = 0,
    ) -> None:
        self.contamination = contamination
        self.n_estimators = n_estimators
        self.max_samples = max_samples
        self.max_features = max_features
        self.action = action
        self.random_state = random_state

    def fit_rows(self, values: Array) -> Array:
        """Return which rows of train stay; the forest is not kept, nothing else needs it."""
        if self.action == "clip":
            raise ValueError(
                "encode.outliers=isolation_forest judges whole rows, so there is nothing to clip: set its "
                "action to drop, or choose iqr, z_score or quantile, which can clip."
            )
        forest = IsolationForest(
            n_estimators=self.n_estimators,
            max_samples=self.max_samples,
            contamination=self.contamination,
            max_features=self.max_features,
            random_state=self.random_state,
        )
        kept: Array = forest.fit_predict(values) == 1
        return kept

    def transform(self, values: Array) -> Array:
        """Return `values`: nothing is clipped."""
        return values
