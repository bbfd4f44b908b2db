"""What `evaluate.threshold` and `evaluate.calibration` take, and what configure says of anything else."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from stages.settings.calibration import Temperature
from stages.settings.threshold import Cost, Fixed, Precision, Recall
from stages.shell.compose import ConfigurationError, compose

ROOT = Path(__file__).resolve().parents[2]
TARGET = {"_target_": "x"}
COSTS = {
    "false_positive_cost": 1.0,
    "false_negative_cost": 1.0,
    "true_positive_benefit": 0.0,
    "true_negative_benefit": 0.0,
    "costs": {},
}


@pytest.mark.parametrize("value", [0, 0.3, 1])
def test_thresholds(value):
    assert Fixed.model_validate(TARGET | {"value": value}).value == value


@pytest.mark.parametrize("value", [-0.1, 1.1, "0.5", True, None, float("nan"), float("inf")])
def test_no_thresholds(value):
    with pytest.raises(ValidationError):
        Fixed.model_validate(TARGET | {"value": value})


@pytest.mark.parametrize("model", [Precision, Recall])
def test_wanted_shares(model):
    assert model.model_validate(TARGET | {"at_least": 1}).at_least == 1
    for wrong in (0, 1.1, "0.9", float("nan")):
        with pytest.raises(ValidationError):
            model.model_validate(TARGET | {"at_least": wrong})


@pytest.mark.parametrize(
    "changed",
    [
        {"false_negative_cost": 5},
        {"false_negative_cost": 0},
        {"false_positive_cost": 0, "false_negative_cost": 0, "true_positive_benefit": 1},
        {"costs": {"bad": {"good": 5, "bad": -2.5}}},
        {"costs": {"a": {"b": 0, "c": 10}, "b": {}}},
    ],
)
def test_costs(changed):
    assert Cost.model_validate(TARGET | COSTS | changed).keywords() == COSTS | changed


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"false_negative_cost": -5}, "greater than or equal to 0"),
        ({"costs": {"bad": 5}}, "valid dictionary"),
        ({"costs": {"bad": {"good": "5"}}}, "valid number"),
        (
            {"costs": {"bad": {"good": 5}}, "true_positive_benefit": 1},
            "or true_positive_benefit, received both",
        ),
        ({"false_positive_cost": 0, "false_negative_cost": 0}, "expected some cost above 0"),
    ],
)
def test_no_costs(changed, said):
    with pytest.raises(ValidationError, match=said):
        Cost.model_validate(TARGET | COSTS | changed)


def test_the_range_of_temperatures_holds_1():
    assert Temperature.model_validate(TARGET | {"minimum": 1, "maximum": 5}).maximum == 5
    for minimum, maximum in ((0, 5), (1.5, 5), (0.1, 0.9), (1, 1)):
        with pytest.raises(ValidationError):
            Temperature.model_validate(TARGET | {"minimum": minimum, "maximum": maximum})


def test_costs_from_the_command_line():
    words = ["evaluate.threshold=cost", "evaluate.threshold.costs={bad: {good: 5}}"]
    document = compose(ROOT, words, page={"dataset": "credit"}).document()
    assert document["evaluate"]["threshold"]["costs"] == {"bad": {"good": 5.0}}


@pytest.mark.parametrize(
    ("costs", "read"),
    [
        ("{1: {0: 5}}", {"1": {"0": 5.0}}),
        ("{true: {False: 5}, no: {true: 2}}", {"true": {"false": 5.0}, "no": {"true": 2.0}}),
    ],
)
def test_classes_that_yaml_takes_for_numbers(costs, read):
    words = ["evaluate.threshold=cost", f"evaluate.threshold.costs={costs}"]
    document = compose(ROOT, words, page={"dataset": "credit"}).document()
    assert document["evaluate"]["threshold"]["costs"] == read


@pytest.mark.parametrize(
    ("words", "key", "said"),
    [
        (["evaluate.threshold=f1"], "evaluate.threshold", "best_f1"),
        (["evaluate.threshold=0.3"], "evaluate.threshold", "expected the name of a choice"),
        (["evaluate.threshold.value=3"], "evaluate.threshold.value", "less than or equal to 1, received 3"),
        (["evaluate.threshold.at_least=0.9"], "evaluate.threshold.at_least", "evaluate.threshold=precision"),
        (
            ["evaluate.calibration=temperature", "evaluate.calibration.minimum=2"],
            "evaluate.calibration.minimum",
            "less than or equal to 1",
        ),
    ],
)
def test_what_is_wrong_is_said(words, key, said):
    with pytest.raises(ConfigurationError) as refusal:
        compose(ROOT, words, page={"dataset": "credit"})
    (problem,) = refusal.value.problems
    assert problem.key == key
    assert said in problem.message


@pytest.mark.parametrize("dataset", ["credit", "ames"])
@pytest.mark.parametrize("choice", ["best_f1", "cost", "youden", "precision", "recall", "fixed"])
def test_no_rule_is_refused_for_any_data_set(dataset, choice):
    """A rule that has no effect on a task is noted by evaluate: the task may be known only then."""
    words = [f"evaluate.threshold={choice}", "evaluate.calibration=temperature"]
    settings = compose(ROOT, words, page={"dataset": dataset}).settings
    assert settings.evaluate.threshold.target.startswith("stages.thresholds.")
