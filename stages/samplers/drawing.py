"""Apply a sampler to encoded examples: which rows it keeps, and which it makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from stages.examples.encoded import Array, Encoded, Spec
from stages.samplers.features import CATEGORIES, NUMERIC, TERMS, Features, read_features, stacked
from stages.samplers.media import LENGTH, SCALES, with_lengths
from stages.samplers.origins import as_array, as_matrix, find_origins, with_classes
from stages.samplers.strategy import check_neighbours, planned, with_class_ids
from stages.samplers.variants import describe, find_steps, fit_for, needs_no_features, wants_ids

REMEDY = (
    "Try other values of its parameters (`upcurve show` lists them), or resample=smote, "
    "resample=random_over or resample=random_under."
)
REMEDIES = {
    "KMeansSMOTE": (
        "Lower resample.cluster_balance_threshold (0.05), set more clusters "
        "(resample.kmeans_estimator=30), or take resample=smote."
    ),
    "ADASYN": (
        "A class that is nearly as large as the largest, or that lies far from all others, gives ADASYN "
        "nothing to do: name only the small ones with the rows each is to have "
        "(resample.sampling_strategy={class: rows}), or take resample=smote."
    ),
    "LabelErrorFilter": "Or take resample=none.",
}
MEDIA_NOTES = {
    "image": "{} compared pictures pixel by pixel, so that a shifted picture counts as another one",
    "sequence": "{} compared series step by step, so that a delayed series counts as another one",
}
MADE_NOTES = {
    "image": "each of the {} new pictures is a blend of others of its class, rounded to whole grey values; "
    "augment=image makes more natural ones",
    "sequence": "each of the {} new series lies between others of its class, and is as long as the nearest",
    TERMS: "each of the {} new texts is a mixture of the words of others of its class",
}


class Drawn(NamedTuple):
    """Rows of train to use (in the order of train), new rows, what did it, and what a reader should know."""

    picks: Array
    made: Encoded
    samplers: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Rows:
    """Rows between two steps: features, class, and row of train (-1 for one that was made)."""

    features: Features
    y: Array
    origin: Array


def draw(train: Encoded, sampler: Any, spec: Spec) -> Drawn:
    """Return what `sampler` makes of `train`.

    Raises
    ------
    ValueError
        Where the sampler cannot work on these rows, with the remedy.
    """
    if needs_no_features(sampler):
        sampler = with_class_ids(sampler, spec.classes)
        planned(sampler, train.target, spec.classes)
        sampler.fit_resample(np.arange(len(train))[:, np.newaxis], np.asarray(train.target))
        picks = np.sort(sampler.sample_indices_).astype(np.int64)
        return Drawn(picks, no_rows(train), describe([sampler]), ())
    check_inputs(train, sampler)
    features = read_features(train, spec)
    rows = Rows(features, np.asarray(train.target), np.arange(len(train)))
    steps = [fit_for(with_class_ids(step, spec.classes), features) for step in find_steps(sampler)]
    for step in steps:
        rows = _apply(step, rows, spec.classes, nested=len(steps) > 1)
    old = rows.origin >= 0
    made = _made(rows.features.take(~old), rows.y[~old], train)
    picks = np.sort(rows.origin[old])
    return Drawn(picks, made, describe(steps), _notes(steps, features, made=len(made)))


def no_rows(train: Encoded) -> Encoded:
    """Return `train` without any row."""
    return train.take(np.zeros(0, np.int64))


def check_inputs(train: Encoded, sampler: Any) -> None:
    """Refuse inputs between whose rows no distance makes sense, and missing values.

    Raises
    ------
    ValueError
        With the remedy.
    """
    name = type(sampler).__name__
    other = sorted(set(train.inputs) - {NUMERIC, CATEGORIES, TERMS, LENGTH, *SCALES})
    if other:
        raise ValueError(
            f"{name} works on distances between rows, and between these rows there is none: the input "
            f"{' and '.join(other)} holds ids of words, of which 7 is not closer to 8 than to 900. Take "
            "encode/text=tfidf, or resample=random_over or resample=random_under, which look at classes "
            "alone, or make new texts instead (augment=eda)."
        )
    if NUMERIC in train.inputs and not np.isfinite(train.inputs[NUMERIC]).all():
        raise ValueError(
            f"{name} cannot work with missing values, and the encoded training rows hold some. Choose how "
            "to fill them (encode/imputer=median), or take resample=random_over or resample=random_under, "
            "which do not mind."
        )


def _apply(step: Any, rows: Rows, classes: Sequence[str], *, nested: bool) -> Rows:
    """Return `rows` after one step."""
    plan = planned(step, rows.y, classes)
    check_neighbours(step, plan, rows.y, classes, nested=nested)
    ids = wants_ids(step)
    before = rows.features.collapsed() if ids else rows.features.flat()
    after, y = _fit_resample(step, before, rows.y, classes)
    indices = getattr(step, "sample_indices_", None)
    origin = find_origins(with_classes(before, rows.y), with_classes(after, y), indices)
    made = after[origin < 0]
    new = rows.features.from_collapsed(made) if ids else rows.features.from_flat(made)
    return Rows(_merge(rows.features, origin, new), y, np.where(origin >= 0, rows.origin[origin], -1))


def _fit_resample(step: Any, X: Any, y: Array, classes: Sequence[str]) -> tuple[Any, Array]:
    """Return what `step` makes of the rows; what it refuses is said with the classes' names.

    One thread: sums over k-means clusters would otherwise differ in their last bits from run to run.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    try:
        with threadpool_limits(limits=1):
            after, target = step.fit_resample(as_matrix(X), y)
    except (ValueError, RuntimeError) as error:
        counts = ", ".join(f"{name} {int((y == each).sum()):,}" for each, name in enumerate(classes))
        raise ValueError(
            f"{type(step).__name__} cannot resample these rows ({counts}). It says: {error} "
            f"{REMEDIES.get(type(step).__name__, REMEDY)}"
        ) from error
    return as_array(after), np.asarray(target).astype(np.int64)


