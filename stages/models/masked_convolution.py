"""Convolutions over steps that never see padding: normalised, activated, and zero beyond the end again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import keras

from stages.models.hidden import Normalization, auto_initializer
from stages.models.interface import Tensor
from stages.models.steps import Steps, masked


@dataclass(frozen=True)
class MaskedConvolutions:
    """What all convolutions of a network have in common.

    Attributes
    ----------
    normalization
        Between convolution and activation; batch normalization is of the steps that are there alone.
    activation
        Any Keras activation by name.
    """

    normalization: Normalization = "batch"
    activation: str = "relu"

    def convolved(self, steps: Steps, filters: int, size: int, *, name: str) -> Steps:
        """Return convolution, normalization and activation of `steps`."""
        return masked(self.activated(self.linear(steps, filters, size, name=name), name=name), steps.mask)

    def linear(self, steps: Steps, filters: int, size: int, *, name: str) -> Tensor:
        """Return convolution and normalization of `steps`, as many steps as before, padding not masked."""
        layer = keras.layers.Conv1D(
            filters,
            size,
            padding="same",
            kernel_initializer=auto_initializer(self.activation),
            use_bias=self.normalization != "batch",  # batch normalization has its own offset
            name=name,
        )
        return self.normalized(Steps(layer(steps.tensor), steps.mask), name=name)

    def normalized(self, steps: Steps, *, name: str) -> Tensor:
        """Return `steps` normalised, padding not masked."""
        if self.normalization == "none":
            return steps.tensor
        if self.normalization == "layer":
            return keras.layers.LayerNormalization(name=f"{name}_normalization")(steps.tensor)
        layer = keras.layers.BatchNormalization(name=f"{name}_normalization")
        return layer(steps.tensor, mask=steps.mask)

    def activated(self, tensor: Tensor, *, name: str) -> Tensor:
        """Return `tensor` activated."""
        if self.activation == "prelu":
            return keras.layers.PReLU(shared_axes=[1], name=f"{name}_prelu")(tensor)
        return keras.layers.Activation(self.activation, name=f"{name}_{self.activation}")(tensor)


def check_sizes(filters: Sequence[int], kernel_sizes: Sequence[int]) -> None:
    """Raise ValueError unless there is one kernel size for each number of filters."""
    if len(filters) != len(kernel_sizes):
        raise ValueError(
            f"model.filters={list(filters)} and model.kernel_sizes={list(kernel_sizes)} need one kernel size "
            f"for each convolution, received {len(filters)} and {len(kernel_sizes)} of them."
        )
