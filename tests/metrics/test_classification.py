"""The metrics of a classification, against numbers worked out by hand."""

from __future__ import annotations

import json
import math
import warnings

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

from stages.metrics.classification import classification_metrics
from stages.metrics.decision import Decision, decide

CLASSES = ("no", "yes")
TARGET = np.array([0, 0, 0, 1, 1])
POSITIVE = np.array([0.1, 0.4, 0.6, 0.4, 0.9])
PROBABILITIES = np.column_stack([1 - POSITIVE, POSITIVE])
# At 0.5: predicted 0 0 1 0 1, so that TN = 2, FP = 1, FN = 1, TP = 1.


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def measure(target, probabilities, classes=CLASSES, threshold=0.5, **keywords):
    decided = decide(probabilities, Decision(threshold))
    return classification_metrics(target, probabilities, classes=classes, decided=decided, **keywords)


def test_binary_decisions():
    values = measure(TARGET, PROBABILITIES).values
    assert values["accuracy"] == pytest.approx(3 / 5)
    assert values["balanced_accuracy"] == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert values["matthews_corrcoef"] == pytest.approx((1 * 2 - 1 * 1) / math.sqrt(2 * 2 * 3 * 3))
    assert (values["precision"], values["recall"], values["f1"]) == (0.5, 0.5, 0.5)
    assert values["precision_macro"] == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert values["recall_weighted"] == pytest.approx(3 / 5)
    assert values["f1_weighted"] == pytest.approx((3 * 2 / 3 + 2 * 1 / 2) / 5)
    assert values["rows"] == 5


def test_binary_ranking():
    values = measure(TARGET, PROBABILITIES).values
    # Pairs (negative, positive) ranked right, a tie counts half: 0.4 beats 0.1 and ties 0.4; 0.9 beats all.
    assert values["roc_auc"] == pytest.approx((1 + 0.5 + 0 + 3) / 6)
    # Recall steps: 1/2 at precision 1 (0.9), then 1/2 at 2/4 (0.6 adds none; at 0.4 two more join).
    assert values["pr_auc"] == pytest.approx(0.5 * 1 + 0.5 * 2 / 4)


def test_binary_probabilities():
    values = measure(TARGET, PROBABILITIES).values
    logs = -np.log([0.9, 0.6, 0.4, 0.4, 0.9]).mean()
    assert values["log_loss"] == pytest.approx(logs)
    assert values["brier_score"] == pytest.approx((0.01 + 0.16 + 0.36 + 0.36 + 0.01) / 5)


def test_order_main_metrics_first_and_nothing_but_json():
    values = measure(TARGET, PROBABILITIES).values
    assert list(values)[:3] == ["accuracy", "balanced_accuracy", "matthews_corrcoef"]
    assert list(values)[-1] == "per_class"
    assert json.loads(json.dumps(values, allow_nan=False)) == values
    assert values["per_class"]["no"] == {
        "precision": pytest.approx(2 / 3),
        "recall": pytest.approx(2 / 3),
        "f1": pytest.approx(2 / 3),
        "roc_auc": values["roc_auc"],
        "pr_auc": pytest.approx((1 / 1 + 2 / 3 + 3 / 4) / 3),  # precision as each third of them is found
        "rows": 3,
    }


def test_threshold_moves_decisions_alone():
    low = measure(TARGET, PROBABILITIES, threshold=0.4).values  # predicted 0 1 1 1 1
    high = measure(TARGET, PROBABILITIES, threshold=0.5).values
    assert (low["recall"], low["precision"], low["accuracy"]) == (1.0, 0.5, 3 / 5)
    same = ("roc_auc", "pr_auc", "log_loss", "brier_score", "expected_calibration_error")
    assert [low[name] for name in same] == [high[name] for name in same]


