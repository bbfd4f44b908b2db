"""Smooth random curves along a series."""

from __future__ import annotations

from functools import cache

import numpy as np
import tensorflow as tf

from stages.examples.encoded import Array
from stages.policies.interface import Tensor

SLOWEST = 0.1
"""Least speed of a time warp: a curve may dip to 0 and below, time does not."""


def smooth(points: Tensor, place: Tensor) -> Tensor:
    """Return the cubic splines through `points`, read at `place`, ``(n, n_steps, n_channels)`` float32.

    Parameters
    ----------
    points
        Values at evenly spaced points, the ends among them, ``(n, knots, n_channels)``.
    place
        0 (first point) to 1 (last point), ``(n, n_steps)``.
    """
    knots = points.shape[1]
    along = place * (knots - 1)
    segment = tf.clip_by_value(tf.floor(along), 0.0, knots - 2.0)
    beyond = along - segment
    # Values of a spline are linear in its points: so these weights fit every channel.
    weights = tf.zeros_like(beyond)[..., tf.newaxis]
    for power in tf.unstack(tf.gather(spline_coefficients(knots), tf.cast(segment, tf.int32), axis=1)):
        weights = weights * beyond[..., tf.newaxis] + power
    return tf.matmul(weights, points)


@cache
def spline_coefficients(knots: int) -> Array:
    """Return what each of `knots` points adds to each segment of a cubic spline, ``(4, knots - 1, knots)``.

    The highest power comes first.
    """
    from scipy.interpolate import CubicSpline

    coefficients: Array = CubicSpline(np.arange(knots), np.eye(knots)).c.astype(np.float32)
    return coefficients


def warped_time(speed: Tensor, last: Tensor) -> Tensor:
    """Return how far a series has run at each step, 0 to 1 at its last one, ``(n, n_steps)``.

    Parameters
    ----------
    speed
        At each step, ``(n, n_steps)``; below `SLOWEST` it counts as that.
    last
        Number of the last step, from 0, ``(n, 1)`` int32.
    """
    passed = tf.cumsum(tf.maximum(speed, SLOWEST), axis=1)
    since = passed - passed[:, :1]
    return tf.math.divide_no_nan(since, tf.gather(since, last, batch_dims=1))
