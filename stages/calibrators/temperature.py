"""Temperature scaling: one number that makes all probabilities less, or more, sure of themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from stages.calibrators.calibration import Calibration
from stages.examples.encoded import Array
from stages.metrics.decision import BINARY

FLOOR = float(np.finfo(np.float64).eps)
"""Probabilities below this count as this, as in scikit-learn's log loss: float32 rounds them to 0 and 1."""
TOLERANCE = 1e-6
"""Precision of the logarithm of the temperature."""
DIGITS = 12
"""Of the log loss; what it gains beyond them is rounding."""


@dataclass(frozen=True)
class Temperature:
    """The temperature at which the log loss of the validation part is least.

    Logits are divided by it (Guo et al., "On calibration of modern neural networks", 2017, section 4.2). The
    logarithms of probabilities are logits up to a constant, which the softmax takes out again. The log loss
    is convex in the inverse of the temperature, so that a bounded search finds its one minimum.

    Parameters
    ----------
    minimum, maximum
        Range of temperatures tried, with 1 in it.

    Examples
    --------
    >>> sure = np.full((4, 2), (0.1, 0.9))  # log odds of 9, where 3 are right
    >>> round(Temperature()(np.array([0, 1, 1, 1]), sure).temperature, 3)
    2.0
    """

    minimum: float = 0.05
    maximum: float = 20.0

    def __call__(self, target: Array, probabilities: Array, *, weight: Array | None = None) -> Calibration:
        """Return the temperature, 1 where there is nothing to learn it from.

        Parameters
        ----------
        target
            Class ids of the validation part, ``(n_samples,)``.
        probabilities
            Shape ``(n_samples, n_classes)``; the values of a regression, ``(n_samples,)``, have none.
        weight
            How much each example counts, ``(n_samples,)``.
        """
        if probabilities.ndim == 1:
            return Calibration(notes=("evaluate.calibration=temperature has no effect on a regression",))
        counts = np.ones(len(target)) if weight is None else weight
        rows = np.flatnonzero(counts > 0)
        if len(np.unique(target[rows])) < BINARY:
            return Calibration(notes=(_nothing_to_learn(len(rows)),))
        return self._least(log_loss_at(target[rows], probabilities[rows], weight=counts[rows]))

    def _least(self, loss: Callable[[float], float]) -> Calibration:
        """Return the temperature of the least `loss`, which takes its logarithm; of equal ones 1."""
        low, high = np.log([self.minimum, self.maximum])
        inside = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": TOLERANCE}).x
        best = min((0.0, low, high, float(inside)), key=lambda each: round(loss(each), DIGITS))
        if best == 0.0:
            return Calibration()
        if best in (low, high):
            edge = self.minimum if best == low else self.maximum
            return Calibration(edge, (_end_of_range(edge, maximum=self.maximum),))
        return Calibration(float(np.exp(best)))


def calibrate(probabilities: Array, temperature: float) -> Array:
    """Return the probabilities at `temperature`, ``(n_samples, n_classes)`` float64, rows summing to 1.

    The most probable class stays the most probable. A temperature of 1 changes nothing.

    Examples
    --------
    >>> calibrate(np.array([[0.1, 0.9]]), 2.0).round(2).tolist()
    [[0.25, 0.75]]
    """
    if temperature == 1:
        return probabilities.astype(np.float64)
    return np.asarray(softmax(_logits(probabilities) / temperature, axis=1))


def _logits(probabilities: Array) -> Array:
    return np.asarray(np.log(np.clip(probabilities.astype(np.float64), FLOOR, 1)))


def log_loss_at(target: Array, probabilities: Array, *, weight: Array) -> Callable[[float], float]:
    """Return the function from the logarithm of a temperature to the mean log loss at it."""
    logits, rows = _logits(probabilities), np.arange(len(target))

    def loss(log_temperature: float) -> float:
        likelihood = log_softmax(logits * np.exp(-log_temperature), axis=1)[rows, target]
        return float(-np.average(likelihood, weights=weight))

    return loss


def _nothing_to_learn(rows: int) -> str:
    there = "has no rows that count" if not rows else "has rows of one class only"
    return f"the validation part {there}: evaluate.calibration=temperature leaves probabilities as they are"


def _end_of_range(edge: float, *, maximum: float) -> str:
    what = "maximum" if edge == maximum else "minimum"
    why = (
        "the probabilities say next to nothing about the classes"
        if edge == maximum
        else "the validation part is predicted all but perfectly, or has too few rows"
    )
    return (
        f"the temperature is {edge:g}, the end of the range tried (evaluate.calibration.{what}), where the "
        f"log loss of the validation part still falls: {why}"
    )
