"""All that is measured on one part: the metrics of its task, and the tables behind the plots."""

from __future__ import annotations

from functools import partial

import pandas as pd

from stages.examples.schema import Schema
from stages.metrics.answers import Answers
from stages.metrics.calibration import calibration_table
from stages.metrics.classification import classification_metrics
from stages.metrics.confusion import confusion_table
from stages.metrics.decision import decide
from stages.metrics.measures import Measures
from stages.metrics.one_against_rest import curve_of_each_class
from stages.metrics.precision_recall import precision_recall_table
from stages.metrics.regression import regression_metrics
from stages.metrics.residuals import residual_table
from stages.metrics.roc import roc_table
from stages.settings.evaluate import EvaluateSettings


def measure(answers: Answers, *, schema: Schema, settings: EvaluateSettings) -> Measures:
    """Return the metrics of the task; of no rows at all, only that there are none."""
    if not len(answers):
        return Measures({"rows": 0}, ("no rows, nothing measured",))
    if schema.task == "regression":
        return regression_metrics(answers.target, answers.predicted, weight=answers.weight)
    return classification_metrics(
        answers.target,
        answers.predicted,
        classes=schema.classes,
        threshold=settings.threshold,
        weight=answers.weight,
        calibration_bins=settings.calibration_bins,
    )


def curves(answers: Answers, *, schema: Schema, settings: EvaluateSettings) -> dict[str, pd.DataFrame]:
    """Return the tables behind the plots by name; none without rows."""
    if not len(answers):
        return {}
    target, predicted, weight = answers.target, answers.predicted, answers.weight
    if schema.task == "regression":
        return {"residuals": residual_table(target, predicted, limit=settings.plot_points)}
    classes = schema.classes
    decided = decide(predicted, threshold=settings.threshold)
    each = partial(
        curve_of_each_class,
        target=target,
        probabilities=predicted,
        classes=classes,
        limit=settings.plot_points,
        weight=weight,
    )
    return {
        "confusion": confusion_table(target, decided, classes=classes, weight=weight),
        "roc": each(roc_table),
        "precision_recall": each(precision_recall_table),
        "calibration": calibration_table(target, predicted, bins=settings.calibration_bins, weight=weight),
    }
