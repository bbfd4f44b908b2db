"""The usual metrics of a classification."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    brier_score_loss,
    log_loss,
    matthews_corrcoef,
)

from stages.examples.encoded import Array
from stages.metrics.calibration import expected_calibration_error
from stages.metrics.decision import BINARY, decide
from stages.metrics.measures import Measures, plain
from stages.metrics.per_class import per_class_metrics

AVERAGED = ("precision", "recall", "f1")
RANKED = ("roc_auc", "pr_auc")


def classification_metrics(
    target: Array,
    probabilities: Array,
    *,
    classes: Sequence[str],
    decided: Array | None = None,
    weight: Array | None = None,
    calibration_bins: int = 15,
) -> Measures:
    """Return the metrics of `probabilities` against the true classes.

    Means over classes are over those that have examples. ``precision``, ``recall``, ``f1``, ``roc_auc``
    and ``pr_auc`` are those of the last, positive class where there are two classes; with more,
    ``roc_auc`` and ``pr_auc`` are the mean of each class against the rest.

    Parameters
    ----------
    target
        Class ids, ``(n_samples,)``; at least one row.
    probabilities
        Shape ``(n_samples, n_classes)``, rows summing to 1.
    decided
        Class ids that were decided for, ``(n_samples,)``; None: those of `decide` without a rule.
    weight
        How much each example counts, ``(n_samples,)``, not all 0.
    """
    predicted = decide(probabilities) if decided is None else decided
    each = per_class_metrics(target, predicted, probabilities, classes=classes, weight=weight)
    positive = each.values[classes[-1]] if len(classes) == BINARY else {}
    values = {
        **_of_decisions(target, predicted, weight=weight),
        **{name: positive[name] for name in AVERAGED if positive},
        **means_over_classes(each.values, target, weight=weight),
        **{name: positive[name] for name in RANKED if positive},
        **_of_probabilities(target, probabilities, weight=weight),
        "expected_calibration_error": expected_calibration_error(
            target, probabilities, bins=calibration_bins, weight=weight
        ),
        "rows": len(target),
        "per_class": each.values,
    }
    return Measures(plain(values), (*each.notes, *_undefined(values)))


def means_over_classes(
    per_class: Mapping[str, Mapping[str, Any]], target: Array, *, weight: Array | None = None
) -> dict[str, float | None]:
    """Return the plain (macro) and by size weighted means of the metrics of each class.

    ``roc_auc`` and ``pr_auc`` are plain means, of each class against the rest.
    """
    sizes = np.bincount(target, weights=weight, minlength=len(per_class))
    columns = list(per_class.values())
    kinds = {"macro": np.ones(len(sizes)), "weighted": sizes}
    means = {
        f"{name}_{kind}": _mean([column[name] for column in columns], by)
        for kind, by in kinds.items()
        for name in AVERAGED
    }
    ranked = {name: _mean([column[name] for column in columns], kinds["macro"]) for name in RANKED}
    return means | ranked


def _mean(values: Sequence[float | None], by: Array) -> float | None:
    defined = [index for index, value in enumerate(values) if value is not None]
    if not defined:
        return None
    return float(np.average([values[index] for index in defined], weights=by[defined]))


def _of_decisions(target: Array, predicted: Array, *, weight: Array | None) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="y_pred contains classes not in y_true")
        warnings.filterwarnings("ignore", message="A single label was found")
        balanced = balanced_accuracy_score(target, predicted, sample_weight=weight)
    return {
        "accuracy": accuracy_score(target, predicted, sample_weight=weight),
        "balanced_accuracy": balanced,
        "matthews_corrcoef": _correlation(target, predicted, weight=weight),
    }


def _correlation(target: Array, predicted: Array, *, weight: Array | None) -> float | None:
    counted = target if weight is None else target[weight > 0]
    if len(np.unique(counted)) < BINARY:
        return None
    return float(matthews_corrcoef(target, predicted, sample_weight=weight))


def _of_probabilities(target: Array, probabilities: Array, *, weight: Array | None) -> dict[str, float]:
    """Return log loss and Brier score; a binary Brier score is that of the positive class, in [0, 1]."""
    labels = list(range(probabilities.shape[1]))
    scores = probabilities[:, 1] if len(labels) == BINARY else probabilities
    return {
        "log_loss": log_loss(target, probabilities, labels=labels, sample_weight=weight),
        "brier_score": brier_score_loss(target, scores, labels=labels, sample_weight=weight),
    }


def _undefined(values: Mapping[str, Any]) -> tuple[str, ...]:
    missing = [name for name, value in values.items() if value is None]
    if not missing:
        return ()
    return (f"{', '.join(missing)} not defined: that takes examples of more than one class",)
