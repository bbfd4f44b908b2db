"""Hidden blocks: a dense layer, its normalization, its activation and its dropout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import keras

from stages.models.interface import Tensor

Normalization = Literal["none", "batch", "layer"]

SYMMETRIC = ("linear", "tanh", "sigmoid", "softmax", "softsign", "hard_sigmoid", "hard_tanh")
AUTO_INITIALIZER = {"selu": "lecun_normal", **dict.fromkeys(SYMMETRIC, "glorot_uniform")}
"""Initialisers by activation; ``he_normal`` for all others, which are shaped like ReLU."""


@dataclass(frozen=True)
class HiddenBlocks:
    """What all hidden blocks of a network have in common.

    Attributes
    ----------
    activation
        Any Keras activation by name, or ``prelu``.
    normalization
        Batch or layer normalization between the dense layer and its activation.
    dropout
        Share of the features set to zero in training, in [0, 1); alpha dropout after ``selu``.
    l1, l2
        Penalties on the dense kernels.
    kernel_initializer
        Any Keras initialiser by name; ``auto`` for `auto_initializer`.
    residual
        Whether each block's input is added to its output, through a linear projection where the
        widths differ.
    """

    activation: str = "relu"
    normalization: Normalization = "none"
    dropout: float = 0.0
    l1: float = 0.0
    l2: float = 0.0
    kernel_initializer: str = "auto"
    residual: bool = False


def auto_initializer(activation: str) -> str:
    """Return the initialiser that keeps the variance of the features from layer to layer.

    He et al. 2015 for ReLU and its relatives, Klambauer et al. 2017 for SELU, Glorot and Bengio 2010
    for the symmetric ones.

    Examples
    --------
    >>> auto_initializer("relu"), auto_initializer("selu"), auto_initializer("tanh")
    ('he_normal', 'lecun_normal', 'glorot_uniform')
    """
    return AUTO_INITIALIZER.get(activation, "he_normal")


def regularizer(l1: float, l2: float) -> Any:
    """Return the penalty ``l1 * sum|w| + l2 * sum w^2``, or None where both are 0."""
    return keras.regularizers.L1L2(l1=l1, l2=l2) if l1 or l2 else None


def hidden(features: Tensor, units: Sequence[int], *, blocks: HiddenBlocks) -> Tensor:
    """Return `features` after one block for each width in `units`."""
    for number, width in enumerate(units, start=1):
        features = _block(features, width, name=f"hidden_{number}", blocks=blocks)
    return features


def _block(features: Tensor, width: int, *, name: str, blocks: HiddenBlocks) -> Tensor:
    outcome = _dense(features, width, name=name, blocks=blocks)
    outcome = _normalized(outcome, name=name, normalization=blocks.normalization)
    outcome = _activation(blocks.activation, name=f"{name}_{blocks.activation}")(outcome)
    if blocks.dropout:
        outcome = _dropout(blocks, name=f"{name}_dropout")(outcome)
    if not blocks.residual:
        return outcome
    return keras.layers.Add(name=f"{name}_residual")([_shortcut(features, width, name=name), outcome])


def _dense(features: Tensor, width: int, *, name: str, blocks: HiddenBlocks) -> Tensor:
    initializer = blocks.kernel_initializer
    return keras.layers.Dense(
        width,
        kernel_initializer=auto_initializer(blocks.activation) if initializer == "auto" else initializer,
        kernel_regularizer=regularizer(blocks.l1, blocks.l2),
        use_bias=blocks.normalization != "batch",  # batch normalization has its own offset
        name=name,
    )(features)


def _normalized(features: Tensor, *, name: str, normalization: Normalization) -> Tensor:
    if normalization == "batch":
        return keras.layers.BatchNormalization(name=f"{name}_normalization")(features)
    if normalization == "layer":
        return keras.layers.LayerNormalization(name=f"{name}_normalization")(features)
    return features


def _activation(activation: str, *, name: str) -> Any:
    if activation == "prelu":
        return keras.layers.PReLU(name=name)
    return keras.layers.Activation(activation, name=name)


def _dropout(blocks: HiddenBlocks, *, name: str) -> Any:
    # plain dropout would break the self-normalising mean and variance that SELU is made for
    layer = keras.layers.AlphaDropout if blocks.activation == "selu" else keras.layers.Dropout
    return layer(blocks.dropout, name=name)


def _shortcut(features: Tensor, width: int, *, name: str) -> Tensor:
    if features.shape[-1] == width:
        return features
    return keras.layers.Dense(width, use_bias=False, name=f"{name}_projection")(features)
