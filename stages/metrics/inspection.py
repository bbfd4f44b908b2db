"""The tables to look into: where the network is wrong, and what each threshold would give."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from stages.examples.encoded import Array
from stages.examples.schema import Schema
from stages.metrics.answers import Answers, widened
from stages.metrics.draws import Resampling
from stages.metrics.importance import Answer, Importance, PermutationImportance
from stages.metrics.rule import Rule
from stages.metrics.slices import slice_table
from stages.metrics.slicing import sliced_columns, slices_of
from stages.metrics.threshold_curve import COLUMNS, threshold_curve
from stages.metrics.worst import worst_table
from stages.settings.evaluate import EvaluateSettings


def inspection_tables(
    answers: Mapping[str, Answers],
    features: pd.DataFrame,
    *,
    schema: Schema,
    settings: EvaluateSettings,
    costs: Array | None = None,
) -> dict[str, pd.DataFrame]:
    """Return ``slices`` and ``worst`` of the test part, and ``threshold`` of the validation part.

    Parameters
    ----------
    answers
        By part, calibrated and decided.
    features
        Raw feature columns of the rows of test.
    costs
        ``costs[true, predicted]`` where costs decide.
    """
    test, classes = answers["test"], schema.classes
    slices = [
        slices_of(
            column, features[column.key], quantiles=settings.slice_quantiles, min_rows=settings.min_slice_rows
        )
        for column in sliced_columns(settings.slices, schema.features)
    ]
    raw = features[[column.key for column in schema.features]]
    return {
        "slices": slice_table(test, slices, classes=classes, part="test", resampling=resampling(settings)),
        "worst": worst_table(test, raw, classes=classes, limit=settings.worst_rows),
        "threshold": _thresholds(answers["validation"], limit=settings.plot_points, costs=costs),
    }


def importance_table(
    answers: Answers,
    features: pd.DataFrame,
    answer: Answer,
    *,
    rule: Rule,
    schema: Schema,
    settings: EvaluateSettings,
) -> Importance:
    """Return what each raw column is worth on the validation part, whose rows these are.

    Parameters
    ----------
    answers
        The network's, calibrated.
    features
        Raw feature columns of the same rows.
    answer
        Asks the network for raw rows; what it says is calibrated by `rule` here.
    """
    permutation = PermutationImportance(
        schema.task, rule.decision, settings.importance_repeats, resampling(settings)
    )
    return permutation(
        answers,
        features[schema.keys("numeric", "categorical", "boolean", "date")],
        lambda rows: rule.calibrated(widened(answer(rows))),
        columns=schema.features,
        part="validation",
    )


def resampling(settings: EvaluateSettings) -> Resampling:
    """Return how the bootstrap draws."""
    return Resampling(settings.bootstrap_resamples, settings.confidence, settings.seed)


def _thresholds(answers: Answers, *, limit: int, costs: Array | None) -> pd.DataFrame:
    if answers.predicted.ndim == 1:
        return pd.DataFrame(columns=list(COLUMNS), dtype=np.float64)
    return threshold_curve(answers.target, answers.predicted, limit=limit, weight=answers.weight, costs=costs)