def test_weights_count_as_repeated_rows():
    weight = np.array([1.0, 2.0, 0.0, 3.0, 1.0])
    assert measure(TARGET, PROBABILITIES, weight=weight).values["accuracy"] == pytest.approx(4 / 7)
    random = np.random.default_rng(0)
    target, probabilities = random.integers(0, 3, 30), random.dirichlet([1, 1, 1], 30)
    weight = random.integers(0, 4, 30)
    rows = np.repeat(np.arange(30), weight)
    weighted = measure(target, probabilities, ("a", "b", "c"), weight=weight * 1.0).values
    repeated = measure(target[rows], probabilities[rows], ("a", "b", "c")).values
    for name in ("per_class", "rows"):
        weighted.pop(name), repeated.pop(name)
    assert weighted == pytest.approx(repeated)


def test_multiclass_means_are_those_of_scikit_learn():
    random = np.random.default_rng(0)
    target = random.integers(0, 3, 60)
    probabilities = random.dirichlet([1, 1, 1], 60)
    values = measure(target, probabilities, classes=("a", "b", "c")).values
    predicted = probabilities.argmax(axis=1)
    for name, score in (("precision", precision_score), ("recall", recall_score), ("f1", f1_score)):
        for kind in ("macro", "weighted"):
            assert values[f"{name}_{kind}"] == pytest.approx(score(target, predicted, average=kind))
    assert values["roc_auc"] == pytest.approx(roc_auc_score(target, probabilities, multi_class="ovr"))
    one_hot = np.eye(3)[target]
    assert values["brier_score"] == pytest.approx(((probabilities - one_hot) ** 2).sum(axis=1).mean())
    assert "f1" not in values  # no class is "the positive one"


def test_class_absent_from_the_part():
    probabilities = np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]])
    measures = measure(np.array([0, 1, 1]), probabilities, classes=("a", "b", "c"))  # predicted a, b, c
    assert measures.values["per_class"]["c"] == {
        **dict.fromkeys(("precision", "recall", "f1", "roc_auc", "pr_auc"), None),
        "rows": 0,
    }
    assert measures.values["recall_macro"] == measures.values["balanced_accuracy"] == pytest.approx(0.75)
    assert measures.values["log_loss"] == pytest.approx(-np.log([0.8, 0.8, 0.2]).mean())
    assert measures.notes == ("no example of c: left out of every mean over classes",)


def test_class_never_predicted_is_noted():
    measures = measure(TARGET, PROBABILITIES, threshold=1.0)
    assert (measures.values["precision"], measures.values["f1"]) == (0.0, 0.0)
    assert measures.values["matthews_corrcoef"] == 0.0
    assert measures.notes == ("yes never predicted: precision counts as 0",)


def test_single_class_part():
    measures = measure(TARGET[:3], PROBABILITIES[:3])
    undefined = {"precision", "recall", "f1", "roc_auc", "pr_auc", "matthews_corrcoef"}
    assert {name for name, value in measures.values.items() if value is None} == undefined
    assert measures.values["accuracy"] == pytest.approx(2 / 3)
    assert "no example of yes" in measures.notes[0]
    assert "more than one class" in measures.notes[1]


def test_one_row():
    measures = measure(np.array([1]), np.array([[0.25, 0.75]]))
    assert measures.values["accuracy"] == 1.0
    assert measures.values["recall"] == 1.0
    assert measures.values["expected_calibration_error"] == pytest.approx(0.25)
    assert measures.values["roc_auc"] is None


def test_certain_and_wrong_stays_finite():
    values = measure(np.array([0, 1]), np.array([[0.0, 1.0], [0.0, 1.0]])).values
    assert 15 < values["log_loss"] < 40
    assert values["brier_score"] == 0.5


def test_arguments_stay_unchanged():
    target, probabilities = TARGET.copy(), PROBABILITIES.copy()
    measure(target, probabilities, weight=np.ones(5))
    assert np.array_equal(target, TARGET)
    assert np.array_equal(probabilities, PROBABILITIES)
