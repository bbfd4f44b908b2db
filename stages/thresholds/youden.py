"""The threshold farthest above the diagonal of the ROC curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stages.examples.encoded import Array
from stages.metrics.threshold_counts import ThresholdCounts
from stages.thresholds.choosing import Chosen, Pick, best, choose


@dataclass(frozen=True)
class Youden:
    """The greatest true positive rate minus false positive rate, also the highest balanced accuracy.

    Both classes count the same, however rare one of them is (Youden, "Index for rating diagnostic tests",
    1950).

    Examples
    --------
    >>> import numpy as np
    >>> probabilities = np.array([[0.9, 0.1], [0.7, 0.3], [0.6, 0.4], [0.4, 0.6]])
    >>> Youden()(np.array([0, 1, 0, 1]), probabilities, classes=("no", "yes")).decision.threshold
    0.5
    """

    def __call__(
        self, target: Array, probabilities: Array, *, classes: Sequence[str], weight: Array | None = None
    ) -> Chosen:
        """Return the threshold chosen on these rows of the validation part."""
        return choose(target, probabilities, _pick, rule="youden", classes=classes, weight=weight)


def _pick(counts: ThresholdCounts) -> Pick:
    return Pick(best(counts, counts.youden))
