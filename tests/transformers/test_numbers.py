from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from encode_examples import choice

from stages.examples.schema import Column
from stages.transformers.numbers import Numbers

COLUMNS = [
    Column(name="young", role="boolean"),
    Column(name="income", role="numeric"),
    Column(name="opened", role="date"),
    Column(name="age", role="numeric"),
]
FRAME = pd.DataFrame(
    {
        "feature.young": [1.0, 0.0, np.nan, 1.0],
        "feature.income": [10.0, np.nan, 20.0, 30.0],
        "feature.opened": pd.to_datetime(["2020-01-01", "2021-01-01", None, "2022-01-01"]),
        "feature.age": [30.0, 40.0, 50.0, 60.0],
    }
)


def numbers(*, missing_indicator: bool, imputer: str = "median", scaler: str = "standard") -> Numbers:
    return Numbers(
        choice("dates", "parts", parts=("year",)),
        choice("imputer", imputer),
        choice("scaler", scaler),
        missing_indicator=missing_indicator,
    )


def test_columns_are_numbers_dates_booleans_and_indicators() -> None:
    fitted = numbers(missing_indicator=True)
    made = pd.DataFrame(fitted.fit_transform(FRAME, COLUMNS), columns=fitted.get_feature_names_out())
    assert list(made) == [
        "income",
        "age",
        "opened year",
        "young",
        "income is missing",
        "opened is missing",
        "young is missing",
    ]
    assert made["young"].tolist() == [1, 0, 1, 1]  # filled with the median, not scaled
    assert made["income is missing"].tolist() == [0, 1, 0, 0]
    assert made["opened is missing"].tolist() == [0, 0, 1, 0]
    filled = np.array([10.0, 20, 20, 30])
    assert made["income"].tolist() == pytest.approx((filled - 20) / filled.std())


def test_an_indicator_is_made_for_columns_incomplete_in_train_alone() -> None:
    fitted = numbers(missing_indicator=True)
    fitted.fit_transform(FRAME, COLUMNS)
    new = FRAME.assign(**{"feature.age": np.nan})
    made = pd.DataFrame(fitted.transform(new), columns=fitted.get_feature_names_out())
    assert "age is missing" not in made
    assert made["age"].tolist() == pytest.approx([0.0] * 4)


def test_no_indicator_unless_asked_for() -> None:
    fitted = numbers(missing_indicator=False)
    fitted.fit_transform(FRAME, COLUMNS)
    assert fitted.get_feature_names_out() == ["income", "age", "opened year", "young"]


def test_no_column_at_all_makes_an_array_without_columns() -> None:
    assert numbers(missing_indicator=True).fit_transform(FRAME, []).shape == (4, 0)


@pytest.mark.parametrize("imputer", ["mean", "knn", "iterative"])
def test_transform_repeats_fit_transform(imputer: str) -> None:
    fitted = numbers(missing_indicator=True, imputer=imputer)
    assert np.allclose(fitted.fit_transform(FRAME, COLUMNS), fitted.transform(FRAME), atol=1e-6)
