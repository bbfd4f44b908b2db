"""Fit a baseline on train and let it answer for the other parts, the same on every number of cores."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from stages.baselines.drawn import drawn_rows, most_rows
from stages.baselines.media import has_media
from stages.baselines.models import BASELINES, describe
from stages.examples.encoded import Array
from stages.examples.schema import TARGET, WEIGHT, Schema


class Learnt(NamedTuple):
    """The rows a model is fitted on, their targets and weights (or None), and what is to be said of them."""

    rows: pd.DataFrame
    target: Array
    weight: Array | None
    notes: list[str]


class Answered(NamedTuple):
    """What `answer` returns.

    Attributes
    ----------
    predicted
        By part: class probabilities ``(n_samples, n_classes)`` in the order of the schema, or values
        ``(n_samples,)`` in the target's own unit; float64.
    facts
        Model, columns, iterations.
    notes
        What the libraries warned of.
    """

    predicted: dict[str, Array]
    facts: dict[str, Any]
    notes: list[str]


def answer(
    name: str,
    parts: Mapping[str, pd.DataFrame],
    *,
    schema: Schema,
    statistic: Literal["mean", "median"],
    seed: int,
) -> Answered:
    """Return what the baseline `name`, fitted on ``parts["train"]``, answers for the other parts.

    Rows count as much as the weight column says, where there is one; those that weigh nothing are left out.
    All is done in one thread: sums that several threads share depend in their last digits on how many there
    are.

    Raises
    ------
    ValueError
        Where the model cannot be fitted on these rows, or answers what is no finite number.
    """
    limit = None if name == "constant" else most_rows(schema)
    train, target, weight, told = learnt_rows(parts["train"], limit, schema=schema, seed=seed)
    pipeline = BASELINES[name](schema, target, statistic=statistic, seed=seed)
    with warnings.catch_warnings(record=True) as caught, threadpool_limits(1):
        warnings.simplefilter("always")
        pipeline.fit(train, target, model__sample_weight=weight)
        others = {part: frame for part, frame in parts.items() if part != "train"}
        predicted = {part: predict(pipeline, frame, schema=schema) for part, frame in others.items()}
    if not all(np.isfinite(values).all() for values in predicted.values()):
        raise ValueError("Its answers are not all finite numbers.")
    warned = [each for each in caught if not (has_media(schema) and each.category is ConvergenceWarning)]
    return Answered(predicted, describe(pipeline), [*told, *notes_of(warned)])


def learnt_rows(train: pd.DataFrame, limit: int | None, *, schema: Schema, seed: int) -> Learnt:
    """Return the rows of `train` that weigh something; where they are more than `limit`, so many drawn."""
    counting, weight = counting_rows(train)
    target = targets(counting[TARGET], schema)
    if limit is None or len(target) <= limit:
        return Learnt(counting, target, weight, [])
    note = f"fitted on {limit:,} of the {len(target):,} rows of train, drawn, to take seconds"
    rows = drawn_rows(target, limit, classes=schema.task != "regression", seed=seed)
    return Learnt(counting.iloc[rows], target[rows], None if weight is None else weight[rows], [note])


def notes_of(caught: Sequence[warnings.WarningMessage]) -> list[str]:
    """Return what libraries warned of, each once; what they mean to change is none of the user's business."""
    told = [each for each in caught if not issubclass(each.category, DeprecationWarning | FutureWarning)]
    return list(dict.fromkeys(" ".join(str(each.message).split()) for each in told))


def counting_rows(train: pd.DataFrame) -> tuple[pd.DataFrame, Array | None]:
    """Return the rows of `train` that weigh something, and their weights or None.

    The weights are 1 on average, so that a penalty means the same whatever their unit. Where all are 0, the
    rows count the same.
    """
    if WEIGHT not in train or not train[WEIGHT].any():
        return train, None
    counting = train[train[WEIGHT] > 0]
    weight = counting[WEIGHT].to_numpy(np.float64)
    return counting, weight / weight.mean()


def predict(pipeline: Pipeline, frame: pd.DataFrame, *, schema: Schema) -> Array:
    """Return class probabilities in the order of the schema (0 for a class not in train), or values."""
    if schema.task == "regression":
        return np.asarray(pipeline.predict(frame), dtype=np.float64)
    probabilities = np.zeros((len(frame), len(schema.classes)))
    probabilities[:, pipeline.classes_] = pipeline.predict_proba(frame)
    return probabilities


def targets(target: pd.Series, schema: Schema) -> Array:
    """Return class ids (int64), or the values of a regression (float64)."""
    if schema.task == "regression":
        return target.to_numpy(np.float64)
    return np.asarray(pd.Index(schema.classes).get_indexer(pd.Index(target)), dtype=np.int64)
