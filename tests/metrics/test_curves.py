"""The tables behind the plots."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from stages.metrics.confusion import confusion_table
from stages.metrics.one_against_rest import curve_of_each_class
from stages.metrics.precision_recall import precision_recall_table
from stages.metrics.ranking import pr_auc, roc_auc
from stages.metrics.residuals import residual_table
from stages.metrics.roc import roc_table
from stages.metrics.thinning import thin

POSITIVE = np.array([False, False, True, True])
SCORE = np.array([0.1, 0.4, 0.35, 0.8])


def test_roc_by_hand():
    wanted = pd.DataFrame(
        {
            "false_positive_rate": [0, 0, 0.5, 0.5, 1],
            "true_positive_rate": [0, 0.5, 0.5, 1, 1],
            "threshold": [np.nan, 0.8, 0.4, 0.35, 0.1],
        }
    )
    pd.testing.assert_frame_equal(roc_table(POSITIVE, SCORE), wanted)


def test_precision_recall_by_hand():
    table = precision_recall_table(POSITIVE, SCORE)
    assert table["recall"].tolist() == [0, 0.5, 0.5, 1, 1]
    assert table["precision"].tolist() == pytest.approx([1, 1, 1 / 2, 2 / 3, 2 / 4])
    assert table["threshold"].tolist() == pytest.approx([np.nan, 0.8, 0.4, 0.35, 0.1], nan_ok=True)


def test_areas_under_the_tables():
    random = np.random.default_rng(0)
    positive, score = random.random(500) < 0.3, random.random(500)
    roc = roc_table(positive, score)
    area = np.trapezoid(roc["true_positive_rate"], roc["false_positive_rate"])
    assert area == pytest.approx(roc_auc(positive, score))
    curve = precision_recall_table(positive, score)
    steps = np.diff(curve["recall"]) @ curve["precision"].to_numpy()[1:]
    assert steps == pytest.approx(pr_auc(positive, score), abs=0.005)


def test_confusion_by_hand():
    table = confusion_table(np.array([0, 0, 1]), np.array([0, 2, 1]), classes=("a", "b", "c"))
    counts = table.pivot(index="actual", columns="predicted", values="rows")
    assert counts.values.tolist() == [[1, 0, 1], [0, 1, 0], [0, 0, 0]]
    assert table["share"].tolist()[:6] == [0.5, 0, 0.5, 0, 1, 0]
    assert table["share"].tolist()[6:] == pytest.approx([np.nan] * 3, nan_ok=True)
    weighted = confusion_table(
        np.array([0, 0, 1]), np.array([0, 1, 1]), classes=("a", "b"), weight=np.array([0.5, 1, 1])
    )
    assert weighted["rows"].tolist() == [0.5, 1.0, 0.0, 1.0]


def test_residuals_by_rising_target():
    table = residual_table(np.array([3.0, 1.0, 2.0]), np.array([2.0, 1.0, 4.0]), limit=10)
    assert table["target"].tolist() == [1, 2, 3]
    assert table["residual"].tolist() == [0, -2, 1]
    many = residual_table(np.arange(10_000.0), np.zeros(10_000), limit=1000)
    assert len(many) == 1000
    assert many["target"].iloc[[0, -1]].tolist() == [0, 9999]


def test_two_classes_have_the_curve_of_the_positive_one():
    target = np.array([0, 0, 1, 1])
    probabilities = np.column_stack([1 - SCORE, SCORE])
    table = curve_of_each_class(roc_table, target, probabilities, classes=("no", "yes"), limit=100)
    assert set(table["class"]) == {"yes"}
    pd.testing.assert_frame_equal(table.drop(columns="class"), roc_table(POSITIVE, SCORE))


def test_each_class_has_its_curve_and_the_limit_holds_for_all():
    random = np.random.default_rng(0)
    target, probabilities = random.integers(0, 3, 3000), random.dirichlet([1, 1, 1], 3000)
    for curve, first in ((roc_table, "false_positive_rate"), (precision_recall_table, "recall")):
        table = curve_of_each_class(curve, target, probabilities, classes=("a", "b", "c"), limit=1000)
        assert len(table) <= 1000
        assert table["class"].unique().tolist() == ["a", "b", "c"]
        assert table.groupby("class")[first].agg(["first", "last"]).values.tolist() == [[0, 1]] * 3


@pytest.mark.parametrize("target", [np.array([0, 0]), np.array([1, 1])])
def test_no_curve_without_two_classes(target):
    table = curve_of_each_class(roc_table, target, np.full((2, 2), 0.5), classes=("no", "yes"), limit=10)
    assert len(table) == 0
    assert list(table) == ["false_positive_rate", "true_positive_rate", "threshold", "class"]


def test_class_absent_has_no_curve():
    probabilities = np.array([[0.5, 0.3, 0.2], [0.2, 0.5, 0.3]])
    table = curve_of_each_class(roc_table, np.array([0, 1]), probabilities, classes=("a", "b", "c"), limit=10)
    assert table["class"].unique().tolist() == ["a", "b"]


@pytest.mark.parametrize(("count", "limit"), [(0, 10), (1, 10), (10, 10), (11, 10), (999_999, 1000)])
def test_thin(count, limit):
    rows = thin(count, limit=limit)
    assert len(rows) == min(count, limit)
    assert len(set(rows)) == len(rows)
    assert not count or (rows[0], rows[-1]) == (0, count - 1)
