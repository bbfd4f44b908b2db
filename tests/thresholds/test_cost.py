"""Cost matrices: more than two classes, what is refused, and what is left where nothing can be chosen."""

from __future__ import annotations

import numpy as np
import pytest
from evaluate_choices import build, many_classes

from stages.metrics.cost import mean_cost
from stages.metrics.decision import Decision, decide
from stages.thresholds.cost import theoretical_threshold
from stages.thresholds.cost_matrix import cost_matrix

CLASSES = ("a", "b", "c")
TABLE = {"c": {"a": 10, "b": 4}, "a": {"c": 0.5, "a": -0.25}}
MATRIX = np.array([[-0.25, 1, 0.5], [1, 0, 1], [10, 4, 0]])


def calibrated(rows, *, seed=0):
    """Return targets drawn from the probabilities themselves."""
    _, probabilities = many_classes(rows, seed=seed)
    return (probabilities.cumsum(axis=1) > np.random.default_rng(seed).random((rows, 1))).argmax(
        axis=1
    ), probabilities


def test_the_table_by_hand():
    assert np.array_equal(cost_matrix(TABLE, CLASSES), MATRIX)
    assert np.array_equal(cost_matrix({}, CLASSES), 1 - np.eye(3))


def test_the_class_of_least_expected_cost():
    target, probabilities = calibrated(500)
    decision, notes = build("threshold", "cost", costs=TABLE)(target, probabilities, classes=CLASSES)
    assert notes == ()
    assert decision.threshold == 0.5
    assert np.array_equal(decision.costs, MATRIX)
    for row, predicted in zip(probabilities, decide(probabilities, decision), strict=True):
        expected = [sum(row[true] * MATRIX[true, answer] for true in range(3)) for answer in range(3)]
        assert predicted == np.argmin(expected)


def test_expected_cost_pays_where_the_probabilities_are_right():
    target, probabilities = calibrated(20_000)
    decision = Decision(costs=MATRIX)
    usual = mean_cost(target, decide(probabilities), MATRIX)
    assert mean_cost(target, decide(probabilities, decision), MATRIX) < 0.8 * usual


def test_costs_that_say_nothing_decide_like_no_costs():
    _, probabilities = many_classes(2000, classes=4)
    assert np.array_equal(decide(probabilities, Decision(costs=1 - np.eye(4))), decide(probabilities))


def test_probabilities_too_wrong_for_expected_cost_are_told():
    target = np.zeros(60, np.int64)
    probabilities = np.tile([0.6, 0.2, 0.2], (60, 1))  # never a c, and one row in five is said to be
    rule = build("threshold", "cost", costs={"c": {"a": 10}})
    (note,) = rule(target, probabilities, classes=CLASSES).notes
    assert note.startswith(
        "deciding by least expected cost costs 1 a row of the validation part, the most probable class 0:"
    )
    assert "evaluate.calibration=temperature" in note
    assert rule(target, np.tile([1.0, 0.0, 0.0], (60, 1)), classes=CLASSES).notes == ()
    for none in (target[:0], probabilities[:0], None), (target, probabilities, np.zeros(60)):
        assert rule(*none[:2], classes=CLASSES, weight=none[2]).notes == ()


def test_costs_of_two_classes_have_no_effect_on_three():
    rule = build("threshold", "cost", false_negative_cost=5.0)
    decision, (note,) = rule(*many_classes(30), classes=CLASSES)
    assert decision == Decision()
    assert "no effect on 3 classes" in note
    assert "{c: {a: 5}}" in note


@pytest.mark.parametrize(
    ("costs", "message"),
    [
        (
            {"Bad": {"good": 5}},
            r"evaluate\.threshold\.costs names the class 'Bad'.*Did you mean bad\?.*good, bad",
        ),
        ({"bad": {"x": 5}}, r"names the class 'x'.*Its classes are: good, bad"),
        (
            {"bad": {"good": -1}},
            "predict good for a row of class bad costs -1, less than the right answer, 0",
        ),
        ({"bad": {"bad": 2}}, "predict good for a row of class bad costs 1, less than the right answer, 2"),
        ({"bad": {"good": 0}, "good": {"bad": 0}}, "every answer costs the same"),
    ],
)
def test_what_makes_no_sense_is_refused(costs, message):
    rule = build("threshold", "cost", costs=costs)
    with pytest.raises(ValueError, match=message):
        rule(np.array([0, 1]), np.array([[0.8, 0.2], [0.1, 0.9]]), classes=("good", "bad"))


def test_costs_that_are_all_equal_are_refused():
    rule = build("threshold", "cost", false_positive_cost=0.0, false_negative_cost=0.0)
    with pytest.raises(ValueError, match="every answer costs the same"):
        rule(np.array([0, 1]), np.array([[0.8, 0.2], [0.1, 0.9]]), classes=("good", "bad"))


@pytest.mark.parametrize("costs", [[[0, 1], [5, 0]], [[-3, 2], [1, -4]], [[0, 0], [5, 0]], [[0, 3], [0, 0]]])
def test_the_theoretical_threshold_divides_by_expected_cost(costs):
    matrix = np.array(costs, np.float64)
    threshold = theoretical_threshold(matrix)
    for score in np.linspace(0, 1, 41):
        negative, positive = np.array([1 - score, score]) @ matrix
        if not np.isclose(negative, positive):
            assert (positive < negative) == (score >= threshold)


@pytest.mark.parametrize("rows", [0, 2])
def test_where_nothing_can_be_chosen_the_theoretical_threshold_is_left(rows):
    probabilities = np.array([[0.8, 0.2], [0.1, 0.9]])[:rows]
    rule = build(
        "threshold", "cost", false_negative_cost=5.0, true_positive_benefit=2.0, true_negative_benefit=1.0
    )
    decision, (note,) = rule(np.zeros(rows, np.int64), probabilities, classes=("good", "bad"))
    assert decision.threshold == pytest.approx(2 / 9)
    assert decision.costs is not None
    assert decision.costs.tolist() == [[-1, 1], [5, -2]]
    assert "the threshold is 0.222, right for calibrated probabilities" in note
