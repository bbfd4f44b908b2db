from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from stages.examples.schema import Column, Schema
from stages.transformers.frames import feature_frame

SCHEMA = Schema(
    dataset="d",
    task="binary",
    target="y",
    features=(
        Column(name="age", role="numeric"),
        Column(name="job", role="categorical"),
        Column(name="opened", role="date"),
        Column(name="young", role="boolean"),
    ),
)


def test_columns_come_in_order_and_type_those_not_there_missing() -> None:
    frame = feature_frame(pd.DataFrame({"feature.job": [1, 2], "target": ["a", "b"]}), SCHEMA)
    assert list(frame) == SCHEMA.keys("numeric", "categorical", "date", "boolean")
    assert [str(kind) for kind in frame.dtypes] == ["float64", "str", "datetime64[us]", "float64"]
    assert frame["feature.job"].tolist() == ["1", "2"]
    assert frame.drop(columns="feature.job").isna().all(axis=None)


def test_a_missing_category_stays_missing() -> None:
    frame = feature_frame(pd.DataFrame({"feature.job": np.array(["a", None], dtype=object)}), SCHEMA)
    assert frame["feature.job"].isna().tolist() == [False, True]


def test_values_of_another_type_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="column age is numeric in train, but received values that are not"):
        feature_frame(pd.DataFrame({"feature.age": ["many"]}), SCHEMA)


def test_infinite_values_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="column age holds infinite values"):
        feature_frame(pd.DataFrame({"feature.age": [1.0, np.inf]}), SCHEMA)
