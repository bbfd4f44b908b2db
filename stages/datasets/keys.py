"""What the features of examples are compared by, to find equal and nearly equal ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from stages.datasets.series import series_keys
from stages.datasets.texts import text_key
from stages.examples.schema import MEDIA, Column


class FeatureKeys(NamedTuple):
    """Features with short keys in place of media: equal for equal ones, and for nearly equal ones."""

    exact: pd.DataFrame
    alike: pd.DataFrame


def comparable(features: pd.DataFrame, columns: Sequence[Column], *, near: bool = True) -> FeatureKeys:
    """Return `features` with a short key in place of each text, series and picture; others as they are.

    Nearly equal are texts that differ by case and white space alone, and pictures that look the same. With
    `near` false nothing is.

    Examples
    --------
    >>> exact, alike = comparable(pd.DataFrame({"feature.t": ["Hi  you", "hi you"]}),
    ...                           [Column(name="t", role="text")])
    >>> exact["feature.t"].tolist(), alike["feature.t"].tolist()
    (['Hi  you', 'hi you'], ['hi you', 'hi you'])
    """
    media = [column for column in columns if column.role in MEDIA]
    keys = {column.key: media_keys(features[column.key], column.role) for column in media}
    exact = features.assign(**{name: each[0] for name, each in keys.items()})
    alike = features.assign(**{name: each[1] for name, each in keys.items()})
    return FeatureKeys(exact, alike if near else exact)


def media_keys(values: pd.Series, role: str) -> tuple[pd.Series, pd.Series]:
    """Return the keys of a column of media: equal for equal ones, and for nearly equal ones."""
    if role == "image":
        from stages.datasets.near_duplicates import picture_keys

        return picture_keys(values)
    if role == "text":
        return values, text_key(values).astype("str")
    keys = series_keys(values).astype("str")
    return keys, keys
