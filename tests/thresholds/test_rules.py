"""Each rule against trying every threshold there is, with scikit-learn's metrics."""

from __future__ import annotations

import numpy as np
import pytest
from evaluate_choices import build, two_classes
from sklearn.metrics import balanced_accuracy_score, f1_score, precision_score, recall_score

from stages.metrics.cost import mean_cost
from stages.metrics.decision import decide

CLASSES = ("good", "bad")
COSTS = np.array([[-0.5, 1.0], [4.0, -2.0]])
SCALARS = {
    "false_positive_cost": 1.0,
    "false_negative_cost": 4.0,
    "true_positive_benefit": 2.0,
    "true_negative_benefit": 0.5,
}
TABLE = {"good": {"good": -0.5}, "bad": {"good": 4, "bad": -2}}


def every_decision(score):
    """Return what every threshold decides, a row each."""
    return [(score >= threshold).astype(int) for threshold in [*np.unique(score), 2.0]]


def decided(rule, target, probabilities, weight):
    chosen = rule(target, probabilities, classes=CLASSES, weight=weight)
    return decide(probabilities, chosen.decision), chosen.notes


def samples():
    """Return small data with and without ties, weights, and scores that are plainly wrong."""
    for seed in range(6):
        target, probabilities = two_classes(25, seed=seed, digits=1 + seed % 3)
        weight = np.random.default_rng(seed).random(25) if seed % 2 else None
        yield pytest.param(target, probabilities, weight, id=f"seed {seed}")
        yield pytest.param(1 - target, probabilities, weight, id=f"seed {seed} against the score")


SAMPLES = pytest.mark.parametrize(("target", "probabilities", "weight"), list(samples()))


@SAMPLES
def test_best_f1(target, probabilities, weight):
    tried = [
        f1_score(target, each, sample_weight=weight, zero_division=0)
        for each in every_decision(probabilities[:, 1])
    ]
    predicted, _ = decided(build("threshold", "best_f1"), target, probabilities, weight)
    assert f1_score(target, predicted, sample_weight=weight) == pytest.approx(max(tried), rel=1e-12)


@SAMPLES
def test_youden_is_the_highest_balanced_accuracy(target, probabilities, weight):
    tried = [
        balanced_accuracy_score(target, each, sample_weight=weight)
        for each in every_decision(probabilities[:, 1])
    ]
    predicted, _ = decided(build("threshold", "youden"), target, probabilities, weight)
    assert balanced_accuracy_score(target, predicted, sample_weight=weight) == pytest.approx(
        max(tried), rel=1e-12
    )


@SAMPLES
def test_least_cost(target, probabilities, weight):
    tried = [mean_cost(target, each, COSTS, weight=weight) for each in every_decision(probabilities[:, 1])]
    for keywords in (SCALARS, {"costs": TABLE}):
        predicted, _ = decided(build("threshold", "cost", **keywords), target, probabilities, weight)
        assert mean_cost(target, predicted, COSTS, weight=weight) == pytest.approx(min(tried), abs=1e-12)


@pytest.mark.parametrize("at_least", [0.5, 0.75, 1.0])
@SAMPLES
def test_wanted_precision(target, probabilities, weight, at_least):
    tried = [
        (
            precision_score(target, each, sample_weight=weight),
            recall_score(target, each, sample_weight=weight),
        )
        for each in every_decision(probabilities[:, 1])
        if each.any()
    ]
    reached = [pair for pair in tried if pair[0] >= at_least - 1e-12]
    predicted, notes = decided(
        build("threshold", "precision", at_least=at_least), target, probabilities, weight
    )
    precision = precision_score(target, predicted, sample_weight=weight)
    recall = recall_score(target, predicted, sample_weight=weight)
    if reached:
        assert precision >= at_least - 1e-12
        assert recall == pytest.approx(max(recall for _, recall in reached))
        assert not any("no threshold reaches" in note for note in notes)
    else:
        assert precision == pytest.approx(max(precision for precision, _ in tried))
        assert f"no threshold reaches a precision of {at_least:g}" in notes[0]
        assert f"{precision:.3g}" in notes[0]


