from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from stages.examples.encoded import Block
from stages.transformers.encoders import Embedding, Hashed, OneHot, Ordinal
from stages.transformers.target_mean import TargetMean

TRAIN = pd.DataFrame(
    {"job": ["fixed"] * 4 + ["part"] * 2 + ["other", np.nan], "home": ["own", "rent"] * 4}, dtype=object
)
NEW = pd.DataFrame({"job": ["moon", np.nan, "fixed"], "home": ["rent", "boat", "own"]}, dtype=object)


def test_one_hot_groups_rare_ones_and_names_each_column() -> None:
    encoder = OneHot(min_frequency=2, max_categories=None)
    code = encoder.fit_transform(TRAIN)
    assert encoder.get_feature_names_out() == ["job=fixed", "job=part", "job=(rare)", "home=own", "home=rent"]
    assert code.dtype == np.float32
    assert code[[0, 4, 6, 7]].tolist() == [[1, 0, 0, 1, 0], [0, 1, 0, 1, 0], [0, 0, 1, 1, 0], [0, 0, 1, 0, 1]]
    assert encoder.blocks() == [Block(column="job", start=0, stop=3), Block(column="home", start=3, stop=5)]


def test_one_hot_of_unseen_ones_is_rare_or_all_zeros() -> None:
    encoder = OneHot(min_frequency=2)
    encoder.fit_transform(TRAIN)
    assert encoder.transform(NEW).tolist() == [[0, 0, 1, 0, 1], [0, 0, 1, 0, 0], [1, 0, 0, 1, 0]]
    encoder = OneHot(min_frequency=2, handle_unknown="ignore")
    encoder.fit_transform(TRAIN)
    assert encoder.transform(NEW)[0].tolist() == [0, 0, 0, 0, 1]


def test_one_hot_gives_a_missing_cell_its_own_column() -> None:
    encoder = OneHot(min_frequency=None)
    code = encoder.fit_transform(TRAIN)
    assert encoder.get_feature_names_out()[3] == "job is missing"
    assert code[:, 3].tolist() == [0] * 7 + [1]


def test_one_hot_of_train_has_one_one_in_each_block() -> None:
    encoder = OneHot(min_frequency=3, max_categories=2)
    code = encoder.fit_transform(TRAIN)
    for block in encoder.blocks():
        assert (code[:, block.start : block.stop].sum(axis=1) == 1).all()


def test_ordinal_numbers_the_alphabet_and_shares_the_last_for_rare_ones() -> None:
    encoder = Ordinal(min_frequency=2)
    assert encoder.fit_transform(TRAIN)[:, 0].tolist() == [0, 0, 0, 0, 1, 1, 2, -1]
    assert encoder.transform(NEW).tolist() == [[-1, 1], [-1, -1], [0, 0]]


def test_embedding_keeps_zero_for_unknown_and_missing() -> None:
    encoder = Embedding(min_frequency=None)
    ids = encoder.fit_transform(TRAIN)
    assert ids.dtype == np.int32
    assert ids[:, 0].tolist() == [1, 1, 1, 1, 3, 3, 2, 0]
    assert encoder.sizes_ == [4, 3]
    assert encoder.transform(NEW).tolist() == [[0, 2], [0, 0], [1, 1]]


@pytest.mark.parametrize("min_frequency", [None, 2, 3, 5, 0.3])
def test_embedding_ids_stay_below_the_sizes(min_frequency: float | None) -> None:
    encoder = Embedding(min_frequency=min_frequency)
    ids = encoder.fit_transform(TRAIN)
    assert (ids.max(axis=0) < encoder.sizes_).all()
    assert ids.min() >= 0


def test_hashed_depends_on_column_and_category_alone() -> None:
    encoder = Hashed(n_features=16)
    code = encoder.fit_transform(TRAIN)
    assert code.shape == (8, 16)
    assert np.array_equal(encoder.transform(TRAIN.iloc[[2]]), code[[2]])
    assert (np.abs(code).sum(axis=1) <= 2).all()
    one_column = Hashed(n_features=1024)
    assert not np.array_equal(
        one_column.transform(pd.DataFrame({"a": ["x"]})), one_column.transform(pd.DataFrame({"b": ["x"]}))
    )


def test_target_mean_is_cross_fitted_on_train_and_whole_elsewhere() -> None:
    colours = pd.DataFrame({"colour": ["red", "red", "blue", "blue"] * 5})
    target = np.array([1, 1, 0, 1] * 5)
    encoder = TargetMean(smooth=0.0, folds=5)
    train = encoder.fit_transform(colours, target)
    deviation = np.sqrt(0.75 * 0.25)
    whole = encoder.transform(pd.DataFrame({"colour": ["red", "blue", "green"]}))
    assert whole.ravel() == pytest.approx([0.25 / deviation, -0.25 / deviation, 0.0])
    assert np.unique(train[colours["colour"] == "blue"].round(6)).size > 1


def test_target_mean_of_a_unique_category_does_not_show_its_own_target() -> None:
    names = pd.DataFrame({"name": [str(number) for number in range(40)]})
    target = np.arange(40.0)
    code = TargetMean().fit_transform(names, target).ravel()
    assert abs(code).max() < 0.2  # all near the overall mean: 0


def test_target_mean_of_a_nearly_constant_column_stays_small() -> None:
    column = pd.DataFrame({"utilities": ["all"] * 199 + ["none"]})
    target = np.random.default_rng(0).normal(200_000, 50_000, 200)
    assert np.abs(TargetMean().fit_transform(column, target)[:-1]).max() < 0.2


def test_target_mean_has_a_column_for_each_of_three_classes() -> None:
    colours = pd.DataFrame({"colour": ["red", "blue", "green"] * 10})
    encoder = TargetMean(smooth=0.0)
    encoder.fit_transform(colours, np.array([0, 1, 2] * 10))
    assert encoder.get_feature_names_out() == [f"colour share of class {k}" for k in range(3)]
    expected = np.array([1 - 1 / 3, -1 / 3, -1 / 3]) / np.sqrt(2 / 9)
    assert encoder.transform(colours.iloc[[0]]).ravel() == pytest.approx(expected)


def test_integer_valued_floats_are_a_regression() -> None:
    encoder = TargetMean()
    encoder.fit_transform(pd.DataFrame({"a": ["x", "y"] * 10}), np.arange(20.0) % 4)
    assert encoder.encoder_.target_type_ == "continuous"
