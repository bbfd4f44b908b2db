"""Columns as samplers see them."""

from __future__ import annotations

import numpy as np
from encoded_rows import CATEGORIES, NUMERIC, mixed, spec_of

from stages.examples.encoded import Encoded
from stages.samplers.features import continuous_columns, read_features


def test_continuous_and_nominal_columns() -> None:
    train, spec = mixed()
    features = read_features(train, spec)
    assert features.layout.continuous.tolist() == [0, 1]
    names = [(nominal.input, nominal.columns.tolist()) for nominal in features.layout.nominals]
    assert names == [
        ("numeric", [4, 5, 6]),
        ("numeric", [2]),
        ("numeric", [3]),
        ("categories", [0]),
        ("categories", [1]),
    ]
    # Three jobs and the unknown one, all zeros.
    assert [len(nominal.patterns) for nominal in features.layout.nominals] == [4, 2, 2, 4, 5]
    assert features.nominal_columns == [2, 3, 4, 5, 6]


def test_both_views_come_back_as_the_inputs() -> None:
    train, spec = mixed()
    features = read_features(train, spec)
    assert features.collapsed().shape == (120, 7)
    # 2 continuous, 3 for the job, 1 and 1 for the flags, 4 homes and 5 cities one-hot.
    assert features.flat().shape == (120, 16)
    assert (features.flat().dtype, features.collapsed().dtype) == (np.float32, np.float32)
    for again in (features.from_collapsed(features.collapsed()), features.from_flat(features.flat())):
        inputs = again.inputs()
        for name in ("numeric", "categories"):
            np.testing.assert_array_equal(inputs[name], train.inputs[name])
            assert inputs[name].dtype == train.inputs[name].dtype


def test_values_between_two_categories_go_to_the_nearer() -> None:
    train, spec = mixed()
    features = read_features(train, spec)
    flat = features.flat()[:1].copy()
    flat[0, 2:5] = [0.2, 0.7, 0.1]
    flat[0, 5:7] = [0.6, 0.4]
    flat[0, 7:11] = [0.0, 0.1, 0.5, 0.4]
    inputs = features.from_flat(flat).inputs()
    assert inputs["numeric"][0, 4:].tolist() == [0, 1, 0]
    assert inputs["numeric"][0, 2:4].tolist() == [1, -0.5]
    assert inputs["categories"][0, 0] == 2


def test_a_constant_column_is_continuous() -> None:
    rows = np.column_stack([np.full(4, 3.0), [0, 1, 0, 1], [1, 2, 3, 4]])
    numeric = NUMERIC.model_copy(update={"shape": (3,), "columns": ("a", "b", "c"), "blocks": ()})
    assert continuous_columns(rows, numeric).tolist() == [0, 2]


def test_only_ids() -> None:
    train, _ = mixed()
    only = Encoded({"categories": train.inputs["categories"]}, train.target, train.position)
    features = read_features(only, spec_of(CATEGORIES))
    assert features.continuous.shape == (120, 0)
    np.testing.assert_array_equal(features.inputs()["categories"], train.inputs["categories"])
