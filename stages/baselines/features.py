"""What the baselines learn from: the feature columns as numbers, or as numbers and categories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

from stages.examples.encoded import Array
from stages.examples.schema import FEATURE, Column, Schema
from stages.transformers.categories import Categories
from stages.transformers.dates import DateParts
from stages.transformers.encoders import OneHot
from stages.transformers.frames import feature_frame
from stages.transformers.identity import Identity
from stages.transformers.numbers import Numbers
from stages.transformers.selection import ColumnSelection

MOST_CATEGORIES = 255
"""What scikit-learn's histogram gradient boosting takes in one column."""


class Levels(NamedTuple):
    """The categories of a column that are told apart; whether all others are one more."""

    names: list[str]
    pooled: bool


class ScaledFeatures(TransformerMixin, BaseEstimator):
    """Numbers imputed (median) and standardised, categories one-hot: what a linear model needs.

    Each column with missing cells in train has an indicator beside it; categories of fewer than 10 rows are
    pooled, and those beyond the 50 most frequent. The same as the defaults of `encode`, in float64.

    Parameters
    ----------
    schema
        Which feature columns there are, and their roles.

    Examples
    --------
    >>> from stages.examples.schema import Column
    >>> schema = Schema(dataset="d", task="binary", target="y", features=(Column(name="a", role="numeric"),))
    >>> ScaledFeatures(schema).fit_transform(pd.DataFrame({"feature.a": [1.0, 3.0]})).tolist()
    [[-1.0], [1.0]]
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def fit(self, examples: pd.DataFrame, target: Any = None) -> Self:
        """Learn from the examples of train."""
        frame = feature_frame(examples, self.schema)
        self.columns_ = _usable(frame, self.schema)
        self.keys_ = [column.key for column in self.columns_ if column.role == "categorical"]
        self.numbers_ = Numbers(
            DateParts(), SimpleImputer(strategy="median"), StandardScaler(), missing_indicator=True
        )
        self.categories_ = Categories(OneHot(), Identity(), missing="own_category")
        self.numbers_.fit_transform(frame, self.columns_)
        self.categories_.fit_transform(frame[self.keys_], np.empty(0))
        return self

    def transform(self, examples: pd.DataFrame) -> Array:
        """Return the array of `examples`, ``(n_samples, n_columns)`` float64."""
        frame = feature_frame(examples, self.schema)
        return np.hstack([self.numbers_.transform(frame), self.categories_.transform(frame[self.keys_])])


class NativeFeatures(TransformerMixin, BaseEstimator):
    """Numbers as they are, missing ones too, and categories as such: what gradient boosting takes.

    Dates are taken apart. Where a column has more than 255 categories in train, all but the 254 most frequent
    are one. A category that train does not have is that one, or missing.

    Parameters
    ----------
    schema
        Which feature columns there are, and their roles.

    Examples
    --------
    >>> from stages.examples.schema import Column
    >>> schema = Schema(
    ...     dataset="d", task="binary", target="y", features=(Column(name="a", role="categorical"),)
    ... )
    >>> features = NativeFeatures(schema).fit(pd.DataFrame({"feature.a": ["x", "y", None]}))
    >>> features.transform(pd.DataFrame({"feature.a": ["y", "x", "z"]}))["a"].tolist()
    [1, 0, nan]
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def fit(self, examples: pd.DataFrame, target: Any = None) -> Self:
        """Learn from the examples of train."""
        frame = feature_frame(examples, self.schema)
        self.columns_ = _usable(frame, self.schema)
        self.numbers_ = Numbers(DateParts(), Identity(), Identity(), missing_indicator=False)
        self.numbers_.fit_transform(frame, self.columns_)
        self.categories_ = {
            column.key: _levels(frame[column.key]) for column in self.columns_ if column.role == "categorical"
        }
        return self

    def transform(self, examples: pd.DataFrame) -> pd.DataFrame:
        """Return the numbers of `examples` (float64, NaN = missing) and the categories (category)."""
        frame = feature_frame(examples, self.schema)
        numbers = pd.DataFrame(self.numbers_.transform(frame), index=frame.index)
        categories = [_categorical(frame[key], levels) for key, levels in self.categories_.items()]
        names = [key.removeprefix(FEATURE) for key in self.categories_]
        joined = pd.concat([numbers, *categories], axis=1)
        return joined.set_axis(_distinct([*self.numbers_.get_feature_names_out(), *names]), axis=1)


def _usable(frame: pd.DataFrame, schema: Schema) -> list[Column]:
    """Return `usable_columns`; raise ValueError where there is none."""
    columns = usable_columns(frame, schema)
    if not columns:
        raise ValueError("No feature column holds two different values in train.")
    return columns


def usable_columns(frame: pd.DataFrame, schema: Schema) -> list[Column]:
    """Return the columns that hold at least two different values in train, missing being one."""
    keys = [column.key for column in schema.features]
    kept = ColumnSelection(max_missing_share=1.0, missing_is_value=keys).fit(frame).kept_
    return [column for column in schema.features if column.key in kept]


def _distinct(names: Sequence[str]) -> list[str]:
    """Return `names`, a repeated one altered: a column can be called what a part of a date is."""
    found: dict[str, None] = {}
    for name in names:
        distinct = name
        while distinct in found:
            distinct = f"{distinct} (again)"
        found[distinct] = None
    return list(found)


def _levels(column: pd.Series) -> Levels:
    """Return the categories of `column` that are told apart, the most frequent first."""
    counts = column.value_counts()
    known = sorted(counts.index, key=lambda name: (-counts[name], name))
    pooled = len(known) > MOST_CATEGORIES
    return Levels(known[: MOST_CATEGORIES - 1] if pooled else known, pooled)


def _categorical(column: pd.Series, levels: Levels) -> pd.Series:
    """Return the number of each cell's category; others have that of the pool, or are missing."""
    codes = pd.Index(levels.names).get_indexer(pd.Index(column))
    unknown = (codes < 0) & column.notna().to_numpy()
    codes = np.where(unknown & levels.pooled, len(levels.names), codes)
    categories = pd.RangeIndex(len(levels.names) + levels.pooled)
    return pd.Series(pd.Categorical.from_codes(codes.astype(np.int64), categories=categories), column.index)
