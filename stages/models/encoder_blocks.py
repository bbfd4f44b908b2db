"""Blocks of a transformer encoder over steps, normalised before each part, blind to padding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import keras
import numpy as np

from stages.examples.encoded import Array
from stages.models.interface import Tensor
from stages.models.steps import Steps, masked

Positions = Literal["learned", "sinusoidal", "none"]
LONGEST_WAVE = 10_000.0


@dataclass(frozen=True)
class EncoderBlocks:
    """What all blocks of an encoder have in common.

    Attributes
    ----------
    heads
        Attention heads, each of ``dimension / heads`` features.
    feed_forward
        Width of the dense layer within a block.
    dropout
        Share set to zero in training: of the attention, and of what each part adds, in [0, 1).
    """

    heads: int = 2
    feed_forward: int = 128
    dropout: float = 0.1

    def encoded(self, steps: Steps, *, name: str) -> Steps:
        """Return `steps` after self-attention and a feed-forward part, each added to its input.

        Vaswani et al. (2017), Attention is all you need; normalised before each part as in Xiong et al.
        (2020), On layer normalization in the transformer architecture, which needs no warm-up.
        """
        tensor = self._added(steps.tensor, self._attended(steps, name=name), name=f"{name}_attention")
        tensor = self._added(tensor, self._fed_forward(tensor, name=name), name=f"{name}_feed_forward")
        return masked(tensor, steps.mask)

    def _attended(self, steps: Steps, *, name: str) -> Tensor:
        dimension = steps.tensor.shape[-1]
        normal = keras.layers.LayerNormalization(epsilon=1e-6, name=f"{name}_attention_normalization")(
            steps.tensor
        )
        layer = keras.layers.MultiHeadAttention(
            self.heads, dimension // self.heads, dropout=self.dropout, name=f"{name}_attention"
        )
        return layer(normal, normal, value_mask=steps.mask)

    def _fed_forward(self, tensor: Tensor, *, name: str) -> Tensor:
        dimension = tensor.shape[-1]
        normal = keras.layers.LayerNormalization(epsilon=1e-6, name=f"{name}_feed_forward_normalization")(
            tensor
        )
        wide = keras.layers.Dense(self.feed_forward, activation="gelu", name=f"{name}_wide")(normal)
        return keras.layers.Dense(dimension, name=f"{name}_narrow")(wide)

    def _added(self, tensor: Tensor, part: Tensor, *, name: str) -> Tensor:
        if self.dropout:
            part = keras.layers.Dropout(self.dropout, name=f"{name}_dropout")(part)
        return keras.layers.Add(name=f"{name}_residual")([tensor, part])


def with_positions(steps: Steps, positions: Positions) -> Steps:
    """Return `steps` with a vector for the place of each step added, counted from the first."""
    if positions == "none":
        return steps
    _, longest, dimension = steps.tensor.shape
    layer = keras.layers.Embedding(
        longest, dimension, trainable=positions == "learned", name="position_vectors"
    )
    ones = keras.ops.ones_like(steps.mask, dtype="int32")
    vectors = layer(keras.ops.cumsum(ones, axis=1) - 1)
    if positions == "sinusoidal":
        layer.set_weights([sinusoids(longest, dimension)])
    return masked(keras.layers.Add(name="positions")([steps.tensor, vectors]), steps.mask)


def sinusoids(length: int, dimension: int) -> Array:
    """Return sines and cosines of the position, ``(length, dimension)`` float32, as Vaswani et al. (2017).

    Examples
    --------
    >>> sinusoids(2, 2).round(2).tolist()
    [[0.0, 1.0], [0.8399999737739563, 0.5400000214576721]]
    """
    place = np.arange(length)[:, np.newaxis]
    column = np.arange(dimension)[np.newaxis]
    angle = place / LONGEST_WAVE ** (2 * (column // 2) / dimension)
    return np.where(column % 2, np.cos(angle), np.sin(angle)).astype(np.float32)
