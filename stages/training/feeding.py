"""Batches for Keras: gathered by tf.data, in an order that is a function of (seed, epoch) alone.

A killed training can go on at its epoch because nothing here remembers anything. What is small lies in
memory as a tensor; what is large, lazy or sparse is read batch by batch, ahead of the network.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf

from stages.examples.arrays import Values, gather, row_bytes
from stages.examples.encoded import Array
from stages.training.altering import altered
from stages.training.rows import Rows

Batch = tuple[Any, ...]
"""Inputs by name, the target, and the weight where there is one."""

RESIDENT_BYTES = 64 * 2**20
"""An input up to this size is held in memory as one tensor."""
MEDIA = ("image", "text", "sequence")
"""Inputs of few bytes of which a network makes many."""
MEDIA_ROWS = 256
MEDIA_STEPS = 16
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
    most = min(steps, MEDIA_STEPS if has_media(rows) else MOST_STEPS)
    return max(1, min(most, BYTES_OF_AN_EXECUTION // max(1, _row_bytes(rows) * batch_size)))


def has_media(rows: Rows) -> bool:
    """Return whether the network reads pictures, text or series, whose inner layers are far wider."""
    return any(name in MEDIA for name in rows.inputs)


def epoch_seeds(steps: int, *, seed: int, epoch: int) -> Array:
    """Return what augmentation draws from at each step of `epoch` (from 0), ``(steps, 2)`` int32.

    Examples
    --------
    >>> epoch_seeds(3, seed=0, epoch=1).shape
    (3, 2)
    """
    states = np.random.SeedSequence([seed, epoch, 1]).generate_state(2 * steps)
    return states.view(np.int32).reshape(steps, 2)


class Shuffled(keras.callbacks.Callback):
    """The training rows as a data set whose order is set anew before each epoch.

    Parameters
    ----------
    policy
        How each batch is changed on the fly, ``policy(inputs, target, weight, seed=...)``; None for not
        at all.

    Attributes
    ----------
    batches
        A `tf.data.Dataset` of (inputs, target) or (inputs, target, weight).
    """

    def __init__(self, rows: Rows, *, batch_size: int, seed: int, policy: Any = None) -> None:
        super().__init__()
        self.num_rows, self.num_steps = len(rows), num_steps(len(rows), batch_size)
        self.seed = seed
        with tf.device("CPU:0"):
            self.order = tf.Variable(np.arange(self.num_rows), dtype=tf.int64, trainable=False)
            self.seeds = tf.Variable(epoch_seeds(self.num_steps, seed=seed, epoch=0), trainable=False)
            read = reader(rows)

        def batch(step: Any) -> Batch:
            chosen = read(self.order[step * batch_size : (step + 1) * batch_size])
            return chosen if policy is None else altered(chosen, policy, seed=self.seeds[step])

        steps = tf.data.Dataset.range(self.num_steps)
        self.batches = steps.map(batch).prefetch(AHEAD).with_options(_options())

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Set the order of `epoch`, and what augmentation draws from."""
        self.order.assign(epoch_order(self.num_rows, seed=self.seed, epoch=epoch))
        self.seeds.assign(epoch_seeds(self.num_steps, seed=self.seed, epoch=epoch))


def in_order(rows: Rows) -> tf.data.Dataset:
    """Return `rows` in large batches, in their own order."""
    fitting = max(1, min(len(rows), VALIDATION_BYTES // max(1, _row_bytes(rows))))
    batch_size = min(fitting, MEDIA_ROWS) if has_media(rows) else fitting
    with tf.device("CPU:0"):
        if all(map(_is_resident, rows.inputs.values())):
            fields = tf.nest.map_structure(tf.constant, _fields(rows, _whole))
            batches = tf.data.Dataset.from_tensor_slices(fields).batch(batch_size).cache()
        else:
            read, last = reader(rows), len(rows)
            starts = tf.data.Dataset.range(0, last, batch_size)
            batches = starts.map(lambda start: read(tf.range(start, tf.minimum(start + batch_size, last))))
    return batches.prefetch(AHEAD).with_options(_options())


def first_rows(rows: Rows, count: int) -> Batch:
    """Return the first `count` rows as a batch."""
    first = np.arange(min(count, len(rows)))
    batch: Batch = tf.nest.map_structure(tf.constant, _fields(rows, lambda values: gather(values, first)))
    return batch


def reader(rows: Rows) -> Callable[[Any], Batch]:
    """Return the function from the numbers of rows, a tensor ``(n,)`` int64, to these rows as a batch."""
    reads = _fields(rows, _read_resident, _read_large)

    def read(chosen: Any) -> Batch:
        batch: Batch = tf.nest.map_structure(lambda each: each(chosen), reads)
        return batch

    return read


def _read_resident(values: Values) -> Callable[[Any], Any]:
    tensor = tf.constant(_whole(values))
    return lambda chosen: tf.gather(tensor, chosen)


def _read_large(values: Values) -> Callable[[Any], Any]:
    def read(chosen: Any) -> Any:
        batch = tf.numpy_function(lambda rows: gather(values, rows), [chosen], values.dtype, stateful=False)
        batch.set_shape((None, *values.shape[1:]))
        return batch

    return read


def _fields(
    rows: Rows, small: Callable[[Values], Any], large: Callable[[Values], Any] | None = None
) -> Batch:
    """Return the batch of what `small` makes of each field; `large` of inputs too large to be held."""
    inputs = {
        name: small(values) if large is None or _is_resident(values) else large(values)
        for name, values in rows.inputs.items()
    }
    rest = [rows.target] if rows.weight is None else [rows.target, rows.weight]
    return (inputs, *map(small, rest))


def _whole(values: Values) -> Array:
    return values if type(values) is np.ndarray else gather(values, np.arange(values.shape[0]))


def _is_resident(values: Values) -> bool:
    return bool(values.shape[0] * row_bytes(values) <= RESIDENT_BYTES)


def _row_bytes(rows: Rows) -> int:
    return sum(map(row_bytes, rows.inputs.values()))


def _options() -> tf.data.Options:
    """Return options that keep the order and spare the threads the network needs."""
    options = tf.data.Options()
    options.deterministic = True
    options.autotune.enabled = False
    options.threading.private_threadpool_size = 1
    return options
