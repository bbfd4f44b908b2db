"""Categorical columns: missing cells given their place, encoded, and scaled where that helps."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone
from sklearn.impute import SimpleImputer

from stages.examples.encoded import Array, Block
from stages.examples.schema import FEATURE

Missing = Literal["own_category", "most_frequent"]


class Categories(BaseEstimator):
    """Encode the categorical columns.

    Parameters
    ----------
    encoder
        One of `stages.transformers.encoders`, or any encoder with their methods; a copy is fitted.
    scaler
        Applied to numbers whose size has a meaning (ordinal), not to 0/1 codes or ids.
    missing
        Whether a missing cell is a category of its own or the most frequent one of train.

    Examples
    --------
    >>> from stages.transformers.encoders import OneHot
    >>> from stages.transformers.identity import Identity
    >>> categories = Categories(OneHot(min_frequency=None), Identity(), missing="own_category")
    >>> frame = pd.DataFrame({"feature.Job": ["fixed", None]})
    >>> categories.fit_transform(frame, np.array([0, 1])).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    >>> categories.get_feature_names_out()
    ['Job=fixed', 'Job is missing']
    """

    def __init__(self, encoder: Any, scaler: Any, *, missing: Missing) -> None:
        self.encoder = encoder
        self.scaler = scaler
        self.missing = missing

    def fit_transform(self, frame: pd.DataFrame, target: Array) -> Array:
        """Learn from train, all of whose columns are categorical, and return its array."""
        self.keys_ = [str(key) for key in frame]
        self.scaler_ = self.fill_ = None
        if not self.keys_:
            return np.empty((len(frame), 0))
        if self.missing == "most_frequent":
            self.fill_ = SimpleImputer(strategy="most_frequent").fit(_objects(frame))
        self.encoder_ = clone(self.encoder)
        codes = np.asarray(self.encoder_.fit_transform(self._values(frame), target))
        if getattr(self.encoder_, "scaled", True):
            self.scaler_ = clone(self.scaler).fit(codes)
            return np.asarray(self.scaler_.transform(codes))
        return codes

    def transform(self, frame: pd.DataFrame) -> Array:
        """Return the array of `frame`."""
        if not self.keys_:
            return np.empty((len(frame), 0))
        codes = np.asarray(self.encoder_.transform(self._values(frame)))
        return codes if self.scaler_ is None else np.asarray(self.scaler_.transform(codes))

    def get_feature_names_out(self) -> list[str]:
        """Return the name of each column of the array."""
        return [str(name) for name in self.encoder_.get_feature_names_out()] if self.keys_ else []

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of ids of each column where the encoder makes ids, else empty."""
        return tuple(getattr(self.encoder_, "sizes_", ())) if self.keys_ else ()

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Which columns are the one-hot code of one raw column."""
        has_blocks = bool(self.keys_) and hasattr(self.encoder_, "blocks")
        return tuple(self.encoder_.blocks()) if has_blocks else ()

    def _values(self, frame: pd.DataFrame) -> pd.DataFrame:
        values = _objects(frame)
        filled = values if self.fill_ is None else self.fill_.transform(values)
        names = [key.removeprefix(FEATURE) for key in self.keys_]
        return pd.DataFrame(filled, columns=names, index=frame.index, dtype=object)


def _objects(frame: pd.DataFrame) -> Array:
    """Return the cells as Python strings, NaN where missing."""
    columns = [column.to_numpy(dtype=object, na_value=np.nan) for _, column in frame.items()]
    return np.column_stack(columns)