def _merge(old: Features, origin: Array, new: Features) -> Features:
    """Return the rows of `old` at `origin`, with those of `new` where it is -1."""
    made = np.cumsum(origin < 0) - 1
    return stacked([old, new]).take(np.where(origin < 0, len(old) + made, origin))


def _made(features: Features, y: Array, train: Encoded) -> Encoded:
    """Return new examples; each weighs what the rows of its class weigh on average."""
    weight = None
    if train.weight is not None:
        means = np.array(
            [train.weight[train.target == each].mean() for each in range(int(y.max(initial=0)) + 1)]
        )
        weight = means[y].astype(np.float32)
    inputs = with_lengths(features.inputs(), y, train.inputs, train.target)
    return Encoded(inputs, y.astype(np.int64), np.full(len(y), -1, np.int64), weight)


def _notes(steps: Sequence[Any], features: Features, *, made: int) -> tuple[str, ...]:
    """Return what was done with pictures, series and texts, and with the categories."""
    notes = [MEDIA_NOTES[each.input].format(describe(steps)) for each in features.layout.media]
    if made:
        notes += [MADE_NOTES[each.input].format(f"{made:,}") for each in features.layout.media]
    if made and features.terms is not None:
        notes.append(MADE_NOTES[TERMS].format(f"{made:,}"))
    return (*notes, *_category_notes(steps, features, made=made))


def _category_notes(steps: Sequence[Any], features: Features, *, made: int) -> tuple[str, ...]:
    count = len(features.nominal_columns)
    if not made or not count:
        return ()
    total = count + len(features.layout.continuous)
    if wants_ids(steps[0]):
        return (f"{type(steps[0]).__name__} in place of SMOTE: {count} of {total} columns hold categories",)
    return (
        f"{type(steps[0]).__name__} has no variant for categories: it worked on their one-hot codes, and "
        f"each of the {count} categories (of {total} columns) of a new row was set to the nearest one that "
        "train has",
    )
