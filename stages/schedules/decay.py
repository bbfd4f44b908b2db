"""Learning rates that fall at given epochs or by a factor."""

from __future__ import annotations

from collections.abc import Sequence

from keras.optimizers import schedules

from stages.schedules.rate import Rate


def step(
    learning_rate: float, *, steps_per_epoch: int, epochs: int, factor: float = 0.5, every: int = 10
) -> Rate:
    """Multiply the rate by `factor` every `every` epochs.

    Examples
    --------
    >>> rate = step(0.8, steps_per_epoch=10, epochs=6, every=2).value
    >>> [round(float(rate(step)), 3) for step in (0, 19, 20, 59)]
    [0.8, 0.8, 0.4, 0.2]
    """
    decay = schedules.ExponentialDecay(learning_rate, every * steps_per_epoch, factor, staircase=True)
    return Rate(decay)


def exponential(learning_rate: float, *, steps_per_epoch: int, epochs: int, factor: float = 0.95) -> Rate:
    """Multiply the rate by `factor` over each epoch, a little every step.

    Examples
    --------
    >>> rate = exponential(0.8, steps_per_epoch=10, epochs=6, factor=0.25).value
    >>> [round(float(rate(step)), 3) for step in (0, 5, 10)]
    [0.8, 0.4, 0.2]
    """
    return Rate(schedules.ExponentialDecay(learning_rate, steps_per_epoch, factor))


def piecewise(
    learning_rate: float,
    *,
    steps_per_epoch: int,
    epochs: int,
    boundaries: Sequence[int] = (30, 60),
    factors: Sequence[float] = (0.1, 0.01),
) -> Rate:
    """Use `learning_rate` up to the first boundary, then its multiple by each factor in turn.

    Parameters
    ----------
    boundaries
        Numbers of epochs, rising; the rate changes when that many are done.
    factors
        Learning rate after each boundary over `learning_rate`.

    Examples
    --------
    >>> rate = piecewise(1.0, steps_per_epoch=10, epochs=6, boundaries=[2, 4], factors=[0.5, 0.25]).value
    >>> [float(rate(step)) for step in (0, 19, 20, 39, 40)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    # Keras counts steps from 0 and keeps a value up to and including its boundary.
    last_steps = [boundary * steps_per_epoch - 1 for boundary in boundaries]
    values = [learning_rate, *(learning_rate * factor for factor in factors)]
    return Rate(schedules.PiecewiseConstantDecay(last_steps, values))
