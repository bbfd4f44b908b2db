"""The transformer that changes nothing: the choice `none` of a scaler or a target."""

from __future__ import annotations

from typing import Any, Self

from sklearn.base import BaseEstimator, TransformerMixin

from stages.examples.encoded import Array


class Identity(TransformerMixin, BaseEstimator):
    """Return values as they are.

    Examples
    --------
    >>> Identity().fit_transform([[1.0]])
    [[1.0]]
    """

    def fit(self, values: Array, y: Any = None) -> Self:
        """Learn nothing."""
        return self

    def transform(self, values: Array) -> Array:
        """Return `values`."""
        return values

    def inverse_transform(self, values: Array) -> Array:
        """Return `values`."""
        return values

    def __sklearn_is_fitted__(self) -> bool:
        """There is nothing to fit."""
        return True
