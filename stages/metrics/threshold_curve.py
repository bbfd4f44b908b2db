"""The table behind the plot of the threshold: what is won and lost by moving it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stages.examples.encoded import Array
from stages.metrics.decision import BINARY
from stages.metrics.per_class import present
from stages.metrics.thinning import thin
from stages.metrics.threshold_counts import count_at_thresholds

COLUMNS = ("threshold", "precision", "recall", "f1", "youden", "predicted_positive")
COST = "cost"


def threshold_curve(
    target: Array,
    probabilities: Array,
    *,
    limit: int,
    weight: Array | None = None,
    costs: Array | None = None,
) -> pd.DataFrame:
    """Return the metrics of the positive class at every threshold, rising; no row unless two classes occur.

    Parameters
    ----------
    target
        Class ids, ``(n_samples,)``.
    probabilities
        Shape ``(n_samples, n_classes)``.
    limit
        Rows at most: half of them evenly spread over the rows of the data, half over the thresholds.
    costs
        ``costs[true, predicted]``, ``(2, 2)``; without them there is no column ``cost``.

    Returns
    -------
    pd.DataFrame
        ``threshold``, ``precision`` (missing where no row is predicted positive), ``recall``, ``f1``,
        ``youden``, ``predicted_positive`` (share of the rows) and ``cost`` (mean of a row).

    Examples
    --------
    >>> probabilities = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
    >>> threshold_curve(np.array([0, 1, 1]), probabilities, limit=10)[["threshold", "recall"]].values.tolist()
    [[0.05, 1.0], [0.25, 1.0], [0.6000000000000001, 0.5], [0.9, 0.0]]
    """
    header = [*COLUMNS] if costs is None else [*COLUMNS, COST]
    classes = probabilities.shape[1]
    if classes != BINARY or not present(target, num_classes=classes, weight=weight).all():
        return pd.DataFrame(columns=header, dtype=np.float64)
    counts = count_at_thresholds(target == 1, probabilities[:, 1], weight=weight)
    table = pd.DataFrame({name: getattr(counts, name) for name in COLUMNS})
    if costs is not None:
        table[COST] = counts.cost(costs)
    rising = table.iloc[::-1]
    return rising.iloc[_spread(rising["threshold"].to_numpy(), limit=limit)].reset_index(drop=True)


def _spread(threshold: Array, *, limit: int) -> Array:
    """Return which rows are kept; by rank alone, rare classes would have few points at high thresholds."""
    if len(threshold) <= limit:
        return np.arange(len(threshold))
    grid = np.linspace(threshold[0], threshold[-1], limit // 2)
    nearest = np.searchsorted(threshold, grid).clip(max=len(threshold) - 1)
    return np.union1d(thin(len(threshold), limit=limit - limit // 2), nearest)
