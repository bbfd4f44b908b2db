"""How well a score ranks the positive examples before the others, whatever the threshold."""

from __future__ import annotations

from sklearn.metrics import average_precision_score, roc_auc_score

from stages.examples.encoded import Array


def roc_auc(positive: Array, score: Array, *, weight: Array | None = None) -> float | None:
    """Return the area under the ROC curve; None unless there are positive and negative examples.

    Parameters
    ----------
    positive
        Whether each example is positive, ``(n_samples,)`` bool.
    score
        Higher where an example is taken for positive, ``(n_samples,)``.
    weight
        How much each example counts, ``(n_samples,)``.

    Examples
    --------
    >>> import numpy as np
    >>> roc_auc(np.array([False, False, True, True]), np.array([0.1, 0.4, 0.35, 0.8]))
    0.75
    """
    if not _both(positive, weight):
        return None
    return float(roc_auc_score(positive, score, sample_weight=weight))


def pr_auc(positive: Array, score: Array, *, weight: Array | None = None) -> float | None:
    """Return the average precision, the area under the precision-recall curve without interpolation.

    A score that knows nothing reaches the share of positive examples. None where there is none.

    Examples
    --------
    >>> import numpy as np
    >>> round(pr_auc(np.array([False, False, True, True]), np.array([0.1, 0.4, 0.35, 0.8])), 4)
    0.8333
    """
    if not _some(positive, weight):
        return None
    return float(average_precision_score(positive, score, sample_weight=weight))


def _some(chosen: Array, weight: Array | None) -> bool:
    return bool(chosen.any() if weight is None else (weight[chosen] > 0).any())


def _both(positive: Array, weight: Array | None) -> bool:
    return _some(positive, weight) and _some(~positive, weight)
