"""What the baselines are fitted on, cell by cell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from stages.baselines.features import NativeFeatures, ScaledFeatures
from stages.examples.schema import FEATURE, Column, Role, Schema


def schema_of(**roles: Role) -> Schema:
    columns = tuple(Column(name=name, role=role) for name, role in roles.items())
    return Schema(dataset="d", task="regression", target="y", features=columns)


def table(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({FEATURE + name: cells for name, cells in columns.items()})


def test_scaled_by_hand() -> None:
    train = table(
        x=[1.0, 3.0, np.nan, 8.0], b=[0.0, 1.0, 1.0, np.nan], c=pd.Series(["k", "k", None, "k"], dtype="str")
    )
    features = ScaledFeatures(schema_of(x="numeric", b="boolean", c="categorical")).fit(train)
    filled = np.array([1.0, 3.0, 3.0, 8.0])  # the median of 1, 3 and 8
    scaled = (filled - filled.mean()) / filled.std()
    got = features.transform(train)
    np.testing.assert_allclose(got[:, 0], scaled)
    assert got[:, 1].tolist() == [0.0, 1.0, 1.0, 1.0]  # boolean, not scaled
    assert got[:, 2].tolist() == [0.0, 0.0, 1.0, 0.0]  # x is missing
    assert got[:, 3].tolist() == [0.0, 0.0, 0.0, 1.0]  # b is missing
    other = table(x=[np.nan], b=[np.nan], c=["never seen"])
    np.testing.assert_allclose(features.transform(other)[0, :4], [scaled[1], 1.0, 1.0, 1.0])


def test_dates_are_taken_apart_and_stay_missing_where_trees_take_it() -> None:
    days = pd.to_datetime(["2020-01-31", "2021-03-01", None]).astype("datetime64[us]")
    train = table(day=days)
    native = NativeFeatures(schema_of(day="date")).fit(train).transform(train)
    assert native["day year"].tolist()[:2] == [2020.0, 2021.0]
    assert native["day elapsed days"].tolist()[:2] == [0.0, 395.0]
    assert native.iloc[2].isna().all()
    assert "day hour" not in native
    scaled = ScaledFeatures(schema_of(day="date")).fit(train).transform(train)
    assert np.isfinite(scaled).all()
    assert scaled.shape == (3, native.shape[1] + 1)


def test_categories_beyond_255_are_one_together_with_those_not_seen() -> None:
    names = [f"k{number:03d}" for number in range(300)]
    train = table(c=names + names[:254])
    features = NativeFeatures(schema_of(c="categorical")).fit(train)
    codes = features.transform(table(c=["k000", "k253", "k254", "k299", "never seen", None]))["c"]
    assert codes.tolist()[:5] == [0, 253, 254, 254, 254]
    assert np.isnan(codes.tolist()[5])
    assert len(codes.cat.categories) == 255


def test_255_categories_are_all_told_apart() -> None:
    names = [f"k{number:03d}" for number in range(255)]
    features = NativeFeatures(schema_of(c="categorical")).fit(table(c=names))
    codes = features.transform(table(c=["k254", "never seen"]))["c"]
    assert codes.tolist()[0] == 254
    assert np.isnan(codes.tolist()[1])


def test_categories_come_by_frequency_then_by_name() -> None:
    features = NativeFeatures(schema_of(c="categorical")).fit(table(c=["z", "b", "a", "z", "a", "b"]))
    assert features.transform(table(c=["a", "b", "z"]))["c"].tolist() == [0, 1, 2]


@pytest.mark.parametrize("kind", [ScaledFeatures, NativeFeatures])
def test_empty_and_constant_columns_are_left_out(kind: type) -> None:
    schema = schema_of(empty="numeric", same="categorical", x="numeric", partly="numeric")
    train = table(empty=[np.nan] * 4, same=["k"] * 4, x=[1.0, 2.0, 3.0, 4.0], partly=[7.0, np.nan, 7.0, 7.0])
    columns = [column.name for column in kind(schema).fit(train).columns_]
    assert columns == ["x", "partly"]
    with pytest.raises(ValueError, match="No feature column holds two different values in train"):
        kind(schema).fit(train.iloc[[0]])


@pytest.mark.parametrize("kind", [ScaledFeatures, NativeFeatures])
def test_the_table_is_not_changed_and_order_of_columns_does_not_matter(kind: type) -> None:
    schema = schema_of(x="numeric", c="categorical")
    train = table(c=["a", "b", "a"], x=[1.0, np.nan, 3.0])
    before = train.copy(deep=True)
    features = kind(schema).fit(train)
    first = np.asarray(features.transform(train), dtype=float)
    second = np.asarray(features.transform(train[[FEATURE + "x", FEATURE + "c"]]), dtype=float)
    np.testing.assert_array_equal(first, second)
    pd.testing.assert_frame_equal(train, before)


def test_columns_of_awkward_names_stay_apart() -> None:
    days = pd.to_datetime(["2020-01-31", "2021-03-01", "2021-04-01"]).astype("datetime64[us]")
    words = pd.Series(["a", "b", "a"], dtype="str")
    cells = {"when": days, "when month": words, "self": words, "when year": [7.0, 8.0, 9.0]}
    roles: dict[str, Role] = {
        "when": "date",
        "when month": "categorical",
        "self": "categorical",
        "when year": "numeric",
    }
    train = table(**{"x": [1.0, 2.0, 3.0]}).assign(**{FEATURE + name: each for name, each in cells.items()})
    columns = tuple(Column(name=name, role=role) for name, role in roles.items())
    schema = Schema(dataset="d", task="regression", target="y", features=columns)
    found = NativeFeatures(schema).fit(train).transform(train)
    assert found["when month"].tolist() == [1.0, 3.0, 4.0]
    assert found["when month (again)"].tolist() == [0, 1, 0]
    assert found["self"].dtype == "category"
    assert found["when year"].tolist() == [7.0, 8.0, 9.0]
    assert found["when year (again)"].tolist() == [2020.0, 2021.0, 2021.0]
    assert found.columns.is_unique
