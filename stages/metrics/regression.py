"""The usual metrics of a regression."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import (
    max_error,
    mean_absolute_error,
    mean_absolute_percentage_error,
    median_absolute_error,
    r2_score,
    root_mean_squared_error,
)

from stages.examples.encoded import Array
from stages.metrics.measures import Measures, plain


def regression_metrics(target: Array, predicted: Array, *, weight: Array | None = None) -> Measures:
    """Return the metrics of `predicted` values, all but ``r2`` and the percentage in the target's unit.

    ``mean_absolute_percentage_error`` is a fraction (0.1 is 10 %) and not defined where a target is 0;
    ``r2`` is not where all targets are equal. ``max_error`` knows no weights.

    Parameters
    ----------
    target, predicted
        Finite values, ``(n_samples,)``; at least one row.
    weight
        How much each example counts, ``(n_samples,)``, not all 0.

    Examples
    --------
    >>> metrics = regression_metrics(np.array([1.0, 2.0, 6.0]), np.array([1.0, 4.0, 5.0])).values
    >>> metrics["mae"], metrics["max_error"], round(metrics["r2"], 4)
    (1.0, 2.0, 0.6429)
    """
    with np.errstate(over="ignore", invalid="ignore"):
        values = {
            "rmse": root_mean_squared_error(target, predicted, sample_weight=weight),
            "mae": mean_absolute_error(target, predicted, sample_weight=weight),
            "r2": _r2(target, predicted, weight=weight),
            "median_absolute_error": median_absolute_error(target, predicted, sample_weight=weight),
            "mean_absolute_percentage_error": _percentage(target, predicted, weight=weight),
            "max_error": max_error(target, predicted),
            "rows": len(target),
        }
    finite = plain(values)
    missing = [name for name, value in finite.items() if value is None]
    return Measures(finite, _notes(counted(target, weight), missing))


def counted(target: Array, weight: Array | None) -> Array:
    """Return the targets of the rows that count."""
    return target if weight is None else target[weight > 0]


def _r2(target: Array, predicted: Array, *, weight: Array | None) -> float | None:
    if np.ptp(counted(target, weight)) == 0:
        return None
    return float(r2_score(target, predicted, sample_weight=weight))


def _percentage(target: Array, predicted: Array, *, weight: Array | None) -> float | None:
    if (counted(target, weight) == 0).any():
        return None
    return float(mean_absolute_percentage_error(target, predicted, sample_weight=weight))


def _notes(target: Array, missing: list[str]) -> tuple[str, ...]:
    reasons = {
        "r2": "all targets are equal" if np.ptp(target) == 0 else "",
        "mean_absolute_percentage_error": "a target is 0" if (target == 0).any() else "",
    }
    return tuple(f"{name} is not defined: {reasons.get(name) or 'too large a number'}" for name in missing)
