"""Which way a metric gets better, and which one of a task is looked at first."""

from __future__ import annotations

from stages.examples.schema import Task

LESS_IS_BETTER = frozenset(
    {
        "brier_score",
        "expected_calibration_error",
        "log_loss",
        "mae",
        "max_error",
        "mean_absolute_percentage_error",
        "mean_cost",
        "median_absolute_error",
        "rmse",
    }
)
"""Losses and errors; of all other metrics more is better."""
MAIN = {"binary": "accuracy", "multiclass": "accuracy", "regression": "rmse"}
"""The metric of each task that is looked at first: the one the reader asks for."""


def main_metric(task: Task) -> str:
    """Return the metric of `task` that is looked at first."""
    return MAIN[task]


def gain(metric: str) -> int:
    """Return 1 where more of `metric` is better, -1 where less is.

    Examples
    --------
    >>> gain("accuracy"), gain("rmse")
    (1, -1)
    """
    return -1 if metric in LESS_IS_BETTER else 1
