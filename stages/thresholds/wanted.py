"""The threshold at which the positive class has a wanted precision or recall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stages.examples.encoded import Array
from stages.metrics.decision import BINARY, decide
from stages.metrics.threshold_counts import ThresholdCounts
from stages.thresholds.choosing import FEW, TIE, Chosen, Pick, best, choose


@dataclass(frozen=True)
class WantedPrecision:
    """The highest recall with at least the wanted precision; where it is not reached, the highest precision.

    Parameters
    ----------
    at_least
        Share of the rows predicted positive that are, (0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> probabilities = np.array([[0.9, 0.1], [0.7, 0.3], [0.6, 0.4], [0.4, 0.6], [0.3, 0.7]])
    >>> target = np.array([0, 1, 0, 1, 1])
    >>> WantedPrecision(at_least=0.75)(target, probabilities, classes=("no", "yes")).decision.threshold
    0.2
    """

    at_least: float = 0.9

    def __call__(
        self, target: Array, probabilities: Array, *, classes: Sequence[str], weight: Array | None = None
    ) -> Chosen:
        """Return the threshold chosen on these rows of the validation part."""
        chosen = choose(target, probabilities, self._pick, rule="precision", classes=classes, weight=weight)
        few = _few_found(probabilities, chosen, weight=weight) if len(classes) == BINARY else ()
        return Chosen(chosen.decision, (*chosen.notes, *few))

    def _pick(self, counts: ThresholdCounts) -> Pick:
        some = counts.predicted_positive > 0
        reached = some & (np.nan_to_num(counts.precision) >= self.at_least - TIE)
        if reached.any():
            return Pick(best(counts, counts.recall, counts.precision, among=reached))
        nearest = best(counts, counts.precision, counts.recall, among=some)
        return Pick(nearest, (self._not_reached(float(counts.precision[nearest])),))

    def _not_reached(self, nearest: float) -> str:
        return (
            f"no threshold reaches a precision of {self.at_least:g} (evaluate.threshold.at_least) on the "
            f"validation part: the one of the highest precision, {nearest:.3g}, is taken"
        )


def _few_found(probabilities: Array, chosen: Chosen, *, weight: Array | None) -> tuple[str, ...]:
    """Return a note where the precision is that of a few rows."""
    found = decide(probabilities, chosen.decision) == 1
    rows = int((found if weight is None else found & (weight > 0)).sum())
    if not 0 < rows < FEW:
        return ()
    return (
        f"the precision reached is that of the {rows} rows of the validation part that are predicted "
        "positive: expect another one elsewhere",
    )


@dataclass(frozen=True)
class WantedRecall:
    """The highest precision with at least the wanted recall, which the lowest threshold always reaches.

    Parameters
    ----------
    at_least
        Share of the positive rows that are found, (0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> probabilities = np.array([[0.9, 0.1], [0.7, 0.3], [0.6, 0.4], [0.4, 0.6], [0.3, 0.7]])
    >>> target = np.array([0, 1, 0, 1, 1])
    >>> WantedRecall(at_least=0.6)(target, probabilities, classes=("no", "yes")).decision.threshold
    0.5
    """

    at_least: float = 0.9

    def __call__(
        self, target: Array, probabilities: Array, *, classes: Sequence[str], weight: Array | None = None
    ) -> Chosen:
        """Return the threshold chosen on these rows of the validation part."""
        return choose(target, probabilities, self._pick, rule="recall", classes=classes, weight=weight)

    def _pick(self, counts: ThresholdCounts) -> Pick:
        reached = counts.recall >= self.at_least - TIE
        return Pick(best(counts, np.nan_to_num(counts.precision), counts.recall, among=reached))
