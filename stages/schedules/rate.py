"""What a schedule hands to `train`."""

from __future__ import annotations

from typing import NamedTuple

import keras


class Rate(NamedTuple):
    """A learning rate.

    Attributes
    ----------
    value
        What the optimizer is given: a number, or a function of the step.
    callback
        What changes the number between two epochs, if anything does.
    """

    value: float | keras.optimizers.schedules.LearningRateSchedule
    callback: keras.callbacks.Callback | None = None
