"""The report of a training, and what in it deviates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from stages.settings.train import TrainSettings
from stages.training.compiling import Compiled
from stages.training.fitting import Course

USUAL_SPREAD = (0.05, 20.0)
"""Standard deviations of a regression target with which usual learning rates work."""


def training_report(
    compiled: Compiled,
    course: Course,
    *,
    settings: TrainSettings,
    class_weights: Mapping[str, float],
    class_counts: Mapping[str, float],
) -> dict[str, Any]:
    """Return what was trained and how it went, as JSON can hold it."""
    model = compiled.model
    return {
        "best_epoch": course.best_epoch,
        "kept_epoch": course.kept_epoch,
        "epochs_run": len(course.history),
        "stopped_early": course.stopped_early,
        "diverged_epoch": course.diverged,
        "output_kind": compiled.kind,
        "num_parameters": int(model.count_params()),
        "num_trainable_parameters": sum(int(weight.size) for weight in map(_array, model.trainable_weights)),
        "num_rows": len(compiled.rows),
        "num_validation_rows": len(compiled.validation),
        "class_counts": dict(class_counts),
        "class_weights": dict(class_weights),
        "threads": settings.threads,
        "steps_per_execution": int(model.steps_per_execution),
        **({"phases": list(course.phases)} if course.phases else {}),
        "notes": [*compiled.notes, *scale_notes(compiled), *_course_notes(course, settings)],
    }


def _array(weight: Any) -> Any:
    return weight.numpy()


def _course_notes(course: Course, settings: TrainSettings) -> list[str]:
    notes = []
    if course.diverged:
        kept = f"those of epoch {course.kept_epoch}" if course.kept_epoch else "those before training"
        notes.append(
            f"training diverged: in epoch {course.diverged} the loss or a weight was not finite. Training "
            f"stopped there, and the weights kept are {kept}. Lower train.learning_rate, or clip the "
            "gradients (train.optimizer.clipnorm=1)."
        )
    elif course.phases:
        notes += _phase_notes(course)
    elif course.best_epoch == settings.epochs and len(course.history) == settings.epochs:
        notes.append(
            f"the best epoch is the last one, {settings.epochs}: {settings.monitor} was still improving. "
            "Raise train.epochs or train.learning_rate."
        )
    return notes


def _phase_notes(course: Course) -> list[str]:
    if course.best_epoch <= course.phases[0]["epochs_run"]:
        return [
            f"the best epoch is {course.best_epoch}, of the first phase: training the last layers of the "
            "backbone made nothing better. Lower train.fine_tuning.learning_rate, or unfreeze fewer of them "
            "(train.fine_tuning.layers)."
        ]
    if course.best_epoch == len(course.history):
        return [
            f"the best epoch is the last one, {course.best_epoch}: raise train.fine_tuning.epochs or "
            "train.fine_tuning.learning_rate."
        ]
    return []


def scale_notes(compiled: Compiled) -> list[str]:
    """Return a note where the target of a regression lies on a scale that slows learning down."""
    if compiled.outputs.task != "regression":
        return []
    spread = float(np.std(compiled.rows.target, dtype=np.float64))
    if USUAL_SPREAD[0] <= spread <= USUAL_SPREAD[1]:
        return []
    return [
        f"the target the network is trained on has a standard deviation of {spread:.3g}: steps sized for "
        "targets around 1 are then far too small or too large. Use encode.target=standard."
    ]


def weighting_notes(
    class_weights: Mapping[str, float], before: Mapping[str, float], after: Mapping[str, float]
) -> list[str]:
    """Return a note where classes are weighted although resampling has already changed their shares.

    Parameters
    ----------
    before, after
        Rows of each class that `encode` made, and that training sees.

    Examples
    --------
    >>> weighting_notes({"a": 1.0, "b": 1.0}, {"a": 3, "b": 1}, {"a": 3, "b": 3})
    []
    """
    weighted = len(set(class_weights.values())) > 1
    if not weighted or _shares(before) == _shares(after):
        return []
    return [
        "class weights come on top of resampling, which had already changed the shares of the classes. Use "
        "one of the two: train.class_weight=none or resample=none."
    ]


def _shares(counts: Mapping[str, float]) -> Sequence[float]:
    total = sum(counts.values()) or 1.0
    return [round(count / total, 6) for count in counts.values()]


def summary(report: Mapping[str, Any]) -> str:
    """Return one line on how long the network was trained, and which of its weights are kept."""
    ended = "stopped early" if report["stopped_early"] else "trained"
    size = f"{report['num_parameters']:,} parameters, {report['num_rows']:,} rows"
    kept = f"the weights of epoch {report['kept_epoch']} are kept"
    return f"{ended} after {report['epochs_run']} epochs, {kept} ({size})"
