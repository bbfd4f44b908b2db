"""Targets: ids of classes, and transformations of a regression's, fitted on train and inverted at prediction.

`standard` and `quantile` are scikit-learn's own classes, named in their YAML files.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.preprocessing import StandardScaler

from stages.examples.encoded import Array
from stages.examples.schema import Schema
from stages.transformers.identity import Identity


class Automatic(StandardScaler):
    """Standardise a regression target, without being told; classes need no transformation.

    A network starts near 0 with steps near 1, far from a price of 200,000.

    Examples
    --------
    >>> Automatic().fit_transform(np.array([[100.0], [300.0]])).ravel().tolist()
    [-1.0, 1.0]
    """

    def __init__(self) -> None:
        super().__init__()


class Log1p(TransformerMixin, BaseEstimator):
    """Take log(1 + target), for targets above -1 whose errors matter in proportion.

    Parameters
    ----------
    standardize
        Whether the logarithms are then centred and scaled to unit variance, as networks learn best.

    Examples
    --------
    >>> prices = np.array([[0.0], [9.0], [99.0]])
    >>> log = Log1p(standardize=False).fit(prices)
    >>> log.inverse_transform(log.transform(prices)).round(6).ravel().tolist()
    [0.0, 9.0, 99.0]
    """

    def __init__(self, *, standardize: bool = True) -> None:
        self.standardize = standardize

    def valid(self, values: Array) -> Array:
        """Return which `values` have a logarithm here: those above -1."""
        above: Array = np.asarray(values) > -1
        return above

    def fit(self, values: Array, y: Any = None) -> Self:
        """Learn mean and variance of the logarithms; `values` is ``(n_samples, 1)``."""
        self.scaler_ = StandardScaler(with_mean=self.standardize, with_std=self.standardize)
        self.scaler_.fit(np.log1p(values))
        return self

    def transform(self, values: Array) -> Array:
        """Return the (standardised) logarithms of 1 + `values`."""
        scaled: Array = self.scaler_.transform(np.log1p(values))
        return scaled

    def inverse_transform(self, values: Array) -> Array:
        """Return `values` in the target's own unit."""
        with np.errstate(over="ignore"):  # a wild prediction becomes infinity
            target: Array = np.expm1(self.scaler_.inverse_transform(values))
        return target


def class_ids(target: pd.Series, classes: Sequence[str]) -> Array:
    """Return the place of each class name of `target` in `classes`, ``(n_samples,)`` int64.

    Raises
    ------
    ValueError
        Where a name is not among them.

    Examples
    --------
    >>> class_ids(pd.Series(["good", "bad"]), ("bad", "good")).tolist()
    [1, 0]
    """
    ids = pd.Index(classes).get_indexer(pd.Index(target))
    if (ids < 0).any():
        unknown = ", ".join(sorted({str(name) for name in target[ids < 0]}))
        raise ValueError(
            f"expected the classes {', '.join(classes)}, received also: {unknown}. Run `dvc repro`, so that "
            "all stages work on the same data."
        )
    return ids.astype(np.int64)


def check_task(transformation: Any, schema: Schema) -> None:
    """Refuse to transform the classes of `schema` as if they were values.

    Raises
    ------
    ValueError
        With the remedy.
    """
    if schema.task == "regression" or isinstance(transformation, Identity | Automatic):
        return
    names = ", ".join(schema.classes[:5]) + (", ..." if len(schema.classes) > 5 else "")
    raise ValueError(
        f"encode.target ({type(transformation).__name__}) transforms a regression target, but the target "
        f"{schema.target} has {len(schema.classes)} classes: {names}. Set encode.target=auto, or "
        "dataset.task=regression where they are amounts."
    )
