"""Random changes of a batch of series."""

from __future__ import annotations

import tensorflow as tf

from stages.examples.encoded import Spec
from stages.policies.curves import smooth
from stages.policies.draws import Draws
from stages.policies.interface import Batch, Tensor
from stages.policies.modality import check_input
from stages.policies.retiming import random_timing, read, straight
from stages.policies.sequence_changes import SequenceChanges

SEQUENCE, LENGTH = "sequence", "sequence_length"


class SequencePolicy:
    """Change series at random: noise, scale, time, masks. Labels stay; so do the zeros after a series' end.

    Parameters
    ----------
    changes
        What may happen, and how much of it.
    spec
        Of the encoded examples; they have the input ``sequence``, and ``sequence_length`` where lengths vary.

    Raises
    ------
    ValueError
        Where they have no series.

    Examples
    --------
    >>> from stages.examples.encoded import InputSpec
    >>> series = InputSpec(name="sequence", dtype="float32", shape=(4, 1))
    >>> spec = Spec(task="binary", classes=("no", "yes"), inputs=(series,))
    >>> policy = SequencePolicy(SequenceChanges(permutation=2), spec=spec)
    >>> steps = tf.constant([[[1.0], [2.0], [3.0], [4.0]]])
    >>> changed = policy({"sequence": steps}, tf.constant([1]), None, seed=tf.constant([0, 3]))
    >>> changed.inputs["sequence"].numpy().ravel().tolist()
    [3.0, 4.0, 1.0, 2.0]
    """

    soft_labels = False

    def __init__(self, changes: SequenceChanges, *, spec: Spec) -> None:
        check_input(spec, SEQUENCE, changes="series")
        self.changes = changes

    def __call__(
        self, inputs: dict[str, Tensor], target: Tensor, weight: Tensor | None, *, seed: Tensor
    ) -> Batch:
        """Return the changed batch."""
        series = inputs[SEQUENCE]
        rows, steps = tf.shape(series)[0], series.shape[1]
        length = inputs.get(LENGTH, tf.fill((rows, 1), steps))
        draws = Draws(seed, rows)
        if self.changes.retimed:
            timing = random_timing(self.changes, draws, length, steps=steps)
            series, length = read(series, timing), timing.length
        series = self._rescaled(series, length, draws)
        kept = unmasked(self.changes, draws, length, shape=(steps, series.shape[2]))
        series = tf.where(kept & within(length, steps), series, 0.0)
        lengths = {LENGTH: length} if LENGTH in inputs else {}
        return Batch({**inputs, SEQUENCE: series, **lengths}, target, weight)

    def _rescaled(self, series: Tensor, length: Tensor, draws: Draws) -> Tensor:
        """Return the series with their values changed: scaled, warped, then with noise."""
        changes, (steps, channels) = self.changes, series.shape[1:]
        deviation = deviations(series, within(length, steps)) if changes.jitter else None
        if changes.scaling:
            series = series * (1 + changes.scaling * draws.normal("scaling", 1, channels))
        if changes.magnitude_warp:
            points = 1 + changes.magnitude_warp * draws.normal("magnitude warp", changes.knots, channels)
            series = series * smooth(points, straight(length, steps))
        if deviation is not None:
            series = series + changes.jitter * deviation * draws.normal("jitter", steps, channels)
        return series


def within(length: Tensor, steps: int) -> Tensor:
    """Return which steps belong to each series, ``(n, steps, 1)`` bool."""
    return (tf.range(steps)[tf.newaxis] < length)[..., tf.newaxis]


def deviations(series: Tensor, inside: Tensor) -> Tensor:
    """Return the standard deviation of each channel over the steps inside, ``(n, 1, n_channels)``."""
    count = tf.maximum(tf.reduce_sum(tf.cast(inside, tf.float32), axis=1, keepdims=True), 1.0)
    mean = tf.reduce_sum(tf.where(inside, series, 0.0), axis=1, keepdims=True) / count
    squares = tf.where(inside, tf.square(series - mean), 0.0)
    return tf.sqrt(tf.reduce_sum(squares, axis=1, keepdims=True) / count)


def unmasked(changes: SequenceChanges, draws: Draws, length: Tensor, *, shape: tuple[int, int]) -> Tensor:
    """Return which values stay, ``(n, n_steps, n_channels)`` bool or what broadcasts to it."""
    steps, channels = shape
    kept = tf.ones((draws.rows, 1, 1), tf.bool)
    if changes.time_mask:
        long = tf.cast(length, tf.float32)
        size = tf.floor(draws.uniform("mask size", 0.0, changes.time_mask, 1) * long + 0.5)
        first = tf.floor(draws.uniform("mask start", 0.0, 1.0, 1) * (long - size + 1))
        step = tf.range(steps, dtype=tf.float32)[tf.newaxis]
        kept &= ((step < first) | (step >= first + size))[..., tf.newaxis]
    if changes.channel_mask:
        spared = draws.integers("spared channel", channels, 1) == tf.range(channels)[tf.newaxis]
        lucky = draws.uniform("channel mask", 0.0, 1.0, channels) >= changes.channel_mask
        kept &= (spared | lucky)[:, tf.newaxis]
    return kept
