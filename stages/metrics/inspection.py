"""The tables to look into: where the network is wrong, and what each threshold would give."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from stages.examples.encoded import Array
from stages.examples.schema import MEDIA, Schema
from stages.metrics.answers import Answers, widened
from stages.metrics.draws import Resampling
from stages.metrics.importance import COLUMNS as IMPORTANCE
from stages.metrics.importance import (
    PICTURES_IN_ALL,
    Answer,
    Importance,
    PermutationImportance,
)
from stages.metrics.media_slices import properties, with_properties
from stages.metrics.rule import Rule
from stages.metrics.slices import slice_table
from stages.metrics.slicing import sliced_columns, slices_of
from stages.metrics.threshold_curve import COLUMNS, threshold_curve
from stages.metrics.worst import legible, worst_table
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
        Raw feature columns of the rows of test; of pictures their bytes, or `properties` of them alone.
    costs
        ``costs[true, predicted]`` where costs decide.
    """
    test, classes, shown = answers["test"], schema.classes, with_properties(features, schema.features)
    slices = [
        slices_of(each, shown[each.key], quantiles=settings.slice_quantiles, min_rows=settings.min_slice_rows)
        for column in sliced_columns(settings.slices, schema.features)
        for each in properties(column)
    ]
    return {
        "slices": slice_table(test, slices, classes=classes, part="test", resampling=resampling(settings)),
        "worst": worst_table(
            test, legible(shown, schema.features), classes=classes, limit=settings.worst_rows
        ),
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
    if single_medium(schema):
        note = (
            f"importances compare columns, and {schema.features[0].name} is the only one: none are measured"
        )
        return Importance(
            pd.DataFrame(columns=list(IMPORTANCE)), (note,) if settings.importance_repeats else ()
        )
    permutation = PermutationImportance(
        schema.task,
        rule.decision,
        settings.importance_repeats,
        resampling(settings),
        PICTURES_IN_ALL if schema.keys("image") else None,
    )
    return permutation(
        answers,
        features[[column.key for column in schema.features]],
        lambda rows: rule.calibrated(widened(answer(rows))),
        columns=schema.features,
        part="validation",
    )


def single_medium(schema: Schema) -> bool:
    """Return whether all there is to learn from is one column of pictures, texts or series."""
    return len(schema.features) == 1 and schema.features[0].role in MEDIA


def resampling(settings: EvaluateSettings) -> Resampling:
    """Return how the bootstrap draws."""
    return Resampling(settings.bootstrap_resamples, settings.confidence, settings.seed)


def _thresholds(answers: Answers, *, limit: int, costs: Array | None) -> pd.DataFrame:
    if answers.predicted.ndim == 1:
        return pd.DataFrame(columns=list(COLUMNS), dtype=np.float64)
    return threshold_curve(answers.target, answers.predicted, limit=limit, weight=answers.weight, costs=costs)
