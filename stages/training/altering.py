"""Batches changed on the fly by a policy of augmentation, on their way to the network."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

BRIGHTEST = 255.0


def altered(batch: tuple[Any, ...], policy: Any, *, seed: Any) -> tuple[Any, ...]:
    """Return `batch` as `policy` changes it, its inputs in the types in which the network takes them.

    Parameters
    ----------
    batch
        Inputs by name, the target, and the weight where there is one.
    seed
        What the policy draws from, ``(2,)`` int32.
    """
    inputs, target, weight = batch if len(batch) == 3 else (*batch, None)
    changed, labels, counts = policy(inputs, target, weight, seed=seed)
    typed = {name: _typed(each, inputs[name].dtype) for name, each in changed.items()}
    return (typed, labels) if counts is None else (typed, labels, counts)


def _typed(values: Any, dtype: Any) -> Any:
    """Return `values` as `dtype`: brightness is rounded, for cutting it off would darken every picture."""
    if values.dtype != dtype and dtype == tf.uint8:
        values = tf.round(tf.clip_by_value(values, 0.0, BRIGHTEST))
    return tf.cast(values, dtype)
