"""All that is measured on one part: the metrics of its task, and the tables behind the plots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from stages.examples.encoded import Array
from stages.examples.schema import Task
from stages.metrics.answers import Answers
from stages.metrics.bootstrap import Judged
from stages.metrics.calibration import calibration_table
from stages.metrics.classification import classification_metrics
from stages.metrics.confusion import confusion_table
from stages.metrics.cost import mean_cost
from stages.metrics.measures import Measures
from stages.metrics.one_against_rest import curve_of_each_class
from stages.metrics.precision_recall import precision_recall_table
from stages.metrics.regression import regression_metrics
from stages.metrics.resampled_classification import ResampledClassification
from stages.metrics.resampled_regression import ResampledRegression
from stages.metrics.residuals import residual_table
from stages.metrics.roc import roc_table

PLOTS = {
    "confusion": ("actual", "predicted", "rows", "share"),
    "roc": ("false_positive_rate", "true_positive_rate", "threshold", "class"),
    "precision_recall": ("recall", "precision", "threshold", "class"),
    "calibration": ("predicted", "observed", "rows"),
    "residuals": ("target", "prediction", "residual"),
}
"""The tables behind the plots and their columns, the same files whatever the task."""
MAIN = ("mean_cost", "accuracy", "balanced_accuracy", "f1_macro", "roc_auc", "rmse", "mae", "r2", "rows")
"""Metrics shown on the terminal, of the task's those that are defined."""


@dataclass(frozen=True)
class Judge:
    """How answers are measured: the same judge for a network, a baseline and another run.

    Attributes
    ----------
    task
        What was to be learnt.
    classes
        Names of the classes, the positive one of two the last; none for a regression.
    calibration_bins
        Bins of the calibration error.
    costs
        ``costs[true, predicted]``, ``(n_classes, n_classes)``, where a cost matrix decides: ``mean_cost`` is
        measured then.
    """

    task: Task
    classes: tuple[str, ...] = ()
    calibration_bins: int = 15
    costs: Array | None = None

    def measure(self, answers: Answers) -> Measures:
        """Return the metrics of the task; of no rows at all, only that there are none."""
        if not len(answers):
            return Measures({"rows": 0}, ("no rows, nothing measured",))
        if self.task == "regression":
            return regression_metrics(answers.target, answers.predicted, weight=answers.weight)
        measures = classification_metrics(
            answers.target,
            answers.predicted,
            classes=self.classes,
            decided=answers.classes_decided,
            weight=answers.weight,
            calibration_bins=self.calibration_bins,
        )
        if self.costs is None:
            return measures
        cost = mean_cost(answers.target, answers.classes_decided, self.costs, weight=answers.weight)
        return measures._replace(values={"mean_cost": cost, **measures.values})

    def resampled(self, answers: Answers) -> Judged:
        """Return what measures `answers` in many resamples at once; the same metrics as `measure`."""
        if self.task == "regression":
            return ResampledRegression(answers)
        return ResampledClassification(
            answers, classes=self.classes, calibration_bins=self.calibration_bins, costs=self.costs
        )


def curves(answers: Answers, *, judge: Judge, points: int) -> dict[str, pd.DataFrame]:
    """Return the tables behind the plots by name, those of other tasks without rows.

    `dvc plots` warns of a plot whose file is missing, and passes over one whose table is empty.

    Parameters
    ----------
    points
        Points that a curve keeps, at most.
    """
    tables = {} if not len(answers) else _of_task(answers, judge=judge, points=points)
    return {name: tables.get(name, pd.DataFrame(columns=list(header))) for name, header in PLOTS.items()}


def _of_task(answers: Answers, *, judge: Judge, points: int) -> dict[str, pd.DataFrame]:
    target, predicted, weight = answers.target, answers.predicted, answers.weight
    if judge.task == "regression":
        return {"residuals": residual_table(target, predicted, limit=points)}
    classes = judge.classes
    each = partial(
        curve_of_each_class,
        target=target,
        probabilities=predicted,
        classes=classes,
        limit=points,
        weight=weight,
    )
    return {
        "confusion": confusion_table(target, answers.classes_decided, classes=classes, weight=weight),
        "roc": each(roc_table),
        "precision_recall": each(precision_recall_table),
        "calibration": calibration_table(target, predicted, bins=judge.calibration_bins, weight=weight),
    }


def summary(part: str, metrics: Mapping[str, Any]) -> str:
    """Return a line with the main metrics of `part`.

    Examples
    --------
    >>> summary("test", {"rmse": 0.25, "mae": 12.3456789, "r2": None, "rows": 4})
    'test        rmse 0.25, mae 12.3457, rows 4'
    """
    named = {name: metrics[name] for name in MAIN if metrics.get(name) is not None}
    return f"{part:<11} " + ", ".join(f"{name} {value:.6g}" for name, value in named.items())
