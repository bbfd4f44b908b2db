"""How categories become numbers.

An encoder has ``fit_transform(values, target)`` (called on train), ``transform(values)`` and
``get_feature_names_out()``; `values` is a frame of text columns (missing = NaN). Attributes:

* ``scaled``: whether the scaler applies to what it makes (a library encoder without it counts as true);
* ``blocks()``: which columns are the one-hot code of one column;
* ``sizes_``: only where it makes ids for embeddings; the number of ids of each column.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.feature_extraction import FeatureHasher
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

from stages.examples.encoded import Array, Block

RARE = "(rare)"


class OneHot(BaseEstimator):
    """One column of 0 and 1 for each category.

    Parameters
    ----------
    min_frequency
        Categories with fewer rows of train (or a smaller share, below 1) are grouped into one; None: none is.
    max_categories
        At most this many columns for each raw column, the rarest categories grouped; None: no limit.
    handle_unknown
        A category not seen in train becomes the rare one where there is one, else all zeros
        (``infrequent_if_exist``), or always all zeros (``ignore``).

    Examples
    --------
    >>> jobs = pd.DataFrame({"Job": ["fixed", "fixed", "partime", "others"]})
    >>> encoder = OneHot(min_frequency=2)
    >>> encoder.fit_transform(jobs).tolist()
    [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]
    >>> encoder.get_feature_names_out()
    ['Job=fixed', 'Job=(rare)']
    """

    scaled = False

    def __init__(
        self,
        *,
        min_frequency: float | None = 10,
        max_categories: int | None = 50,
        handle_unknown: Literal["infrequent_if_exist", "ignore"] = "infrequent_if_exist",
    ) -> None:
        self.min_frequency = min_frequency
        self.max_categories = max_categories
        self.handle_unknown = handle_unknown

    def fit_transform(self, values: pd.DataFrame, target: Any = None) -> Array:
        """Learn the categories of train and return their code."""
        encoder = OneHotEncoder(
            min_frequency=self.min_frequency,
            max_categories=self.max_categories,
            handle_unknown=self.handle_unknown,
            sparse_output=False,
            dtype=np.float32,
        )
        self.encoder_ = encoder.fit(values)
        return self.transform(values)

    def transform(self, values: pd.DataFrame) -> Array:
        """Return the code of `values`, ``(n_samples, n_columns)`` float32."""
        code: Array = self.encoder_.transform(values)
        return code

    def get_feature_names_out(self) -> list[str]:
        """Return the name of each column, e.g. ``Job=fixed``, ``Job is missing``."""
        return [
            f"{column} is missing" if pd.isna(category) else f"{column}={category}"
            for column, categories in _categories(self.encoder_).items()
            for category in categories
        ]

    def blocks(self) -> list[Block]:
        """Return which columns belong to which raw column."""
        categories = _categories(self.encoder_)
        ends = np.cumsum([len(each) for each in categories.values()]).tolist()
        starts = [0, *ends[:-1]]
        return [
            Block(column=column, start=start, stop=stop)
            for column, start, stop in zip(categories, starts, ends, strict=True)
        ]


class Ordinal(BaseEstimator):
    """One number for each category, in alphabetical order; -1 for unknown and missing ones.

    Parameters
    ----------
    min_frequency, max_categories
        As for one-hot: the rare categories share the last number.

    Examples
    --------
    >>> encoder = Ordinal(min_frequency=None)
    >>> encoder.fit_transform(pd.DataFrame({"size": ["l", "m", "s"]})).ravel().tolist()
    [0.0, 1.0, 2.0]
    >>> encoder.transform(pd.DataFrame({"size": ["xl", None]})).ravel().tolist()
    [-1.0, -1.0]
    """

    scaled = True

    def __init__(self, *, min_frequency: float | None = 10, max_categories: int | None = None) -> None:
        self.min_frequency = min_frequency
        self.max_categories = max_categories

    def fit_transform(self, values: pd.DataFrame, target: Any = None) -> Array:
        """Learn the categories of train and return their numbers."""
        self.encoder_ = _ordinal(values, self.min_frequency, self.max_categories)
        return self.transform(values)

    def transform(self, values: pd.DataFrame) -> Array:
        """Return the numbers, ``(n_samples, n_columns)`` float64."""
        return np.asarray(self.encoder_.transform(values), dtype=np.float64)

    def get_feature_names_out(self) -> list[str]:
        """Return the raw columns' names."""
        return [str(name) for name in self.encoder_.feature_names_in_]


