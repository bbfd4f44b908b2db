"""ROC-AUC and average precision of many resamples at once, from one sorting of the scores."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from stages.examples.encoded import Array

ROUNDING = 1e-12
"""Share of the whole weight below which a difference of sums is rounding error."""


class Areas(NamedTuple):
    """Of each resample ``(n_resamples,)``; NaN where there is no example of one kind."""

    roc_auc: Array
    pr_auc: Array


class ResampledRanking:
    """How well a score ranks the positive rows before the others, in each of many resamples.

    The same numbers as `stages.metrics.ranking.roc_auc` and `pr_auc` give; equal scores share one place.

    Parameters
    ----------
    positive
        Whether each row is positive, ``(n_samples,)`` bool.
    score
        Higher where a row is taken for positive, ``(n_samples,)``.

    Examples
    --------
    >>> areas = ResampledRanking(np.array([False, True]), np.array([0.2, 0.7]))(np.array([[1.0, 1.0]]))
    >>> areas.roc_auc.tolist(), areas.pr_auc.tolist()
    ([1.0], [1.0])
    """

    def __init__(self, positive: Array, score: Array) -> None:
        self._order = np.argsort(-score, kind="stable")
        ordered, self._rows = score[self._order], np.flatnonzero(positive[self._order])
        changes = np.flatnonzero(np.diff(ordered) != 0) + 1
        edges = np.concatenate([[0], changes, [len(score)]])
        place = np.searchsorted(edges, self._rows, side="right")
        self._start, self._end = edges[place - 1], edges[place]  # where the rows of equal score begin and end
        self._positives_at = [np.searchsorted(self._rows, each) for each in (self._start, self._end)]

    def __call__(self, weights: Array) -> Areas:
        """Return both areas for each row of `weights`, ``(n_resamples, n_samples)``."""
        if not len(self._rows):
            return Areas(*np.full((2, len(weights)), np.nan))
        ordered = weights[:, self._order]
        own = ordered[:, self._rows]
        taken, found = _cumulated(ordered), _cumulated(own)
        positives, total = found[:, -1], taken[:, -1]
        negatives = total - positives
        hits, until = found[:, self._positives_at[1]], taken[:, self._end]
        ahead = until - hits + taken[:, self._start] - found[:, self._positives_at[0]]  # twice the negatives
        precision = np.divide(hits, until, out=np.zeros_like(hits), where=until > 0)
        with np.errstate(invalid="ignore", divide="ignore"):  # 0 / 0 is NaN: not defined
            missed = (own * ahead).sum(axis=1) / (2 * positives * negatives)
            roc_auc = np.where(negatives > ROUNDING * total, 1 - missed, np.nan)
            return Areas(roc_auc, (own * precision).sum(axis=1) / positives)


def _cumulated(weights: Array) -> Array:
    """Return the sums of the first 0, 1, 2, ... columns, ``(n_resamples, n_columns + 1)``."""
    sums = np.zeros((len(weights), weights.shape[1] + 1))
    np.cumsum(weights, axis=1, out=sums[:, 1:])
    return sums
