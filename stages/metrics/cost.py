"""What the answers of a classifier cost."""

from __future__ import annotations

import numpy as np

from stages.examples.encoded import Array


def mean_cost(target: Array, predicted: Array, costs: Array, *, weight: Array | None = None) -> float:
    """Return the mean cost of an answer.

    Parameters
    ----------
    target, predicted
        Class ids, ``(n_samples,)``; at least one row.
    costs
        ``costs[true, predicted]``, ``(n_classes, n_classes)``.
    weight
        How much each example counts, ``(n_samples,)``, not all 0.

    Examples
    --------
    >>> mean_cost(np.array([0, 1]), np.array([0, 0]), np.array([[0, 1], [5, 0]]))
    2.5
    """
    return float(np.average(costs[target, predicted], weights=weight))