@pytest.mark.parametrize("at_least", [0.5, 0.75, 1.0])
@SAMPLES
def test_wanted_recall(target, probabilities, weight, at_least):
    tried = [
        (
            precision_score(target, each, sample_weight=weight),
            recall_score(target, each, sample_weight=weight),
        )
        for each in every_decision(probabilities[:, 1])
        if each.any()
    ]
    predicted, _ = decided(build("threshold", "recall", at_least=at_least), target, probabilities, weight)
    assert recall_score(target, predicted, sample_weight=weight) >= at_least - 1e-12
    assert precision_score(target, predicted, sample_weight=weight) == pytest.approx(
        max(precision for precision, recall in tried if recall >= at_least - 1e-12)
    )


def test_by_hand():
    target = np.array([0, 0, 1, 0, 1, 1])
    score = np.array([0.1, 0.2, 0.3, 0.6, 0.7, 0.9])
    probabilities = np.column_stack([1 - score, score])

    def threshold(name, **keywords):
        chosen = build("threshold", name, **keywords)(target, probabilities, classes=CLASSES)
        return chosen.decision.threshold

    assert threshold("best_f1") == pytest.approx(0.25)  # F1 6/7, above the 4/5 of 0.65
    assert threshold("youden") == pytest.approx(0.65)  # 2/3, as 0.25; the nearer to 0.5
    assert threshold("precision", at_least=0.75) == pytest.approx(0.25)
    assert threshold("precision", at_least=0.8) == pytest.approx(0.65)
    assert threshold("recall", at_least=0.6) == pytest.approx(0.65)
    assert threshold("recall", at_least=0.7) == pytest.approx(0.25)
    assert threshold("cost") == pytest.approx(0.65)  # one mistake, as 0.25; the nearer to 0.5
    assert threshold("cost", false_negative_cost=5.0) == pytest.approx(0.25)
    assert threshold("cost", false_positive_cost=5.0) == pytest.approx(0.65)
    assert threshold("cost", false_negative_cost=0.0) == pytest.approx(0.65)  # 0.8 and 0.95 cost 0 as well


def test_a_precision_that_rests_on_few_rows_is_told():
    score = np.linspace(0.01, 0.99, 400)
    probabilities = np.column_stack([1 - score, score])
    target = (np.arange(400) % 2).astype(np.int64)
    target[-20:] = 1
    rule = build("threshold", "precision", at_least=0.95)
    chosen = rule(target, probabilities, classes=CLASSES)
    rows = int(decide(probabilities, chosen.decision).sum())
    assert rows == 23  # 22 of them positive, 0.957
    (note,) = chosen.notes
    assert note.startswith("the precision reached is that of the 23 rows")
    target[-60:] = 1
    assert rule(target, probabilities, classes=CLASSES).notes == ()


@pytest.mark.parametrize(("name", "each"), [("precision", 0.7), ("recall", 1.1)])
def test_rounding_does_not_miss_what_is_just_reached(name, each):
    """18 of 20 rows of equal weight are 0.9 of them, though the sums of floats are not."""
    right = np.tile([True] * 9 + [False], 2)
    weight = np.full(20, each)
    if name == "precision":  # 18 of the 20 highest scores are positive; one negative lies below
        target = np.append(right, False).astype(np.int64)
        score = np.append(np.full(20, 0.8), 0.1)
    else:  # 18 of 20 positive rows score high; the rest lie below
        target = np.append(np.ones(20, np.int64), 0)
        score = np.append(np.where(right, 0.8, 0.1), 0.1)
    probabilities = np.column_stack([1 - score, score])
    rule = build("threshold", name, at_least=0.9)
    chosen = rule(target, probabilities, classes=CLASSES, weight=np.append(weight, 5.0))
    assert chosen.decision.threshold == pytest.approx(0.45)
    assert not any("no threshold reaches" in note for note in chosen.notes)


def test_of_equal_precision_the_higher_recall():
    target, score = np.array([1, 0, 1, 0]), np.array([0.2, 0.4, 0.6, 0.8])
    rule = build("threshold", "recall", at_least=0.5)
    chosen = rule(target, np.column_stack([1 - score, score]), classes=CLASSES)
    assert chosen.decision.threshold == pytest.approx(0.1)
