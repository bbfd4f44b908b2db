"""The threshold of the highest F1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stages.examples.encoded import Array
from stages.metrics.threshold_counts import ThresholdCounts
from stages.thresholds.choosing import Chosen, Pick, best, choose


@dataclass(frozen=True)
class BestF1:
    """The highest F1 of the positive class, the harmonic mean of its precision and recall.

    Examples
    --------
    >>> import numpy as np
    >>> probabilities = np.array([[0.9, 0.1], [0.7, 0.3], [0.6, 0.4], [0.4, 0.6]])
    >>> BestF1()(np.array([0, 0, 1, 1]), probabilities, classes=("no", "yes")).decision.threshold
    0.35
    """

    def __call__(
        self, target: Array, probabilities: Array, *, classes: Sequence[str], weight: Array | None = None
    ) -> Chosen:
        """Return the threshold chosen on these rows of the validation part."""
        return choose(target, probabilities, _pick, rule="best_f1", classes=classes, weight=weight)


def _pick(counts: ThresholdCounts) -> Pick:
    return Pick(best(counts, counts.f1))
