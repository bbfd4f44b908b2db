"""The least cost of mistakes, where one kind is dearer than another.

Two classes: the threshold at which the validation part cost least. The theoretical threshold of Elkan
("The foundations of cost-sensitive learning", 2001, equation 2) needs probabilities that are right; a network
trained on resampled or weighted classes has others, and no temperature mends that. Choosing by what mistakes
really cost needs only the ranking (Sheng & Ling, "Thresholding for making classifiers cost-sensitive", 2006).
With few rows and probabilities that are right, the theoretical one is the safer: state it as a fixed
threshold, false_positive_cost / (false_positive_cost + false_negative_cost).
More classes have no single threshold: the class of least expected cost is predicted, which rests on the
probabilities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from stages.examples.encoded import Array
from stages.metrics.cost import mean_cost
from stages.metrics.decision import BINARY, DEFAULT, Decision, decide
from stages.metrics.threshold_counts import ThresholdCounts
from stages.thresholds.choosing import (
    NOTHING_TO_CHOOSE_BY,
    Chosen,
    Pick,
    best,
    both_occur,
    choose,
    no_effect,
)
from stages.thresholds.cost_matrix import Costs, check_costs, cost_matrix


@dataclass(frozen=True)
class Cost:
    """The least cost on the validation part; for more than two classes, the least expected cost of each row.

    Parameters
    ----------
    false_positive_cost, false_negative_cost
        Two classes: what each kind of mistake costs, in any unit, at least 0.
    true_positive_benefit, true_negative_benefit
        Two classes: what each kind of right answer gains, in the same unit, at least 0.
    costs
        Instead of all these, for any number of classes: cost by true class and by predicted class. A mistake
        that is not stated costs 1, a right answer 0; a benefit is a negative cost.

    Examples
    --------
    >>> probabilities = np.array([[0.9, 0.1], [0.7, 0.3], [0.6, 0.4], [0.4, 0.6]])
    >>> target, classes = np.array([0, 1, 0, 1]), ("good", "bad")
    >>> Cost(false_negative_cost=5.0)(target, probabilities, classes=classes).decision.threshold
    0.2
    >>> Cost(costs={"bad": {"good": 5}})(target, probabilities, classes=classes).decision.threshold
    0.2
    """

    false_positive_cost: float = 1.0
    false_negative_cost: float = 1.0
    true_positive_benefit: float = 0.0
    true_negative_benefit: float = 0.0
    costs: Costs = field(default_factory=dict)

    def __call__(
        self, target: Array, probabilities: Array, *, classes: Sequence[str], weight: Array | None = None
    ) -> Chosen:
        """Return the threshold, or for more than two classes the costs to decide by.

        Raises
        ------
        ValueError
            Where `costs` names a class that is none, or makes a mistake cheaper than the right answer.
        """
        if len(classes) == BINARY:
            costs = cost_matrix(self.costs, classes) if self.costs else self._of_two_classes()
            check_costs(costs, classes)
            return _for_two_classes(target, probabilities, costs, classes=classes, weight=weight)
        if not classes:
            return Chosen(DEFAULT, (no_effect("evaluate.threshold=cost", classes),))
        if not self.costs:
            return Chosen(DEFAULT, (_costs_wanted(classes),))
        decision = Decision(costs=cost_matrix(self.costs, classes))
        return Chosen(decision, _dearer_than_before(target, probabilities, decision, weight=weight))

    def _of_two_classes(self) -> Array:
        negative = (-self.true_negative_benefit, self.false_positive_cost)
        positive = (self.false_negative_cost, -self.true_positive_benefit)
        return np.array([negative, positive], dtype=np.float64)


def theoretical_threshold(costs: Array) -> float:
    """Return the threshold of least expected cost where the probabilities are right (Elkan 2001, equation 2).

    Examples
    --------
    >>> theoretical_threshold(np.array([[0.0, 1.0], [4.0, 0.0]]))
    0.2
    """
    false_positive, false_negative = costs[0, 1] - costs[0, 0], costs[1, 0] - costs[1, 1]
    return float(false_positive / (false_positive + false_negative))


def _for_two_classes(
    target: Array, probabilities: Array, costs: Array, *, classes: Sequence[str], weight: Array | None
) -> Chosen:
    if not both_occur(target, weight):
        threshold = theoretical_threshold(costs)
        note = f"{NOTHING_TO_CHOOSE_BY}: the threshold is {threshold:.3g}, right for calibrated probabilities"
        return Chosen(Decision(threshold, costs), (note,))

    def pick(counts: ThresholdCounts) -> Pick:
        return Pick(best(counts, -counts.cost(costs)))

    chosen = choose(target, probabilities, pick, rule="cost", classes=classes, weight=weight)
    return Chosen(Decision(chosen.decision.threshold, costs), chosen.notes)


def _dearer_than_before(
    target: Array, probabilities: Array, decision: Decision, *, weight: Array | None
) -> tuple[str, ...]:
    """Return a note where deciding by expected cost costs more than the most probable class."""
    if decision.costs is None or not (len(target) if weight is None else weight.sum()):
        return ()
    usual, now = (
        mean_cost(target, decide(probabilities, each), decision.costs, weight=weight)
        for each in (DEFAULT, decision)
    )
    if now <= usual:
        return ()
    return (
        f"deciding by least expected cost costs {now:.3g} a row of the validation part, the most probable "
        f"class {usual:.3g}: the probabilities are not calibrated (evaluate.calibration=temperature may "
        "help)",
    )


def _costs_wanted(classes: Sequence[str]) -> str:
    return (
        f"evaluate.threshold=cost without evaluate.threshold.costs has no effect on {len(classes)} classes: "
        f"the other costs are for two. State costs by class, such as {{{classes[-1]}: {{{classes[0]}: 5}}}}"
    )