class Embedding(BaseEstimator):
    """Ids for an embedding layer: 0 for unknown and missing, then the categories in alphabetical order.

    Parameters
    ----------
    min_frequency, max_categories
        As for one-hot: the rare categories share the last id.

    Examples
    --------
    >>> encoder = Embedding(min_frequency=None)
    >>> encoder.fit_transform(pd.DataFrame({"size": ["l", "m", None]})).ravel().tolist(), encoder.sizes_
    ([1, 2, 0], [3])
    """

    scaled = False

    def __init__(self, *, min_frequency: float | None = 10, max_categories: int | None = None) -> None:
        self.min_frequency = min_frequency
        self.max_categories = max_categories

    def fit_transform(self, values: pd.DataFrame, target: Any = None) -> Array:
        """Learn the categories of train and return their ids."""
        self.encoder_ = _ordinal(values, self.min_frequency, self.max_categories)
        known = (sum(1 for each in c if not pd.isna(each)) for c in _categories(self.encoder_).values())
        self.sizes_ = [number + 1 for number in known]
        return self.transform(values)

    def transform(self, values: pd.DataFrame) -> Array:
        """Return the ids, ``(n_samples, n_columns)`` int32."""
        return np.asarray(self.encoder_.transform(values), dtype=np.int32) + 1

    def get_feature_names_out(self) -> list[str]:
        """Return the raw columns' names."""
        return [str(name) for name in self.encoder_.feature_names_in_]


class Hashed(BaseEstimator):
    """All categories of all columns spread over a fixed number of columns by a hash: nothing is learnt.

    Parameters
    ----------
    n_features
        Number of columns; fewer save memory, more collide less.
    alternate_sign
        Whether the hash also decides the sign, so that collisions tend to cancel.

    Examples
    --------
    >>> Hashed(n_features=8).fit_transform(pd.DataFrame({"Job": ["fixed", "fixed"]})).shape
    (2, 8)
    """

    scaled = False

    def __init__(self, *, n_features: int = 64, alternate_sign: bool = True) -> None:
        self.n_features = n_features
        self.alternate_sign = alternate_sign

    def fit_transform(self, values: pd.DataFrame, target: Any = None) -> Array:
        """Return the hashed code of `values`."""
        return self.transform(values)

    def transform(self, values: pd.DataFrame) -> Array:
        """Return the hashed code of `values`, ``(n_samples, n_features)`` float32."""
        tokens = [_tokens(str(name), column) for name, column in values.items()]
        hasher = FeatureHasher(
            self.n_features, input_type="string", dtype=np.float32, alternate_sign=self.alternate_sign
        )
        code: Array = hasher.transform(zip(*tokens, strict=True)).toarray()
        return code

    def get_feature_names_out(self) -> list[str]:
        """Return a number for each column; a hash has no meaning to name."""
        return [f"category hash {number}" for number in range(self.n_features)]


def _tokens(name: str, column: pd.Series) -> Sequence[str]:
    tokens: list[str] = (name + "=" + column.astype("str")).fillna(f"{name} is missing").tolist()
    return tokens


def _ordinal(values: pd.DataFrame, min_frequency: float | None, max_categories: int | None) -> OrdinalEncoder:
    encoder = OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=-1,
        encoded_missing_value=-1,
        min_frequency=min_frequency,
        max_categories=max_categories,
    )
    return encoder.fit(values)


def _categories(encoder: OneHotEncoder | OrdinalEncoder) -> dict[str, list[Any]]:
    """Return the categories by raw column in the order of their code, the rare ones as one at the end."""
    rare = getattr(encoder, "infrequent_categories_", [None] * len(encoder.categories_))
    return {
        str(name): [*_without(known, few), *([] if few is None else [RARE])]
        for name, known, few in zip(encoder.feature_names_in_, encoder.categories_, rare, strict=True)
    }


def _without(known: Array, rare: Array | None) -> list[Any]:
    if rare is None:
        return list(known)
    few = set(rare)
    return [each for each in known if each not in few and not (pd.isna(each) and pd.isna(rare).any())]
