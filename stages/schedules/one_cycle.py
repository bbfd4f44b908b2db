"""A learning rate that rises once, then falls far below where it began."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from stages.schedules.rate import Rate


@keras.saving.register_keras_serializable(package="upcurve")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """One rise and one fall (Smith 2018, "A disciplined approach to neural network hyper-parameters").

    Parameters
    ----------
    first, top, last
        Rates at step 0, at step `rise` and at step `total`; constant after it.
    rise, total
        Steps.
    anneal
        ``linear``, or ``cosine``: half a cosine between two of them.
    """

    def __init__(self, first: float, top: float, last: float, *, rise: int, total: int, anneal: str) -> None:
        self.first = first
        self.top = top
        self.last = last
        self.rise = rise
        self.total = total
        self.anneal = anneal

    def __call__(self, step: Any) -> Any:
        """Return the rate at `step`, the first being 0."""
        step = ops.cast(step, "float32")
        up = self._ease(step / max(self.rise, 1))
        down = self._ease((step - self.rise) / max(self.total - self.rise, 1))
        rising = self.first + (self.top - self.first) * up
        falling = self.top + (self.last - self.top) * down
        return ops.where(step < self.rise, rising, falling)

    def _ease(self, progress: Any) -> Any:
        """Return the share of the way done where `progress` of the time is over."""
        progress = ops.clip(progress, 0.0, 1.0)
        return progress if self.anneal == "linear" else (1 - ops.cos(math.pi * progress)) / 2

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            "first": self.first,
            "top": self.top,
            "last": self.last,
            "rise": self.rise,
            "total": self.total,
            "anneal": self.anneal,
        }


def one_cycle(  # noqa: PLR0913 - every keyword is a parameter of conf/train/schedule/one_cycle.yaml
    learning_rate: float,
    *,
    steps_per_epoch: int,
    epochs: int,
    warmup_fraction: float = 0.3,
    initial_divisor: float = 25.0,
    final_divisor: float = 10000.0,
    anneal: str = "cosine",
) -> Rate:
    """Rise from ``learning_rate / initial_divisor``, then fall over all the steps left.

    Parameters
    ----------
    warmup_fraction
        Share of all steps spent rising.
    final_divisor
        First rate over the last one.

    Examples
    --------
    >>> rate = one_cycle(1.0, steps_per_epoch=10, epochs=10, initial_divisor=10, anneal="linear").value
    >>> [round(float(rate(step)), 3) for step in (0, 15, 30, 65, 100)]
    [0.1, 0.55, 1.0, 0.493, 0.0]
    """
    total = epochs * steps_per_epoch - 1
    first = learning_rate / initial_divisor
    return Rate(
        OneCycle(
            first,
            learning_rate,
            first / final_divisor,
            rise=round(warmup_fraction * total),
            total=total,
            anneal=anneal,
        )
    )
