"""Leave out training rows whose label is probably wrong."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from sklearn.base import BaseEstimator, clone

from stages.examples.encoded import Array

FilterBy = Literal[
    "prune_by_noise_rate", "prune_by_class", "both", "confident_learning", "predicted_neq_given",
    "low_normalized_margin", "low_self_confidence",
]  # fmt: skip


class LabelErrorFilter(BaseEstimator):
    """Confident learning: rows whose label contradicts out-of-fold predictions, found by cleanlab.

    Northcutt, Jiang & Chuang (2021), Confident Learning: Estimating Uncertainty in Dataset Labels, JAIR 70.

    Parameters
    ----------
    estimator
        Classifier with ``predict_proba`` that is cross-validated; None: a random forest.
    folds
        Folds of the cross-validation.
    filter_by
        cleanlab's rule for what counts as a probable error.
    noise_fraction
        Share of the rows so found that is removed, the most probable errors first, between 0 and 1.
    random_state
        Seed of the folds and of the estimator.

    Examples
    --------
    >>> X = np.concatenate([np.linspace(0, 1, 20), np.linspace(5, 6, 20)])[:, np.newaxis]
    >>> y = np.repeat([0, 1], 20)
    >>> y[3] = 1
    >>> kept, _ = LabelErrorFilter(folds=4, random_state=0).fit_resample(X, y)
    >>> len(kept), bool(X[3] in kept)
    (39, False)
    """

    sample_indices_: Array

    def __init__(
        self,
        *,
        estimator: Any = None,
        folds: int = 5,
        filter_by: FilterBy = "low_normalized_margin",
        noise_fraction: float = 1.0,
        random_state: int = 0,
    ) -> None:
        self.estimator = estimator
        self.folds = folds
        self.filter_by = filter_by
        self.noise_fraction = noise_fraction
        self.random_state = random_state

    def fit_resample(self, X: Array, y: Array) -> tuple[Array, Array]:
        """Return the rows whose label is believed, in order.

        Raises
        ------
        ValueError
            Where a class has fewer rows than folds.
        """
        from cleanlab.filter import find_label_issues

        present, labels = np.unique(y, return_inverse=True)
        least = int(np.bincount(labels).min())
        if least < self.folds:
            raise ValueError(
                f"the smallest class has {least} rows and resample.folds={self.folds} asks for one row of "
                f"each class in every fold: set resample.folds={max(least, 2)}, or merge or drop that class."
            )
        if len(present) == 1:
            raise ValueError("all rows have the same class, so that no label can be told from another.")
        wrong = find_label_issues(
            labels,
            self._predict(X, labels),
            filter_by=self.filter_by,
            frac_noise=self.noise_fraction,
            n_jobs=1,
        )
        self.sample_indices_ = np.flatnonzero(~wrong)
        return X[self.sample_indices_], y[self.sample_indices_]

    def _predict(self, X: Array, labels: Array) -> Array:
        """Return out-of-fold class probabilities, ``(n_samples, n_classes)``."""
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.model_selection import StratifiedKFold, cross_val_predict

        estimator = RandomForestClassifier() if self.estimator is None else clone(self.estimator)
        if "random_state" in estimator.get_params():
            estimator.set_params(random_state=self.random_state)
        folds = StratifiedKFold(self.folds, shuffle=True, random_state=self.random_state)
        probabilities: Array = cross_val_predict(estimator, X, labels, cv=folds, method="predict_proba")
        return probabilities
