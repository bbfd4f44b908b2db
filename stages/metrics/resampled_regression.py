"""The metrics of a regression in many resamples at once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from stages.examples.encoded import Array
from stages.metrics.answers import Answers
from stages.metrics.bootstrap import Samples
from stages.metrics.weighted_sums import WeightedSums

ROUNDING = 1e-12
"""Share of the squared targets below which their variance is rounding error: all are equal."""


class ResampledRegression:
    """What `stages.metrics.regression` measures, in each of many resamples.

    The interval of a maximum or of another extreme is a rough one: no resample goes beyond what was seen.

    Parameters
    ----------
    answers
        Answers to a regression.
    """

    def __init__(self, answers: Answers) -> None:
        error = np.abs(answers.target - answers.predicted)
        self._weight = answers.weight
        self._order = np.argsort(error, kind="stable")
        self._ordered_error = error[self._order]
        self._sums = WeightedSums(columns_of_values(answers))

    def __call__(self, counts: Array) -> Samples:
        """Return the metrics by name for each row of `counts`, ``(n_resamples, n_samples)``."""
        weights = counts if self._weight is None else counts * self._weight
        return {
            **of_sums(self._sums(weights)),
            "median_absolute_error": weighted_median(self._ordered_error, weights[:, self._order]),
            "max_error": self._largest(counts),
        }

    def _largest(self, counts: Array) -> Array:
        drawn = counts[:, self._order[::-1]] > 0
        return np.where(drawn.any(axis=1), self._ordered_error[::-1][drawn.argmax(axis=1)], np.nan)


def columns_of_values(answers: Answers) -> dict[str, Array]:
    """Return the numbers of each row ``(n_samples,)`` whose sums the metrics are made of, by name."""
    target, error = answers.target, np.abs(answers.target - answers.predicted)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        centred = target - target.mean()
        share = error / np.abs(target)  # infinite or NaN, and so not defined, where a target is 0
        if answers.weight is not None:
            share[answers.weight == 0] = 0
        columns = {"one": np.ones(len(target)), "absolute": error, "squared": error**2, "share": share}
        return columns | {"centred": centred, "centred_squared": centred**2}


def of_sums(sums: Mapping[str, Array]) -> dict[str, Array]:
    """Return the metrics that sums of `columns_of_values` give; NaN where not defined.

    ``r2`` is not where all targets are equal: their variance is rounding error beside their squares.
    """
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        spread = sums["centred_squared"] - sums["centred"] ** 2 / sums["one"]
        told_apart = spread > ROUNDING * sums["centred_squared"]
        return {
            "rmse": np.sqrt(sums["squared"] / sums["one"]),
            "mae": sums["absolute"] / sums["one"],
            "r2": np.where(told_apart, 1 - sums["squared"] / spread, np.nan),
            "mean_absolute_percentage_error": sums["share"] / sums["one"],
        }


def weighted_median(ordered: Array, weights: Array) -> Array:
    """Return the median of `ordered` under each row of `weights`, the mean of two where they divide it.

    Parameters
    ----------
    ordered
        Values in rising order, ``(n_samples,)``.
    weights
        Shape ``(n_weightings, n_samples)``.

    Examples
    --------
    >>> weighted_median(np.array([1.0, 2.0, 4.0]), np.array([[1.0, 1.0, 1.0], [1.0, 0.0, 1.0]])).tolist()
    [2.0, 2.5]
    """
    cumulated = np.cumsum(weights, axis=1)
    half = cumulated[:, -1:] / 2
    last = len(ordered) - 1
    below = np.minimum((cumulated < half).sum(axis=1), last)
    reached = np.take_along_axis(cumulated, below[:, None], axis=1)
    above = np.minimum((cumulated <= reached).sum(axis=1), last)
    divides = (reached - half)[:, 0] <= np.finfo(np.float64).eps
    median = np.where(divides, (ordered[below] + ordered[above]) / 2, ordered[below])
    return np.where(half[:, 0] > 0, median, np.nan)
