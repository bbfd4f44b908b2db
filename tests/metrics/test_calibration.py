"""The calibration error, against hand-computed bins and a second way of computing it."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from stages.metrics.calibration import calibration_table, expected_calibration_error, reliability


def ece_by_the_book(target, probabilities, bins):
    """Guo et al. 2017, equations 1 to 3, bin by bin as they are written."""
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == target
    total = 0.0
    for m in range(1, bins + 1):
        inside = (confidence > (m - 1) / bins) & (confidence <= m / bins)
        if inside.any():
            total += inside.sum() / len(target) * abs(right[inside].mean() - confidence[inside].mean())
    return total


def test_by_hand():
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.45, 0.55]])
    target = np.array([0, 1, 1, 1])  # right, wrong, right, right
    # Five bins: (0.4, 0.6] 0.55 right; (0.6, 0.8] 0.8 wrong and 0.7 right; (0.8, 1] 0.9 right.
    wanted = (abs(1 - 0.55) + 2 * abs(0.5 - 0.75) + abs(1 - 0.9)) / 4
    assert expected_calibration_error(target, probabilities, bins=5) == pytest.approx(wanted)


@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("bins", [2, 10, 15])
def test_as_written_by_guo(classes, bins):
    random = np.random.default_rng(classes)
    probabilities = random.dirichlet(np.full(classes, 0.5), 300)
    target = random.integers(0, classes, 300)
    wanted = ece_by_the_book(target, probabilities, bins)
    assert expected_calibration_error(target, probabilities, bins=bins) == pytest.approx(wanted)


def test_perfect_and_worst():
    certain = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert expected_calibration_error(np.array([1, 0]), certain) == 0.0
    assert expected_calibration_error(np.array([0, 1]), certain) == 1.0


def test_weights_count_as_repeated_rows():
    random = np.random.default_rng(3)
    probabilities, target = random.dirichlet([1, 1], 40), random.integers(0, 2, 40)
    weight = random.integers(0, 4, 40)
    rows = np.repeat(np.arange(40), weight)
    weighted = expected_calibration_error(target, probabilities, weight=weight)
    assert weighted == pytest.approx(expected_calibration_error(target[rows], probabilities[rows]))


def test_reliability_as_scikit_learn():
    random = np.random.default_rng(1)
    chance = random.random(200)
    happened = random.random(200) < chance
    table = reliability(happened, chance, bins=10)
    observed, predicted = calibration_curve(happened, chance, n_bins=10)
    assert table["observed"].to_numpy() == pytest.approx(observed)
    assert table["predicted"].to_numpy() == pytest.approx(predicted)
    assert table["rows"].sum() == 200


def test_table_of_two_classes_is_that_of_the_positive_one():
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.2, 0.8]])
    table = calibration_table(np.array([0, 1, 1]), probabilities, bins=2)
    assert table["predicted"].tolist() == pytest.approx([0.15, 0.8])
    assert table["observed"].tolist() == [0.5, 1.0]


def test_table_of_three_classes_is_that_of_the_confidence():
    probabilities = np.array([[0.6, 0.2, 0.2], [0.1, 0.9, 0.0], [0.6, 0.3, 0.1]])
    table = calibration_table(np.array([0, 1, 1]), probabilities, bins=5)
    assert table["predicted"].tolist() == pytest.approx([0.6, 0.9])
    assert table["observed"].tolist() == [0.5, 1.0]
    assert table["rows"].tolist() == [2, 1]
