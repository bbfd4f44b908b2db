"""Convolutions over pictures: each with its normalization, its activation and its penalty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import keras

from stages.models.hidden import Normalization, auto_initializer
from stages.models.interface import Tensor

GlobalPooling = Literal["average", "max", "flatten"]


@dataclass(frozen=True)
class Convolutions:
    """What all convolutions of a network have in common.

    Attributes
    ----------
    kernel_size
        Height and width of the kernels, in pixels.
    activation
        Any Keras activation by name, or ``prelu``.
    normalization
        Batch or layer normalization between convolution and activation.
    l2
        Penalty on the kernels.
    """

    kernel_size: int = 3
    activation: str = "relu"
    normalization: Normalization = "batch"
    l2: float = 0.0

    def convolved(self, maps: Tensor, filters: int, *, name: str, size: int = 0, stride: int = 1) -> Tensor:
        """Return the convolution of `maps`, as large as they are over `stride`."""
        return keras.layers.Conv2D(
            filters,
            size or self.kernel_size,
            strides=stride,
            padding="same",
            use_bias=self.normalization != "batch",  # batch normalization has its own offset
            kernel_initializer=auto_initializer(self.activation),
            kernel_regularizer=keras.regularizers.L2(self.l2) if self.l2 else None,
            name=name,
        )(maps)

    def normalized(self, maps: Tensor, *, name: str, gamma: str = "ones") -> Tensor:
        """Return `maps` normalized; `gamma` is the initial scale, ``zeros`` to begin without them."""
        layers: dict[str, Any] = {
            "batch": keras.layers.BatchNormalization,
            "layer": keras.layers.LayerNormalization,
        }
        if self.normalization == "none":
            return maps
        made = layers[self.normalization](gamma_initializer=gamma, name=f"{name}_normalization")
        return made(maps)

    def activated(self, maps: Tensor, *, name: str) -> Tensor:
        """Return `maps` after the activation."""
        if self.activation == "prelu":
            return keras.layers.PReLU(shared_axes=(1, 2), name=f"{name}_prelu")(maps)
        return keras.layers.Activation(self.activation, name=f"{name}_{self.activation}")(maps)

    def block(self, maps: Tensor, filters: int, *, name: str, stride: int = 1) -> Tensor:
        """Return a convolution of `maps`, normalized and activated."""
        made = self.convolved(maps, filters, name=name, stride=stride)
        return self.activated(self.normalized(made, name=name), name=name)


def pooled(maps: Tensor, pooling: GlobalPooling, *, name: str) -> Tensor:
    """Return one vector a picture: the mean or the largest value of each map, or all of them."""
    layers: dict[str, Any] = {
        "average": keras.layers.GlobalAveragePooling2D,
        "max": keras.layers.GlobalMaxPooling2D,
        "flatten": keras.layers.Flatten,
    }
    return layers[pooling](name=name)(maps)
