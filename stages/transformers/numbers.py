"""Numeric, boolean and date columns: dates taken apart, missing cells filled, scaled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone

from stages.examples.encoded import Array
from stages.examples.schema import FEATURE, Column, Role


class Numbers(BaseEstimator):
    """Turn numeric, date and boolean columns into one array without missing cells.

    The imputer sees all of them side by side. The scaler leaves booleans and missing indicators alone: they
    are 0 and 1 already.

    Parameters
    ----------
    dates, imputer, scaler
        The plug-ins; copies of them are fitted.
    missing_indicator
        Whether each column with missing cells in train gets a second one, 1 where the cell was missing.

    Examples
    --------
    >>> from sklearn.impute import SimpleImputer
    >>> from stages.transformers.dates import NoDates
    >>> from stages.transformers.identity import Identity
    >>> numbers = Numbers(NoDates(), SimpleImputer(), Identity(), missing_indicator=True)
    >>> frame = pd.DataFrame({"feature.income": [10.0, None, 20.0]})
    >>> numbers.fit_transform(frame, [Column(name="income", role="numeric")]).tolist()
    [[10.0, 0.0], [15.0, 1.0], [20.0, 0.0]]
    >>> numbers.get_feature_names_out()
    ['income', 'income is missing']
    """

    def __init__(self, dates: Any, imputer: Any, scaler: Any, *, missing_indicator: bool) -> None:
        self.dates = dates
        self.imputer = imputer
        self.scaler = scaler
        self.missing_indicator = missing_indicator

    def fit_transform(self, frame: pd.DataFrame, columns: Sequence[Column]) -> Array:
        """Learn from train and return its array; of `columns`, the categorical ones are left out."""
        self.keys_ = {role: _keys(columns, role) for role in ("numeric", "date", "boolean")}
        self.dates_ = clone(self.dates)
        self.dates_.fit_transform(self._dates(frame))
        self.indicated_ = self._indicated(frame)
        raw = self._raw(frame)
        self.imputer_ = clone(self.imputer).fit(raw) if raw.shape[1] else None
        filled = self._fill(raw)
        scaled = filled[:, : self._count_scaled()]
        self.scaler_ = clone(self.scaler).fit(scaled) if scaled.shape[1] else None
        return self._assemble(frame, filled)

    def transform(self, frame: pd.DataFrame) -> Array:
        """Return the array of `frame`, ``(n_samples, n_columns)`` float64."""
        return self._assemble(frame, self._fill(self._raw(frame)))

    def get_feature_names_out(self) -> list[str]:
        """Return the name of each column of the array."""
        numeric, boolean = (_names(self.keys_[role]) for role in ("numeric", "boolean"))
        indicators = [f"{name} is missing" for name in _names(self.indicated_)]
        return [*numeric, *self.dates_.get_feature_names_out(), *boolean, *indicators]

    def _assemble(self, frame: pd.DataFrame, filled: Array) -> Array:
        """Return the filled columns, the first ones scaled, and the missing indicators."""
        count = self._count_scaled()
        scaled = filled[:, :count] if self.scaler_ is None else self.scaler_.transform(filled[:, :count])
        missing = frame[self.indicated_].isna().to_numpy(dtype=np.float64)
        return np.hstack([scaled, filled[:, count:], missing])

    def _raw(self, frame: pd.DataFrame) -> Array:
        """Return numeric columns, parts of dates and booleans side by side, NaN = missing."""
        parts = self.dates_.transform(self._dates(frame))
        numeric, boolean = (frame[self.keys_[role]].to_numpy(np.float64) for role in ("numeric", "boolean"))
        return np.hstack([numeric, parts, boolean])

    def _dates(self, frame: pd.DataFrame) -> pd.DataFrame:
        keys = self.keys_["date"]
        return frame[keys].set_axis(_names(keys), axis=1)

    def _indicated(self, frame: pd.DataFrame) -> list[str]:
        """Return the keys of the columns that get a missing indicator."""
        if not self.missing_indicator:
            return []
        dates = self.keys_["date"] if self.dates_.get_feature_names_out() else []
        keys = [*self.keys_["numeric"], *dates, *self.keys_["boolean"]]
        return [key for key in keys if frame[key].isna().any()]

    def _fill(self, raw: Array) -> Array:
        return raw if self.imputer_ is None else np.asarray(self.imputer_.transform(raw), dtype=np.float64)

    def _count_scaled(self) -> int:
        """Return how many of the first columns are scaled: numeric ones and parts of dates."""
        return len(self.keys_["numeric"]) + len(self.dates_.get_feature_names_out())


def _keys(columns: Sequence[Column], role: Role) -> list[str]:
    return [column.key for column in columns if column.role == role]


def _names(keys: Sequence[str]) -> list[str]:
    return [key.removeprefix(FEATURE) for key in keys]
