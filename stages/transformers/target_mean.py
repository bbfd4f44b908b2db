"""Categories as the mean target of their rows."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.preprocessing import TargetEncoder

from stages.examples.encoded import Array


class TargetMean(BaseEstimator):
    """The mean target of the category, shrunk to the overall mean (Micci-Barreca 2001).

    In standard deviations of the target from its mean. (A scaler over each column would blow up the noise
    between the folds where nearly all rows are of one category.) Train rows get the mean of the other folds,
    so that no row sees its own target; other rows the mean over all of train; unknown categories the overall
    mean. For three and more classes: one column for each class.

    Parameters
    ----------
    smooth
        Rows' worth of overall mean that is mixed in, or ``auto`` (empirical Bayes).
    folds
        Number of folds of train.

    Examples
    --------
    >>> colours = pd.DataFrame({"colour": ["red"] * 4 + ["blue"] * 4})
    >>> encoder = TargetMean(smooth=0.0, folds=2)
    >>> encoder.fit_transform(colours, np.array([1, 1, 1, 1, 0, 0, 0, 0])).ravel().tolist()
    [1.0, 1.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0]
    """

    scaled = False

    def __init__(
        self, *, smooth: float | Literal["auto"] = "auto", folds: int = 5, random_state: int = 0
    ) -> None:
        self.smooth = smooth
        self.folds = folds
        self.random_state = random_state

    def fit_transform(self, values: pd.DataFrame, target: Array) -> Array:
        """Learn the means and return those of train, cross-fitted; float targets are a regression's."""
        continuous = np.issubdtype(target.dtype, np.floating)
        kind = "continuous" if continuous else "binary" if np.unique(target).size <= 2 else "multiclass"
        splitter = KFold if continuous else StratifiedKFold
        self.encoder_ = TargetEncoder(
            target_type=kind,
            smooth=self.smooth,
            cv=splitter(self.folds, shuffle=True, random_state=self.random_state),
        )
        means = self.encoder_.fit_transform(values, target)
        self.mean_, self.deviation_ = _moments(target, kind)
        return self._standardized(means)

    def transform(self, values: pd.DataFrame) -> Array:
        """Return the means learnt on all of train, ``(n_samples, n_columns)`` float64."""
        return self._standardized(self.encoder_.transform(values))

    def get_feature_names_out(self) -> list[str]:
        """Return the name of each column, e.g. ``Job target mean``, ``Job share of class 2``."""
        names = [str(name) for name in self.encoder_.feature_names_in_]
        if self.encoder_.target_type_ != "multiclass":
            return [f"{name} target mean" for name in names]
        return [f"{name} share of class {k}" for name in names for k in self.encoder_.classes_]

    def _standardized(self, means: Array) -> Array:
        by_column = means.reshape(len(means), -1, self.mean_.size)
        standardized: Array = (by_column - self.mean_) / self.deviation_
        return standardized.reshape(means.shape)


def _moments(target: Array, kind: str) -> tuple[Array, Array]:
    """Return mean and standard deviation of the target, or of each class against the others."""
    values = target == np.unique(target)[:, None] if kind == "multiclass" else target == target.max()
    values = target if kind == "continuous" else values
    values = np.atleast_2d(values).astype(np.float64)
    deviation = values.std(axis=1)
    return values.mean(axis=1), np.where(deviation > 0, deviation, 1.0)
