"""The rows training sees: what is refused, how they are counted and weighed."""

from __future__ import annotations

import numpy as np
import pytest
from training_cases import make_spec, make_table

from stages.examples.encoded import Encoded
from stages.training.rows import check_rows, class_counts, row_weights

TARGET = np.array([0, 0, 1])
SOFT = np.array([[1, 0], [0.25, 0.75], [0, 1]], np.float32)


def rows(target: np.ndarray, weight: np.ndarray | None = None) -> Encoded:
    return Encoded({}, target, np.arange(len(target)), weight)


def test_finite_rows_pass() -> None:
    check_rows(make_table(), spec=make_spec(), part="train")
    check_rows(make_table(rows=0), spec=make_spec(), part="validation")


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_what_is_not_finite_is_named_with_its_column_and_remedy(wrong: float) -> None:
    table = make_table(rows=5)
    table.inputs["numeric"][1, 2] = wrong
    table.inputs["numeric"][3, 2] = wrong
    with pytest.raises(
        ValueError, match=r"'numeric' of validation .* 2 of 5 rows \(columns x2\).*encode\.imputer="
    ):
        check_rows(table, spec=make_spec(), part="validation")


def test_a_target_that_is_not_finite_is_refused() -> None:
    table = make_table("regression", rows=5)
    table.target[0] = -np.inf
    with pytest.raises(ValueError, match=r"the target of train has 1 missing .* encode\.target"):
        check_rows(table, spec=make_spec("regression"), part="train")


def test_nothing_to_train_on_is_refused() -> None:
    with pytest.raises(ValueError, match="no row to train on"):
        check_rows(make_table(rows=0), spec=make_spec(), part="train")


def test_classes_are_counted_soft_labels_in_parts() -> None:
    assert class_counts(rows(TARGET), ["good", "bad"]) == {"good": 2.0, "bad": 1.0}
    assert class_counts(rows(SOFT), ["good", "bad"]) == {"good": 1.25, "bad": 1.75}
    assert class_counts(rows(np.array([0.5, 1.5])), []) == {}


def test_row_weights_multiply_those_of_the_row_and_its_class() -> None:
    weights = {"good": 1.0, "bad": 3.0}
    own = np.array([2.0, 1.0, 0.5])
    assert row_weights(rows(TARGET), {"good": 1.0, "bad": 1.0}) is None
    assert row_weights(rows(TARGET, own), {"good": 1.0, "bad": 1.0}).tolist() == [2.0, 1.0, 0.5]
    assert row_weights(rows(TARGET, own), weights).tolist() == [2.0, 1.0, 1.5]
    assert row_weights(rows(SOFT), weights).tolist() == [1.0, 2.5, 3.0]
    assert row_weights(rows(SOFT), weights).dtype == np.float32
    assert row_weights(rows(np.array([0.5, 1.5])), {}) is None
