"""From the steps of a text or series to one vector: pooling that leaves padding out."""

from __future__ import annotations

from typing import Literal

import keras

from stages.models.interface import Tensor
from stages.models.steps import Steps

Pooling = Literal["mean", "max", "attention"]

LOWEST = -6e4
"""Below any feature, and within the range of half precision."""


def pooled(steps: Steps, how: Pooling, *, name: str = "attention") -> Tensor:
    """Return one vector ``(n_samples, dimension)`` for each example; zeros for one without any step.

    ``mean`` and ``max`` are taken over the steps that are there; ``attention`` weighs them by a learned
    score, ``softmax(v . tanh(W h_t))`` (Yang et al. 2016, Hierarchical attention networks for document
    classification), in layers called after `name`.
    """
    if how == "max":
        return _max(steps)
    shares = _mean_shares(steps.mask) if how == "mean" else _attention_shares(steps, name)
    return _weighted_sum(steps, shares)


def _max(steps: Steps) -> Tensor:
    there = keras.ops.expand_dims(steps.mask, -1)
    highest = keras.ops.max(keras.ops.where(there, steps.tensor, LOWEST), axis=1)
    return keras.ops.where(keras.ops.any(there, axis=1), highest, 0.0)


def _mean_shares(mask: Tensor) -> Tensor:
    there = keras.ops.cast(mask, "float32")
    return there / keras.ops.maximum(keras.ops.sum(there, axis=1, keepdims=True), 1.0)


def _attention_shares(steps: Steps, name: str) -> Tensor:
    hidden = keras.layers.Dense(steps.tensor.shape[-1], activation="tanh", name=name)(steps.tensor)
    scores = keras.layers.Dense(1, use_bias=False, dtype="float32", name=f"{name}_score")(hidden)
    scores = keras.ops.squeeze(scores, axis=-1)
    return keras.ops.softmax(keras.ops.where(steps.mask, scores, LOWEST), axis=1)


def _weighted_sum(steps: Steps, shares: Tensor) -> Tensor:
    there = keras.ops.where(keras.ops.expand_dims(steps.mask, -1), steps.tensor, 0.0)
    weights = keras.ops.expand_dims(keras.ops.cast(shares, there.dtype), -1)
    return keras.ops.sum(weights * there, axis=1)
