from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from encode_examples import choice
from sklearn.preprocessing import OrdinalEncoder, StandardScaler

from stages.transformers.categories import Categories
from stages.transformers.encoders import OneHot, Ordinal

FRAME = pd.DataFrame({"feature.job": ["a", "b", "b", None], "feature.home": ["x", "y", "x", "y"]})
TARGET = np.array([0, 1, 0, 1])


def test_a_missing_cell_is_a_category_or_the_most_frequent_one() -> None:
    own = Categories(OneHot(min_frequency=None), StandardScaler(), missing="own_category")
    own.fit_transform(FRAME, TARGET)
    assert own.get_feature_names_out() == ["job=a", "job=b", "job is missing", "home=x", "home=y"]
    filled = Categories(OneHot(min_frequency=None), StandardScaler(), missing="most_frequent")
    assert filled.fit_transform(FRAME, TARGET)[3].tolist() == [0, 1, 0, 1]
    assert filled.get_feature_names_out() == ["job=a", "job=b", "home=x", "home=y"]


def test_a_missing_cell_where_train_has_none_counts_as_unknown() -> None:
    complete = FRAME.fillna("a")
    fitted = Categories(OneHot(min_frequency=None), StandardScaler(), missing="own_category")
    fitted.fit_transform(complete, TARGET)
    assert fitted.transform(FRAME)[3].tolist() == [0, 0, 0, 1]


def test_numbers_with_a_size_are_scaled_and_codes_are_not() -> None:
    ordinal = Categories(Ordinal(min_frequency=None), StandardScaler(), missing="own_category")
    code = ordinal.fit_transform(FRAME, TARGET)
    assert code.mean(axis=0) == pytest.approx([0, 0])
    assert code.std(axis=0) == pytest.approx([1, 1])
    one_hot = Categories(OneHot(min_frequency=None), StandardScaler(), missing="own_category")
    assert set(np.unique(one_hot.fit_transform(FRAME, TARGET))) == {0.0, 1.0}


def test_a_library_encoder_fits_in() -> None:
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2)
    fitted = Categories(encoder, choice("scaler", "none"), missing="own_category")
    assert fitted.fit_transform(FRAME, TARGET).tolist() == [[0, 0], [1, 1], [1, 0], [-2, 1]]
    assert fitted.get_feature_names_out() == ["job", "home"]
    assert (fitted.blocks, fitted.sizes) == ((), ())


def test_without_categorical_columns_there_is_nothing() -> None:
    fitted = Categories(OneHot(), StandardScaler(), missing="own_category")
    assert fitted.fit_transform(FRAME[[]], TARGET).shape == (4, 0)
    assert fitted.get_feature_names_out() == []
