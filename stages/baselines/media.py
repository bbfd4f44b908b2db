"""What the baselines learn from where a table holds pictures, texts or series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, hstack, issparse
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from stages.baselines.features import NativeFeatures, ScaledFeatures, usable_columns
from stages.baselines.pictures import SMALL_SIDE, PictureFeatures
from stages.baselines.series import SeriesFeatures
from stages.baselines.texts import COMPONENTS, TextFeatures
from stages.examples.schema import MEDIA, Schema
from stages.transformers.frames import feature_frame


def has_media(schema: Schema) -> bool:
    """Return whether a column holds pictures, texts or series."""
    return any(column.role in MEDIA for column in schema.features)


def table_schema(schema: Schema) -> Schema:
    """Return `schema` with the columns of numbers, categories and dates alone."""
    kept = tuple(column for column in schema.features if column.role not in MEDIA)
    return schema.model_copy(update={"features": kept})


def linear_features(schema: Schema) -> BaseEstimator:
    """Return what a linear model takes: pixels, words, standardised statistics of series."""
    images, series = _keys(schema, "image"), [c for c in schema.features if c.role == "sequence"]
    texts = _keys(schema, "text")
    statistics = [
        make_pipeline(
            SeriesFeatures(column.key, _num_channels(column.channels)),
            SimpleImputer(strategy="median", keep_empty_features=True),
            StandardScaler(),
        )
        for column in series
    ]
    media = [*map(PictureFeatures, images), *([TextFeatures(texts)] if texts else []), *statistics]
    return (
        SideBySide(schema, ScaledFeatures(table_schema(schema)), media) if media else ScaledFeatures(schema)
    )


def boosting_features(schema: Schema, *, seed: int) -> BaseEstimator:
    """Return what gradient boosting takes: few grey pixels, components of the words, statistics of series."""
    texts = _keys(schema, "text")
    media: list[Any] = [PictureFeatures(key, SMALL_SIDE, gray=True) for key in _keys(schema, "image")]
    media += [TextFeatures(texts, COMPONENTS, seed)] if texts else []
    media += [
        SeriesFeatures(column.key, _num_channels(column.channels))
        for column in schema.features
        if column.role == "sequence"
    ]
    return (
        SideBySide(schema, NativeFeatures(table_schema(schema)), media) if media else NativeFeatures(schema)
    )


class SideBySide(TransformerMixin, BaseEstimator):
    """Features of the table's plain columns, where any holds two values, and of each medium beside them.

    Parameters
    ----------
    schema
        The columns.
    table
        Features of the plain columns.
    media
        Features of the others.
    """

    def __init__(self, schema: Schema, table: BaseEstimator, media: Sequence[BaseEstimator]) -> None:
        self.schema = schema
        self.table = table
        self.media = media

    def fit(self, examples: pd.DataFrame, target: Any = None) -> Self:
        """Learn from the examples of train."""
        plain = table_schema(self.schema)
        useful = plain.features and usable_columns(feature_frame(examples, plain), plain)
        chosen = [self.table, *self.media] if useful else self.media
        self.fitted_ = [clone(each).fit(examples, target) for each in chosen]
        return self

    def transform(self, examples: pd.DataFrame) -> Any:
        """Return all features: a frame where the table's are one, else an array, sparse where one is."""
        parts = [each.transform(examples) for each in self.fitted_]
        if isinstance(parts[0], pd.DataFrame):
            frames = [
                pd.DataFrame(part, index=parts[0].index).add_prefix(f"{n}.") for n, part in enumerate(parts)
            ]
            return pd.concat(frames, axis=1)
        if any(map(issparse, parts)):
            return csr_array(hstack(parts, format="csr"))
        return parts[0] if len(parts) == 1 else np.hstack(parts)


def _keys(schema: Schema, role: Any) -> list[str]:
    return schema.keys(role)


def _num_channels(channels: Sequence[str]) -> int:
    """Return how many values a step holds; a schema that names no channel has one."""
    return max(len(channels), 1)
