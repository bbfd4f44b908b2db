"""Losses that measure the distance between the predicted value and the true one."""

from __future__ import annotations

from typing import Any

import keras

from stages.models.interface import Outputs


def build_mean_squared_error(outputs: Outputs) -> Any:
    """Return the mean of ``(y - p) ** 2``: predicts the mean, weighs large errors most.

    Examples
    --------
    >>> build_mean_squared_error(Outputs("regression", 1, "linear", 0)).name
    'mean_squared_error'
    """
    return keras.losses.MeanSquaredError()


def build_mean_absolute_error(outputs: Outputs) -> Any:
    """Return the mean of ``|y - p|``: predicts the median, not led astray by outliers."""
    return keras.losses.MeanAbsoluteError()


def build_huber(outputs: Outputs, *, delta: float = 1.0) -> Any:
    """Return Huber's loss: squared for errors up to `delta`, linear beyond (Huber 1964).

    `delta` is on the scale of the target the network is trained on, after `encode.target`.
    """
    return keras.losses.Huber(delta=delta)


def build_log_cosh(outputs: Outputs) -> Any:
    """Return the mean of ``log(cosh(y - p))``: like Huber's, and smooth everywhere."""
    return keras.losses.LogCosh()
