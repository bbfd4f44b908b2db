"""What metrics are called in the report, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from stages.examples.schema import Task


class Metric(NamedTuple):
    """A metric's name for people, and its meaning in a few words."""

    label: str
    meaning: str


METRICS: Mapping[str, Metric] = {
    "mean_cost": Metric("mean cost", "mean cost of an answer by evaluate.threshold's costs; less is better"),
    "accuracy": Metric("accuracy", "share of rows whose class is predicted right"),
    "balanced_accuracy": Metric("balanced accuracy", "mean of the recalls of all classes"),
    "matthews_corrcoef": Metric("MCC", "Matthews' correlation of truth and prediction, -1 to 1"),
    "precision": Metric("precision", "share of those predicted positive that are"),
    "recall": Metric("recall", "share of the positives that are found"),
    "f1": Metric("F1", "harmonic mean of precision and recall"),
    "f1_macro": Metric("F1, mean of classes", "mean of the classes' F1, each counting the same"),
    "roc_auc": Metric("ROC-AUC", "chance that a positive row ranks above a negative one"),
    "pr_auc": Metric("PR-AUC", "average precision over all thresholds"),
    "log_loss": Metric("log loss", "mean surprise at the truth; less is better"),
    "brier_score": Metric("Brier score", "mean squared error of the probabilities; less is better"),
    "expected_calibration_error": Metric(
        "calibration error", "mean gap of confidence and accuracy; less is better"
    ),
    "rmse": Metric("RMSE", "root of the mean squared error, in the target's unit; less is better"),
    "mae": Metric("MAE", "mean absolute error, in the target's unit; less is better"),
    "r2": Metric("R²", "share of the target's variance that is explained, at most 1"),
    "median_absolute_error": Metric("median absolute error", "half of the rows are less far off"),
    "mean_absolute_percentage_error": Metric("MAPE", "mean absolute error as a share of the truth"),
    "max_error": Metric("largest error", "how far off the worst row is"),
    "rows": Metric("rows", ""),
}
TASKS: Mapping[Task, str] = {
    "binary": "classification in two classes",
    "multiclass": "classification",
    "regression": "regression",
}
SHOWN: Mapping[Task, tuple[str, ...]] = {
    "binary": (
        "accuracy",
        "mean_cost",
        "balanced_accuracy",
        "f1",
        "roc_auc",
        "pr_auc",
        "log_loss",
        "brier_score",
    ),
    "multiclass": (
        "accuracy",
        "mean_cost",
        "balanced_accuracy",
        "f1_macro",
        "roc_auc",
        "log_loss",
        "brier_score",
    ),
    "regression": ("rmse", "mae", "r2", "median_absolute_error", "mean_absolute_percentage_error"),
}
"""The metrics of the small table that are there, the main one first."""
DRAWN: Mapping[Task, tuple[str, ...]] = {
    "binary": ("accuracy", "balanced_accuracy", "roc_auc", "log_loss"),
    "multiclass": ("accuracy", "balanced_accuracy", "roc_auc", "log_loss"),
    "regression": ("rmse", "mae", "r2"),
}
"""The metrics drawn beside the baselines."""


def label(metric: str) -> str:
    """Return what `metric` is called in the report.

    Examples
    --------
    >>> label("roc_auc"), label("f1_weighted")
    ('ROC-AUC', 'f1 weighted')
    """
    return METRICS[metric].label if metric in METRICS else plain(metric)


def plain(name: str) -> str:
    """Return a name of code as words.

    Examples
    --------
    >>> plain("gradient_boosting")
    'gradient boosting'
    """
    return name.replace("_", " ")
