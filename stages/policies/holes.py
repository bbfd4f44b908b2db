"""Cut-out: squares of a picture filled in."""

from __future__ import annotations

import tensorflow as tf

from stages.policies.interface import Tensor


def cut_out(images: Tensor, middles: Tensor, *, side: int, fill_value: float) -> Tensor:
    """Return pictures with squares filled in, float32; at the border part of a square lies outside.

    DeVries & Taylor (2017), Improved Regularization of Convolutional Neural Networks with Cutout.

    Parameters
    ----------
    images
        ``(n, height, width, channels)``.
    middles
        Row and column of the middle of each hole as fractions of height and width, ``(n, holes, 2)``.
    side
        Pixels of the side of a square.
    """
    height, width = images.shape[1], images.shape[2]
    first = tf.round(middles * tf.constant([height, width], tf.float32) - side / 2)[:, :, tf.newaxis]
    rows, columns = (_covered(size, first[..., axis], side) for axis, size in enumerate((height, width)))
    hole = tf.reduce_any(rows[:, :, :, tf.newaxis] & columns[:, :, tf.newaxis, :], axis=1)
    return tf.where(hole[..., tf.newaxis], fill_value, tf.cast(images, tf.float32))


def _covered(size: int, first: Tensor, side: int) -> Tensor:
    """Return which of `size` pixels lie in ``first`` to ``first + side``, ``(n, holes, size)``."""
    place = tf.range(size, dtype=tf.float32)
    return (place >= first) & (place < first + side)
