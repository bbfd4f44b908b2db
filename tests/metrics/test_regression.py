"""The metrics of a regression, against numbers worked out by hand."""

from __future__ import annotations

import json
import math
import warnings

import numpy as np
import pytest

from stages.metrics.regression import regression_metrics

TARGET = np.array([1.0, 2.0, 4.0, 5.0])
PREDICTED = np.array([2.0, 2.0, 2.0, 5.0])  # errors -1, 0, 2, 0


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def test_by_hand():
    values = regression_metrics(TARGET, PREDICTED).values
    assert values == {
        "rmse": pytest.approx(math.sqrt(5 / 4)),
        "mae": pytest.approx(3 / 4),
        "r2": pytest.approx(1 - 5 / 10),  # mean 3, squares 4 + 1 + 1 + 4
        "median_absolute_error": 0.5,
        "mean_absolute_percentage_error": pytest.approx((1 + 0 + 0.5 + 0) / 4),
        "max_error": 2.0,
        "rows": 4,
    }
    assert list(values)[:3] == ["rmse", "mae", "r2"]


def test_weights_count_as_repeated_rows():
    weight = np.array([3.0, 1.0, 2.0, 1.0])
    rows = np.repeat(np.arange(4), weight.astype(int))
    weighted = regression_metrics(TARGET, PREDICTED, weight=weight).values
    repeated = regression_metrics(TARGET[rows], PREDICTED[rows]).values
    assert {**weighted, "rows": 7} == pytest.approx(repeated)


def test_percentage_is_not_defined_at_zero():
    measures = regression_metrics(np.array([0.0, 1.0]), np.array([1.0, 1.0]))
    assert measures.values["mean_absolute_percentage_error"] is None
    assert measures.notes == ("mean_absolute_percentage_error is not defined: a target is 0",)


@pytest.mark.parametrize("rows", [1, 3])
def test_r2_is_not_defined_for_equal_targets(rows):
    measures = regression_metrics(np.full(rows, 2.0), np.arange(rows, dtype=float))
    assert measures.values["r2"] is None
    assert measures.notes == ("r2 is not defined: all targets are equal",)
    assert measures.values["max_error"] == 2.0


def test_huge_values():
    target = np.array([1e200, -1e200, 3e200])
    measures = regression_metrics(target, -target)
    assert measures.values["mae"] == pytest.approx(2e200 * 5 / 3)
    assert measures.values["rmse"] is None  # its square is no number
    assert "rmse is not defined: too large a number" in measures.notes
    json.dumps(measures.values, allow_nan=False)


def test_predictions_that_explain_nothing_are_negative():
    assert regression_metrics(TARGET, TARGET[::-1]).values["r2"] < 0
