"""A policy applied to many rows outside training, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import tensorflow as tf

from stages.examples.encoded import Array
from stages.policies.interface import Policy

GREATEST_SEED = 2**31


def changed_chunks(
    chunks: Iterable[Mapping[str, Array]], policy: Policy, *, seed: int
) -> Iterator[dict[str, Array]]:
    """Yield the inputs of each chunk as `policy` changes them, in their own dtype; whole numbers are rounded.

    Parameters
    ----------
    chunks
        Arrays by input name, ``(n, *shape)``.
    seed
        With the number of the chunk it decides what happens.
    """
    for number, chunk in enumerate(chunks):
        rows = len(next(iter(chunk.values())))
        with tf.device("CPU:0"):  # the same numbers on every machine
            changed = policy(
                {name: tf.constant(array) for name, array in chunk.items()},
                tf.zeros(rows),
                None,
                seed=tf.constant([seed % GREATEST_SEED, number], tf.int32),
            )
        yield {name: _as(tensor.numpy(), chunk[name].dtype) for name, tensor in changed.inputs.items()}


def _as(values: Array, dtype: np.dtype) -> Array:
    """Return `values` as `dtype`, rounded where it holds whole numbers."""
    whole = np.issubdtype(dtype, np.integer) and np.issubdtype(values.dtype, np.floating)
    return (np.rint(values) if whole else values).astype(dtype)
