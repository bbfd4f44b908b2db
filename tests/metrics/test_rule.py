"""What is chosen on validation, and what baselines answered for the same rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from evaluate_examples import BINARY, VALUES, baseline, random_answers, settings, two_classes, values

from stages.calibrators.none import NoCalibration
from stages.calibrators.temperature import Temperature
from stages.metrics.baseline_answers import answers_by_baseline, baseline_answers
from stages.metrics.decision import Decision
from stages.metrics.rule import Rule, RuleChooser
from stages.thresholds.best_f1 import BestF1
from stages.thresholds.fixed import Fixed


def test_threshold_is_chosen_on_calibrated_probabilities():
    sure = two_classes([0.99, 0.9, 0.999, 0.2] * 10, [1, 0, 1, 0] * 10)
    rule = RuleChooser(("no", "yes"), Temperature(), BestF1())(sure)
    applied = rule.applied(sure)
    assert rule.temperature != 1
    assert applied.decided.tolist() == sure.target.tolist()
    low, high = applied.predicted[1, 1], applied.predicted[0, 1]
    assert low < rule.decision.threshold <= high


def test_weights_reach_both():
    seen = []

    def spy(target, probabilities, **keywords):
        seen.append(keywords["weight"])
        return NoCalibration()(target, probabilities)

    answers = two_classes([0.1, 0.9], [0, 1], weight=np.array([1.0, 2.0]))
    RuleChooser(("no", "yes"), spy, Fixed())(answers)
    assert seen[0].tolist() == [1.0, 2.0]


def test_values_stay_as_they_are_and_stated_thresholds_are_noted():
    answers = values([1.0, 2.0], [1.0, 3.0])
    rule = RuleChooser((), Temperature(), Fixed(0.3))(answers)
    assert rule.applied(answers) is answers
    assert len(rule.notes) == 2


def test_document_is_plain():
    rule = Rule(np.float64(1.5), Decision(np.float64(0.25), np.array([[0, 1], [4, 0]])))
    told = rule.document(BINARY, settings(threshold="cost"), output_kind="logits")
    assert told == {
        "task": "binary",
        "classes": ["bad", "good"],
        "output_kind": "logits",
        "threshold": 0.25,
        "threshold_rule": "cost",
        "costs": [[0, 1], [4, 0]],
        "temperature": 1.5,
        "calibration": "none",
    }
    assert type(told["temperature"]) is type(told["threshold"]) is float


def test_baselines_answer_in_the_order_of_the_network():
    network = {part: random_answers(BINARY, 5, weight=np.ones(5)) for part in ("test", "validation")}
    told = {part: random_answers(BINARY, 5, seed=3) for part in network}
    table = pd.concat([baseline("a", told, BINARY), baseline("b", network, BINARY)])
    found = answers_by_baseline(table.sample(frac=1, random_state=0), network, classes=BINARY.classes)
    assert sorted(found) == ["a", "b"]
    assert found["a"]["test"].predicted == pytest.approx(told["test"].predicted)
    assert found["a"]["test"].example_id.tolist() == network["test"].example_id.tolist()
    assert found["a"]["test"].target.tolist() == network["test"].target.tolist()
    assert found["a"]["test"].weight is network["test"].weight


def test_values_of_a_baseline():
    network = values([1.0, 2.0], [1.0, 3.0])
    table = baseline("a", {"test": values([5.0, 6.0], [1.0, 3.0])}, VALUES)
    assert baseline_answers(table, network, part="test", classes=())["a"].predicted.tolist() == [5.0, 6.0]


def test_classes_that_encode_dropped_leave_probabilities_that_sum_to_one():
    network = two_classes([0.5, 0.5], [0, 1])
    table = pd.DataFrame({"example_id": network.example_id, "part": "test", "baseline": "a"})
    table = table.assign(
        **{"probability.no": [0.2, 0], "probability.rare": [0.5, 1], "probability.yes": [0.3, 0]}
    )
    found = baseline_answers(table, network, part="test", classes=("no", "yes"))["a"].predicted
    assert found.tolist() == [[0.4, 0.6], [0.5, 0.5]]


def test_missing_rows_are_refused():
    network = two_classes([0.5, 0.5], [0, 1])
    table = baseline("a", {"test": network.take(np.array([1]))}, BINARY)
    with pytest.raises(
        ValueError, match=r"baseline a answered for 1 of the 2 rows of the test part.*dvc repro"
    ):
        baseline_answers(table, network, part="test", classes=BINARY.classes)
