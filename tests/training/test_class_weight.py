"""Class weights against scikit-learn, and the contract of every choice."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight
from training_cases import choices, made, read_choice, target_of

from stages.training.class_weight import balanced, equal, given

COUNTS = {"good": 7.0, "bad": 2.0, "ugly": 1.0}


@pytest.mark.parametrize("name", choices("train/class_weight"))
def test_every_choice_weighs_each_class(name: str) -> None:
    choice = read_choice("train/class_weight", name)
    parameters = inspect.signature(target_of(choice)).parameters
    keywords = {key: value for key, value in choice.items() if not key.startswith("_")}
    assert {key: each.default for key, each in parameters.items() if key != "counts"} == keywords
    weights = made(choice)(COUNTS)
    assert list(weights) == list(COUNTS)
    assert all(isinstance(weight, float) and weight >= 0 for weight in weights.values())


def test_balanced_is_that_of_scikit_learn() -> None:
    target = np.repeat([0, 1, 2], [7, 2, 1])
    expected = compute_class_weight("balanced", classes=np.arange(3), y=target)
    assert list(balanced(COUNTS).values()) == pytest.approx(expected.tolist())
    assert list(balanced(COUNTS, strength=0.5).values()) == pytest.approx(np.sqrt(expected).tolist())
    assert balanced(COUNTS, strength=0) == equal(COUNTS)


def test_a_class_without_rows_does_not_divide_by_zero() -> None:
    assert balanced({"good": 4.0, "bad": 0.0}) == {"good": 0.5, "bad": 1.0}


def test_given_weights_go_by_name() -> None:
    assert given(COUNTS, weights={"bad": 3}) == {"good": 1.0, "bad": 3.0, "ugly": 1.0}
    with pytest.raises(
        ValueError, match=r"names the class 'Bad'.*Did you mean bad\? Its classes are: good, bad, ugly"
    ):
        given(COUNTS, weights={"Bad": 3})
    with pytest.raises(ValueError, match="are all 0"):
        given({"good": 1.0}, weights={"good": 0})


def test_a_regression_has_no_classes() -> None:
    assert equal({}) == {}
    for weigh in (balanced, given):
        with pytest.raises(ValueError, match=r"use train\.class_weight=none"):
            weigh({})
