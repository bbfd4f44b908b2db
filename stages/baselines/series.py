"""Series as the baselines see them: a few statistics of each channel."""

from __future__ import annotations

import warnings
from typing import Any, Final, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

from stages.examples.encoded import Array

STATISTICS: Final = ("mean", "std", "min", "max", "first", "last", "mean change")
"""What is taken of each channel, steps with a missing value left out."""


class SeriesFeatures(TransformerMixin, BaseEstimator):
    """Number of steps, and the statistics of each channel: mean, spread, ends, mean absolute change.

    Parameters
    ----------
    key
        Column of the table: flat lists, one step after another.
    num_channels
        Values of each step.

    Examples
    --------
    >>> cells = pd.DataFrame({"feature.x": [[1.0, 3.0, 2.0]]})
    >>> SeriesFeatures("feature.x", num_channels=1).fit_transform(cells).round(2).tolist()
    [[3.0, 2.0, 0.82, 1.0, 3.0, 1.0, 2.0, 1.5]]
    """

    def __init__(self, key: str, num_channels: int) -> None:
        self.key = key
        self.num_channels = num_channels

    def fit(self, examples: pd.DataFrame, target: Any = None) -> Self:
        """Learn nothing."""
        self.fitted_ = True
        return self

    def transform(self, examples: pd.DataFrame) -> Array:
        """Return the array of `examples`, ``(n_samples, 1 + 7 * n_channels)`` float64, NaN = unknown."""
        width = 1 + len(STATISTICS) * self.num_channels
        found = np.full((len(examples), width), np.nan)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of a channel without values
            for row, cell in enumerate(examples[self.key]):
                if cell is not None and np.ndim(cell):
                    found[row] = self._statistics(np.asarray(cell, np.float64))
        return found

    def _statistics(self, flat: Array) -> Array:
        steps = flat.reshape(-1, self.num_channels)
        if not len(steps):
            return np.full(1 + len(STATISTICS) * self.num_channels, np.nan)
        rows = [
            np.nanmean(steps, axis=0),
            np.nanstd(steps, axis=0),
            np.nanmin(steps, axis=0),
            np.nanmax(steps, axis=0),
            steps[0],
            steps[-1],
            np.nanmean(np.abs(np.diff(steps, axis=0)), axis=0) if len(steps) > 1 else 0 * steps[0],
        ]
        return np.concatenate([[len(steps)], np.stack(rows, axis=1).reshape(-1)])
