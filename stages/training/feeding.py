"""Batches for Keras: gathered by tf.data, in an order that is a function of (seed, epoch) alone.

A killed training can go on at its epoch because nothing here remembers anything.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf

from stages.examples.encoded import Array
from stages.training.rows import Rows

MOST_STEPS = 256
BYTES_OF_AN_EXECUTION = 16 * 2**20
VALIDATION_BYTES = 4 * 2**20
AHEAD = 2
"""Batches made ready while the network works on another."""


def epoch_order(num_rows: int, *, seed: int, epoch: int) -> Array:
    """Return the order of the rows in `epoch` (from 0), ``(num_rows,)`` int64.

    Examples
    --------
    >>> epoch_order(5, seed=0, epoch=3).tolist() == epoch_order(5, seed=0, epoch=3).tolist()
    True
    """
    return np.random.default_rng([seed, epoch]).permutation(num_rows)


def num_steps(num_rows: int, batch_size: int) -> int:
    """Return the steps of an epoch; the last batch may be smaller."""
    return math.ceil(num_rows / batch_size)


def steps_per_execution(rows: Rows, *, batch_size: int, wanted: int | Literal["auto"] = "auto") -> int:
    """Return how many steps to run between two looks at the clock.

    Small batches are bound by the overhead of each call; large ones should let progress be seen and
    a signal be heard.
    """
    steps = num_steps(len(rows), batch_size)
    if wanted != "auto":
        return min(wanted, steps)
    return max(1, min(steps, MOST_STEPS, BYTES_OF_AN_EXECUTION // max(1, _row_bytes(rows) * batch_size)))


class Shuffled(keras.callbacks.Callback):
    """The training rows as a data set whose order is set anew before each epoch.

    Attributes
    ----------
    batches
        A `tf.data.Dataset` of (inputs, target) or (inputs, target, weight).
    """

    def __init__(self, rows: Rows, *, batch_size: int, seed: int) -> None:
        super().__init__()
        self.num_rows = len(rows)
        self.seed = seed
        with tf.device("CPU:0"):
            self.order = tf.Variable(np.arange(self.num_rows), dtype=tf.int64, trainable=False)
            tensors = tf.nest.map_structure(tf.constant, _fields(rows))

        def gather(step: Any) -> Any:
            chosen = self.order[step * batch_size : (step + 1) * batch_size]
            return tf.nest.map_structure(lambda tensor: tf.gather(tensor, chosen), tensors)

        steps = tf.data.Dataset.range(num_steps(self.num_rows, batch_size))
        self.batches = steps.map(gather).prefetch(AHEAD).with_options(_options())

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Set the order of `epoch`."""
        self.order.assign(epoch_order(self.num_rows, seed=self.seed, epoch=epoch))


def in_order(rows: Rows) -> tf.data.Dataset:
    """Return `rows` in large batches, in their own order."""
    batch_size = max(1, min(len(rows), VALIDATION_BYTES // max(1, _row_bytes(rows))))
    with tf.device("CPU:0"):
        batches = tf.data.Dataset.from_tensor_slices(_fields(rows)).batch(batch_size)
    return batches.cache().prefetch(AHEAD).with_options(_options())


def first_rows(rows: Rows, count: int) -> Any:
    """Return the first `count` rows as a batch."""
    return tf.nest.map_structure(lambda array: tf.constant(array[:count]), _fields(rows))


def _fields(rows: Rows) -> tuple[Any, ...]:
    inputs = {name: np.asarray(array) for name, array in rows.inputs.items()}
    return (inputs, rows.target) if rows.weight is None else (inputs, rows.target, rows.weight)


def _row_bytes(rows: Rows) -> int:
    return sum(array[:1].nbytes for array in rows.inputs.values())


def _options() -> tf.data.Options:
    """Return options that keep the order and spare the threads the network needs."""
    options = tf.data.Options()
    options.deterministic = True
    options.autotune.enabled = False
    options.threading.private_threadpool_size = 1
    return options
