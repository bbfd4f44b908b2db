"""How many rows are right and wrong at every threshold that makes a difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import confusion_matrix_at_thresholds

from stages.examples.encoded import Array


@dataclass(frozen=True)
class ThresholdCounts:
    """The (weighted) numbers of right and wrong answers by threshold, each ``(n_thresholds,)`` float64.

    Attributes
    ----------
    threshold
        From the one where no row is predicted positive, falling to the one where all are.
    true_positive, false_positive, false_negative, true_negative
        Rows of each kind where those with a score of at least the threshold are predicted positive.
    """

    threshold: Array
    true_positive: Array
    false_positive: Array
    false_negative: Array
    true_negative: Array

    @property
    def recall(self) -> Array:
        """Share of the positive rows that are found."""
        return np.asarray(self.true_positive / (self.true_positive + self.false_negative))

    @property
    def precision(self) -> Array:
        """Share of those predicted positive that are; NaN where none is."""
        return _ratio(self.true_positive, self.true_positive + self.false_positive)

    @property
    def f1(self) -> Array:
        """Harmonic mean of precision and recall; 0 where none is predicted positive."""
        return np.asarray(
            2 * self.true_positive / (2 * self.true_positive + self.false_positive + self.false_negative)
        )

    @property
    def youden(self) -> Array:
        """True positive rate minus false positive rate, in [-1, 1] (Youden, 1950)."""
        return np.asarray(self.recall - self.false_positive / (self.false_positive + self.true_negative))

    @property
    def predicted_positive(self) -> Array:
        """Share of all rows that are predicted positive."""
        return np.asarray((self.true_positive + self.false_positive) / self.rows)

    @property
    def rows(self) -> Array:
        """Number of all rows, at every threshold the same."""
        return np.asarray(self.true_positive + self.false_positive + self.false_negative + self.true_negative)

    def cost(self, costs: Array) -> Array:
        """Mean cost of a row, from ``costs[true, predicted]``, ``(2, 2)``."""
        total = (
            costs[0, 0] * self.true_negative
            + costs[0, 1] * self.false_positive
            + costs[1, 0] * self.false_negative
            + costs[1, 1] * self.true_positive
        )
        return np.asarray(total / self.rows)


def count_at_thresholds(positive: Array, score: Array, *, weight: Array | None = None) -> ThresholdCounts:
    """Return the numbers of right and wrong answers at every threshold that makes a difference.

    The thresholds lie midway between neighbouring scores (and 0 and 1), so that a score that is rounded in
    another way stays on its side.

    Parameters
    ----------
    positive
        Whether each example is positive, ``(n_samples,)`` bool; some are and some are not.
    score
        Probability of the positive class, ``(n_samples,)``.
    weight
        How much each example counts, ``(n_samples,)``; those of 0 are passed over.

    Examples
    --------
    >>> positive, score = np.array([False, False, True, True]), np.array([0.1, 0.4, 0.35, 0.8])
    >>> count_at_thresholds(positive, score).threshold.round(3).tolist()
    [0.9, 0.6, 0.375, 0.225, 0.05]
    >>> count_at_thresholds(positive, score).true_positive.tolist()
    [0.0, 1.0, 1.0, 2.0, 2.0]
    """
    negatives, false_alarms, missed, found, scores = confusion_matrix_at_thresholds(
        positive, score, sample_weight=weight
    )
    above = np.append(max(1.0, np.nextafter(scores[0], 2.0)), scores)
    return ThresholdCounts(
        _between(np.append(scores, 0.0), above),
        np.append(0.0, found),
        np.append(0.0, false_alarms),
        np.append(found[-1], missed),
        np.append(false_alarms[-1], negatives),
    )


def _between(lower: Array, upper: Array) -> Array:
    """Return the middle of each pair, never `lower` itself: from a threshold on rows are positive."""
    middle = lower + (upper - lower) / 2
    return np.where(middle > lower, middle, upper)


def _ratio(part: Array, whole: Array) -> Array:
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0))
