"""Each class against the rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.metrics import precision_recall_fscore_support

from stages.examples.encoded import Array
from stages.metrics.measures import Measures, listed, plain
from stages.metrics.ranking import pr_auc, roc_auc


def per_class_metrics(
    target: Array,
    predicted: Array,
    probabilities: Array,
    *,
    classes: Sequence[str],
    weight: Array | None = None,
) -> Measures:
    """Return precision, recall, F1, ROC-AUC, average precision and rows of each class, by its name.

    A class without examples has no recall, and so on: None. The precision of a class that occurs and is
    never predicted counts 0, as in scikit-learn.

    Parameters
    ----------
    target, predicted
        Class ids, ``(n_samples,)``.
    probabilities
        Shape ``(n_samples, n_classes)``.
    """
    labels = range(len(classes))
    precision, recall, f1, _ = precision_recall_fscore_support(
        target, predicted, labels=list(labels), sample_weight=weight, zero_division=0
    )
    occurs = present(target, num_classes=len(classes), weight=weight)
    values = {}
    for label in labels:
        values[classes[label]] = {
            "precision": precision[label] if occurs[label] else None,
            "recall": recall[label] if occurs[label] else None,
            "f1": f1[label] if occurs[label] else None,
            "roc_auc": roc_auc(target == label, probabilities[:, label], weight=weight),
            "pr_auc": pr_auc(target == label, probabilities[:, label], weight=weight),
            "rows": int((target == label).sum()),
        }
    return Measures(plain(values), _notes(occurs, predicted, classes))


def present(target: Array, *, num_classes: int, weight: Array | None = None) -> Array:
    """Return which classes have examples that count, ``(num_classes,)`` bool."""
    return np.bincount(target, weights=weight, minlength=num_classes) > 0


def _notes(occurs: Array, predicted: Array, classes: Sequence[str]) -> tuple[str, ...]:
    absent = [name for name, here in zip(classes, occurs, strict=True) if not here]
    never = [name for label, name in enumerate(classes) if occurs[label] and not (predicted == label).any()]
    notes = []
    if absent:
        notes.append(f"no example of {listed(absent)}: left out of every mean over classes")
    if never:
        notes.append(f"{listed(never)} never predicted: precision counts as 0")
    return tuple(notes)
