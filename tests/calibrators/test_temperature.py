"""Temperature scaling against its definition, scipy's own search and scikit-learn's log loss."""

from __future__ import annotations

import numpy as np
import pytest
from evaluate_choices import many_classes, two_classes
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit
from sklearn.metrics import log_loss, roc_auc_score

from stages.calibrators.calibration import Calibration
from stages.calibrators.temperature import Temperature, calibrate

TEMPERATURES = [0.05, 0.3, 0.9, 1.0, 1.7, 20.0]


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_two_classes_are_the_sigmoid_of_the_divided_logit(temperature):
    score = np.random.default_rng(0).uniform(0.001, 0.999, 500)
    after = calibrate(np.column_stack([1 - score, score]), temperature)
    np.testing.assert_allclose(after[:, 1], expit(logit(score) / temperature), rtol=1e-9)


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_many_classes_are_the_softmax_of_the_divided_logits(temperature):
    logits = np.random.default_rng(0).normal(size=(200, 5)) * 2

    def softmax(values):
        powers = np.exp(values)
        return powers / powers.sum(axis=1, keepdims=True)

    np.testing.assert_allclose(
        calibrate(softmax(logits), temperature), softmax(logits / temperature), rtol=1e-9, atol=1e-15
    )


def test_a_temperature_of_one_changes_no_bit():
    _, probabilities = many_classes(50)
    assert np.array_equal(calibrate(probabilities, 1.0), probabilities)
    narrow = probabilities.astype(np.float32)
    assert np.array_equal(calibrate(narrow, 1.0), narrow.astype(np.float64))


@pytest.mark.parametrize("classes", [2, 3, 10])
@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_the_most_probable_class_stays(temperature, classes):
    _, probabilities = many_classes(5000, classes=classes, sureness=8.0)
    narrow = probabilities.astype(np.float32)
    assert np.array_equal(calibrate(narrow, temperature).argmax(axis=1), narrow.argmax(axis=1))


def test_two_classes_keep_their_ranking():
    target, probabilities = two_classes(500)
    after = calibrate(probabilities, 3.0)
    assert roc_auc_score(target, after[:, 1]) == roc_auc_score(target, probabilities[:, 1])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("sureness", [0.4, 1.0, 4.0])
@pytest.mark.parametrize("classes", [2, 3])
def test_the_log_loss_is_least_there(classes, sureness, weighted):
    target, probabilities = many_classes(200, classes=classes, sureness=sureness)
    weight = np.random.default_rng(1).random(200) if weighted else None

    def loss(temperature):
        powers = probabilities ** (1 / temperature)
        likelihood = powers[np.arange(200), target] / powers.sum(axis=1)
        return np.average(-np.log(likelihood), weights=weight)

    temperature, notes = Temperature()(target, probabilities, weight=weight)
    assert notes == ()
    least = minimize_scalar(lambda x: loss(np.exp(x)), bracket=(-1, 1), tol=1e-10)
    assert temperature == pytest.approx(np.exp(least.x), rel=1e-4)
    assert loss(temperature) <= loss(1.0)
    reported = log_loss(target, calibrate(probabilities, temperature), sample_weight=weight)
    assert reported == pytest.approx(least.fun, abs=1e-9)


def test_the_temperature_that_made_the_probabilities_is_found_again():
    random = np.random.default_rng(0)
    score = random.beta(2, 2, 50_000)
    target = (random.random(50_000) < score).astype(np.int64)
    right = np.column_stack([1 - score, score])
    for temperature in (0.5, 2.0):
        too_sure_or_not_enough = calibrate(right, 1 / temperature)
        assert Temperature()(target, too_sure_or_not_enough).temperature == pytest.approx(
            temperature, rel=0.04
        )


def test_whole_weights_count_like_repeated_rows():
    target, probabilities = many_classes(90)
    weight = np.random.default_rng(0).integers(0, 4, 90)
    weighted = Temperature()(target, probabilities, weight=weight.astype(np.float64))
    repeated = Temperature()(target.repeat(weight), probabilities.repeat(weight, axis=0))
    assert weighted.temperature == pytest.approx(repeated.temperature, rel=1e-5)


def test_a_class_without_rows_does_no_harm():
    target, probabilities = many_classes(90)
    target[target == 2] = 0
    temperature, notes = Temperature()(target, probabilities)
    assert 1 < temperature < 20
    assert notes == ()


def test_saturated_probabilities():
    """A float32 network rounds to 0 and 1; where it errs there, its sureness is paid for, not infinite."""
    target = np.array([0, 1] * 50)
    score = target.astype(np.float32)
    score[:10] = 1 - score[:10]
    probabilities = np.column_stack([1 - score, score])
    temperature, notes = Temperature()(target, probabilities)
    assert 10 < temperature < 20  # logits of 36, right in 9 of 10 rows: 36 / log(9) = 16.4
    assert temperature == pytest.approx(-np.log(np.finfo(float).eps) / np.log(9), rel=1e-4)
    assert notes == ()
    assert np.isfinite(calibrate(probabilities, temperature)).all()
    assert calibrate(probabilities, temperature)[20, 0] == pytest.approx(0.9, abs=1e-4)


def test_the_ends_of_the_range_are_told():
    target = np.array([0, 1] * 20)
    score = np.where(target == 1, 0.6, 0.4)
    right, wrong = np.column_stack([1 - score, score]), np.column_stack([score, 1 - score])
    temperature, (note,) = Temperature()(target, right)
    assert temperature == 0.05
    assert "evaluate.calibration.minimum" in note
    assert "all but perfectly" in note
    temperature, (note,) = Temperature(maximum=5.0)(target, wrong)
    assert temperature == 5.0
    assert "the temperature is 5, the end of the range tried (evaluate.calibration.maximum)" in note
    assert "next to nothing" in note


def test_what_cannot_be_better_is_left_alone():
    target = np.array([0, 1] * 20)
    perfect = np.eye(2)[target]
    assert Temperature()(target, perfect) == Calibration(1.0, ())
    uniform = np.full((40, 2), 0.5)
    assert Temperature()(target, uniform) == Calibration(1.0, ())
    score = np.where(target == 1, 0.6, 0.4)
    sharper = Temperature(minimum=1.0)(target, np.column_stack([1 - score, score]))
    assert sharper == Calibration(1.0, ())
