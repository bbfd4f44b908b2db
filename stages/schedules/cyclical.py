"""A learning rate that goes up and down between two bounds."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from stages.schedules.rate import Rate


@keras.saving.register_keras_serializable(package="upcurve")
class Cyclical(keras.optimizers.schedules.LearningRateSchedule):
    """Triangular cycles (Smith 2015, "Cyclical learning rates for training neural networks", section 3).

    With ``cycle = floor(1 + t / (2 s))`` and ``x = |t / s - 2 cycle + 1|`` the rate at step t is
    ``base + (top - base) * max(0, 1 - x) * amplitude``; the amplitude is 1 (triangular),
    ``0.5 ** (cycle - 1)`` (triangular2) or ``gamma ** t`` (exp_range).

    Parameters
    ----------
    base, top
        The bounds; the first rate is `base`.
    half_cycle
        Steps s from one bound to the other.
    """

    def __init__(self, base: float, top: float, half_cycle: int, shape: str, gamma: float) -> None:
        self.base = base
        self.top = top
        self.half_cycle = half_cycle
        self.shape = shape
        self.gamma = gamma

    def __call__(self, step: Any) -> Any:
        """Return the rate at `step`, the first being 0."""
        step = ops.cast(step, "float32")
        cycle = ops.floor(1 + step / (2 * self.half_cycle))
        x = ops.abs(step / self.half_cycle - 2 * cycle + 1)
        amplitude = {
            "triangular": ops.ones_like(step),
            "triangular2": ops.power(0.5, cycle - 1),
            "exp_range": ops.power(self.gamma, step),
        }[self.shape]
        return self.base + (self.top - self.base) * ops.maximum(0.0, 1 - x) * amplitude

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            "base": self.base,
            "top": self.top,
            "half_cycle": self.half_cycle,
            "shape": self.shape,
            "gamma": self.gamma,
        }


def cyclical(  # noqa: PLR0913 - every keyword is a parameter of conf/train/schedule/cyclical_*.yaml
    learning_rate: float,
    *,
    steps_per_epoch: int,
    epochs: int,
    shape: str = "triangular",
    step_epochs: float = 4.0,
    base_fraction: float = 0.1,
    gamma: float = 0.9999,
) -> Rate:
    """Cycle between a lower bound and `learning_rate`.

    Parameters
    ----------
    shape
        ``triangular``, ``triangular2`` or ``exp_range``.
    step_epochs
        Epochs from one bound to the other, half a cycle.
    base_fraction
        Lower bound over `learning_rate`.
    gamma
        Factor of the amplitude for each step, ``exp_range`` only.

    Examples
    --------
    >>> rate = cyclical(1.0, steps_per_epoch=10, epochs=8, step_epochs=1, base_fraction=0.2).value
    >>> [round(float(rate(step)), 3) for step in (0, 5, 10, 20, 30)]
    [0.2, 0.6, 1.0, 0.2, 1.0]
    """
    half_cycle = max(1, round(step_epochs * steps_per_epoch))
    return Rate(Cyclical(base_fraction * learning_rate, learning_rate, half_cycle, shape, gamma))
