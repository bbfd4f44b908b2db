"""The last layer: its width and activation from the task, its initial bias from the class prior."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import keras

from stages.examples.schema import Task
from stages.models.interface import Outputs, Tensor

NAME = "output"

FITTING: Mapping[Task, tuple[str, ...]] = {
    "binary": ("sigmoid", "linear"),
    "multiclass": ("softmax", "sigmoid", "linear"),
}
"""Last activations that give class probabilities, or logits to be turned into them."""

INVERSE: Mapping[str, Callable[[float], float]] = {
    "linear": lambda value: value,
    "relu": lambda value: value,
    "leaky_relu": lambda value: value,
    "exponential": math.log,
    "softplus": lambda value: math.log(math.expm1(value)),
    "sigmoid": lambda value: math.log(value / (1 - value)),
    "tanh": math.atanh,
}
"""Where the mean of a regression's target is known, the bias from which the activation gives it."""


def output(
    features: Tensor, outputs: Outputs, *, activation: str = "auto", kernel_regularizer: Any = None
) -> Tensor:
    """Return the predictions ``(n_samples, units)`` of one dense layer over `features`.

    `activation` is ``auto`` for the task's own, ``linear`` for logits, or any Keras activation for a
    regression. Always float32, also under mixed precision.

    Raises
    ------
    ValueError
        If `activation` cannot give class probabilities.
    """
    last = last_activation(outputs, activation)
    return keras.layers.Dense(
        outputs.units,
        activation=last,
        bias_initializer=_bias_initializer(outputs, last),
        kernel_regularizer=kernel_regularizer,
        dtype="float32",
        name=NAME,
    )(features)


def last_activation(outputs: Outputs, activation: str) -> str:
    """Return the activation that `activation` stands for; raise ValueError if the task cannot use it."""
    if activation == "auto":
        return outputs.activation
    fitting = FITTING.get(outputs.task)
    if fitting is not None and activation not in fitting:
        raise ValueError(
            f"model.output_activation={activation} does not give class probabilities for a {outputs.task} "
            f"task: use model.output_activation=auto or one of {', '.join(fitting)} (linear gives logits)."
        )
    return activation


def initial_bias(outputs: Outputs, activation: str) -> tuple[float, ...] | None:
    """Return the bias with which `activation` gives the prior; None where there is none."""
    if outputs.bias is None or outputs.task != "regression":
        return outputs.bias
    try:
        return tuple(INVERSE[activation](value) for value in outputs.bias)
    except (KeyError, ValueError, ZeroDivisionError):  # the mean lies where the activation never gets
        return None


def _bias_initializer(outputs: Outputs, activation: str) -> Any:
    bias = initial_bias(outputs, activation)
    if bias is None:
        return keras.initializers.Zeros()
    return keras.initializers.Constant(bias[0] if len(bias) == 1 else list(bias))
