"""A learning rate that stays as it is."""

from __future__ import annotations

from stages.schedules.rate import Rate


def constant(learning_rate: float, *, steps_per_epoch: int, epochs: int) -> Rate:
    """Return `learning_rate` for every step.

    Examples
    --------
    >>> constant(0.1, steps_per_epoch=10, epochs=5)
    Rate(value=0.1, callback=None)
    """
    return Rate(learning_rate)
