"""Where each step of a changed series is read in the old one.

Warps, windows, crops and permutation are one function of time: so each value is interpolated once.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from stages.policies.curves import smooth, warped_time
from stages.policies.draws import Draws
from stages.policies.interface import Tensor
from stages.policies.sequence_changes import SequenceChanges


class Timing(NamedTuple):
    """Where a series is read.

    Attributes
    ----------
    place
        Step of the old series, between steps too, ``(n, n_steps)`` float32.
    length
        Steps of the new series, ``(n, 1)`` int32.
    """

    place: Tensor
    length: Tensor


def random_timing(changes: SequenceChanges, draws: Draws, length: Tensor, *, steps: int) -> Timing:
    """Return where each series is read, for series of `length` ``(n, 1)`` int32 of at most `steps` steps."""
    first, kept = random_crop(changes, draws, length)
    step = tf.broadcast_to(tf.range(steps)[tf.newaxis], (draws.rows, steps))
    if changes.permutation > 1:
        step = permuted(step, kept, draws.uniform("permutation", 0.0, 1.0, changes.permutation))
    place = tf.cast(step, tf.float32)
    if changes.time_warp or changes.window_warp or changes.window_slice:
        place = stretched(changes, draws, step, kept)
    last = tf.cast(kept - 1, tf.float32)
    return Timing(tf.cast(first, tf.float32) + tf.clip_by_value(place, 0.0, last), kept)


def stretched(changes: SequenceChanges, draws: Draws, step: Tensor, length: Tensor) -> Tensor:
    """Return where each step is read, for series whose time is warped, ``(n, n_steps)`` float32."""
    last = tf.cast(tf.maximum(length - 1, 1), tf.float32)
    far = tf.clip_by_value(tf.cast(step, tf.float32) / last, 0.0, 1.0)
    if changes.time_warp:
        points = 1 + changes.time_warp * draws.normal("time warp", changes.knots, 1)
        speed = smooth(points, straight(length, step.shape[1]))[..., 0]
        far = tf.gather(warped_time(speed, length - 1), step, batch_dims=1)
    if changes.window_warp:
        start = draws.uniform("window", 0.0, 1 - changes.window_warp)
        speed = tf.where(draws.chosen("speed"), 2.0, 0.5)
        far = window_warped(far, start, speed, size=changes.window_warp)
    if changes.window_slice:
        start = draws.uniform("slice", 0.0, changes.window_slice)[:, tf.newaxis]
        far = start + far * (1 - changes.window_slice)
    return far * last


def random_crop(changes: SequenceChanges, draws: Draws, length: Tensor) -> tuple[Tensor, Tensor]:
    """Return the first step that is kept and how many are, each ``(n, 1)`` int32; at least one is."""
    fraction = draws.uniform("crop", 1 - changes.crop, 1.0, 1)
    kept = tf.clip_by_value(
        tf.cast(tf.round(tf.cast(length, tf.float32) * fraction), tf.int32), 1, tf.maximum(length, 1)
    )
    room = tf.cast(tf.maximum(length - kept, 0) + 1, tf.float32)
    return tf.cast(draws.uniform("crop start", 0.0, 1.0, 1) * room, tf.int32), kept


def straight(length: Tensor, steps: int) -> Tensor:
    """Return how far along its series each step is, 0 to 1 at the last one and beyond, ``(n, steps)``."""
    last = tf.cast(tf.maximum(length - 1, 1), tf.float32)
    return tf.clip_by_value(tf.range(steps, dtype=tf.float32)[tf.newaxis] / last, 0.0, 1.0)


def window_warped(far: Tensor, start: Tensor, speed: Tensor, *, size: float) -> Tensor:
    """Return how far along the old series each place is, where a window of it runs at another speed.

    Parameters
    ----------
    far
        0 to 1, ``(n, steps)``.
    start
        Where the window begins in the old series, 0 to ``1 - size``, ``(n,)``.
    speed
        ``(n,)``: 2 shortens the window to half.
    """
    start, speed = start[:, tf.newaxis], speed[:, tf.newaxis]
    shown = size / speed
    passed = far * (1 - size + shown)
    inside = start + (passed - start) * speed
    behind = passed - shown + size
    return tf.where(passed < start, passed, tf.where(passed < start + shown, inside, behind))


def permuted(step: Tensor, length: Tensor, keys: Tensor) -> Tensor:
    """Return which step of the old series stands at each one, with equal parts in the order of `keys`.

    Parameters
    ----------
    step
        ``(n, steps)`` int32.
    length
        ``(n, 1)`` int32.
    keys
        One number a part, ``(n, parts)``; steps beyond the length stay in place.
    """
    parts = keys.shape[1]
    bounds = length * tf.range(parts + 1)[tf.newaxis] // parts
    order = tf.argsort(keys, axis=1)
    old_start = tf.gather(bounds[:, :-1], order, batch_dims=1)
    sizes = tf.gather(bounds[:, 1:] - bounds[:, :-1], order, batch_dims=1)
    ends = tf.cumsum(sizes, axis=1)
    part = tf.reduce_sum(tf.cast(step[:, :, tf.newaxis] >= ends[:, tf.newaxis], tf.int32), axis=2)
    part = tf.minimum(part, parts - 1)
    moved = step - tf.gather(ends - sizes, part, batch_dims=1) + tf.gather(old_start, part, batch_dims=1)
    return tf.where(step < length, moved, step)


def read(series: Tensor, timing: Timing) -> Tensor:
    """Return `series` ``(n, n_steps, n_channels)`` read at the places of `timing`, linear between steps."""
    steps = series.shape[1]
    place = tf.clip_by_value(timing.place, 0.0, steps - 1.0)
    before = tf.floor(place)
    part = (place - before)[..., tf.newaxis]
    first = tf.cast(before, tf.int32)
    low, high = (tf.gather(series, each, batch_dims=1) for each in (first, tf.minimum(first + 1, steps - 1)))
    # Not a mix where nothing lies between: what comes after the end of the series must not be touched.
    return tf.where(part > 0, low + (high - low) * part, low)
