"""The feature columns of any table of examples, in the order and the types of the schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from stages.examples.schema import Column, Schema

TYPES: Final[Mapping[str, Any]] = {
    "categorical": "str",
    "date": "datetime64[us]",
    "text": "str",
    "image": "object",
    "sequence": "object",
}
"""Types of the columns of each role in memory; all others are float64."""


def feature_frame(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Return the feature columns of `frame` in order and of the right type; those not there as missing.

    Raises
    ------
    ValueError
        Where values are not of the column's role, or infinite.

    Examples
    --------
    >>> schema = Schema(dataset="d", task="binary", target="y", features=(Column(name="a", role="numeric"),))
    >>> feature_frame(pd.DataFrame({"other": [1]}), schema)["feature.a"].tolist()
    [nan]
    """
    columns = {column.key: _typed(frame, column) for column in schema.features}
    return pd.DataFrame(columns, index=frame.index)


def _typed(frame: pd.DataFrame, column: Column) -> pd.Series:
    """Return one feature column in the type the schema says, all missing where `frame` lacks it."""
    kind = TYPES.get(column.role, "float64")
    if column.key not in frame:
        return pd.Series(np.nan, index=frame.index).astype(kind)
    try:
        typed = frame[column.key].astype(kind)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"The column {column.name} is {column.role} in train, but received values that are not "
            f"({error}). Give it the same type as in the data the model was trained on."
        ) from error
    if kind == "float64" and np.isinf(typed.to_numpy()).any():
        raise ValueError(
            f"The column {column.name} holds infinite values. Correct them in the raw data, or add their "
            "spelling to the data set's missing-value markers."
        )
    return typed
