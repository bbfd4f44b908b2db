"""The counts at every threshold and the table behind the plot, against scikit-learn at each of them."""

from __future__ import annotations

import numpy as np
import pytest
from evaluate_choices import many_classes, two_classes
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from stages.metrics.cost import mean_cost
from stages.metrics.threshold_counts import count_at_thresholds
from stages.metrics.threshold_curve import threshold_curve

COSTS = np.array([[0.0, 1.0], [5.0, -1.0]])
HEADER = ["threshold", "precision", "recall", "f1", "youden", "predicted_positive"]


@pytest.mark.parametrize("weighted", [False, True])
def test_every_row_is_what_scikit_learn_says_at_its_threshold(weighted):
    target, probabilities = two_classes(60)
    weight = np.random.default_rng(1).random(60) if weighted else None
    table = threshold_curve(target, probabilities, limit=1000, weight=weight, costs=COSTS)
    assert list(table) == [*HEADER, "cost"]
    assert len(table) == len(np.unique(probabilities[:, 1])) + 1
    for row in table.itertuples():
        predicted = (probabilities[:, 1] >= row.threshold).astype(int)
        matrix = confusion_matrix(target, predicted, sample_weight=weight)
        precision, recall, f1, _ = precision_recall_fscore_support(
            target, predicted, average="binary", sample_weight=weight, zero_division=np.nan
        )
        assert row.precision == pytest.approx(precision, nan_ok=True)
        assert row.recall == pytest.approx(recall)
        assert row.f1 == pytest.approx(f1)
        assert row.youden == pytest.approx(recall - matrix[0, 1] / matrix[0].sum())
        assert row.predicted_positive == pytest.approx(matrix[:, 1].sum() / matrix.sum())
        assert row.cost == pytest.approx(mean_cost(target, predicted, COSTS, weight=weight))


def test_the_table_rises_from_all_to_none():
    table = threshold_curve(*two_classes(60), limit=1000)
    assert list(table) == HEADER
    assert table["threshold"].is_monotonic_increasing
    assert table["threshold"].is_unique
    assert table["predicted_positive"].iloc[[0, -1]].tolist() == [1, 0]
    assert np.isnan(table["precision"].iloc[-1])


@pytest.mark.parametrize("limit", [10, 11, 500])
def test_a_long_table_is_thinned_and_keeps_its_ends(limit):
    random = np.random.default_rng(0)
    score = random.beta(0.5, 20, 20_000)  # most rows are surely negative
    target = (random.random(20_000) < score).astype(np.int64)
    whole = threshold_curve(target, np.column_stack([1 - score, score]), limit=10**6)
    table = threshold_curve(target, np.column_stack([1 - score, score]), limit=limit)
    assert limit // 2 <= len(table) <= limit
    assert table["threshold"].is_unique
    assert table.iloc[[0, -1]].equals(whole.iloc[[0, -1]].set_axis(table.index[[0, -1]]))
    step = (whole["threshold"].iloc[-1] - whole["threshold"].iloc[0]) / (limit // 2 - 1)
    assert table["threshold"].diff().max() <= whole["threshold"].diff().max() + 2 * step


@pytest.mark.parametrize(
    ("target", "probabilities", "weight"),
    [
        ([0, 0], [[0.9, 0.1], [0.2, 0.8]], None),
        ([0, 1], [[0.9, 0.1], [0.2, 0.8]], [1.0, 0.0]),
        ([], np.zeros((0, 2)), None),
        (*many_classes(9), None),
    ],
)
def test_no_rows_unless_two_classes_occur(target, probabilities, weight):
    arrays = np.asarray(target, np.int64), np.asarray(probabilities)
    table = threshold_curve(
        *arrays, limit=10, weight=None if weight is None else np.array(weight), costs=COSTS
    )
    assert list(table) == [*HEADER, "cost"]
    assert len(table) == 0


def test_thresholds_next_to_each_other_and_at_the_ends_divide_as_they_should():
    near = np.nextafter(0.5, 1)
    score = np.array([0.0, 5e-324, 0.5, near, 1.0])
    target = np.array([0, 1, 0, 1, 1])
    counts = count_at_thresholds(target == 1, score)
    found = [int((target[score >= threshold] == 1).sum()) for threshold in counts.threshold]
    alarms = [int((target[score >= threshold] == 0).sum()) for threshold in counts.threshold]
    assert counts.true_positive.tolist() == found == [0, 1, 2, 2, 3, 3]
    assert counts.false_positive.tolist() == alarms == [0, 0, 0, 1, 1, 2]
    assert counts.threshold[0] > 1
    assert counts.threshold[-1] == 0
