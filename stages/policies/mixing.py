"""Mix two pictures and their labels: mixup, CutMix."""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from stages.policies.draws import Draws
from stages.policies.image_changes import MixedImageChanges
from stages.policies.interface import Tensor


class Mix(NamedTuple):
    """Which row each row is mixed with, and how much of it stays.

    Attributes
    ----------
    partner
        ``(n,)`` int32.
    pixels
        Share of each pixel that stays, ``(n, height, width, 1)``.
    share
        Share of the whole picture, and so of the label, ``(n,)``.
    """

    partner: Tensor
    pixels: Tensor
    share: Tensor


def random_mix(changes: MixedImageChanges, draws: Draws, *, height: int, width: int) -> Mix:
    """Return how the pictures of a batch are mixed: mixup, CutMix, or half of the pictures in either way."""
    size = {"height": height, "width": width}
    if not changes.cutmix:
        pixels = even_share(draws.beta("mixup", changes.mixup), **size)
    else:
        area = 1 - draws.beta("cutmix", changes.cutmix)
        pixels = outside_box(draws.uniform("box", 0.0, 1.0, 2), area, **size)
        if changes.mixup:
            even = even_share(draws.beta("mixup", changes.mixup), **size)
            pixels = tf.where(draws.chosen("way")[:, tf.newaxis, tf.newaxis, tf.newaxis], even, pixels)
    return Mix(draws.permutation("partner"), pixels, tf.reduce_mean(pixels, axis=[1, 2, 3]))


def even_share(share: Tensor, *, height: int, width: int) -> Tensor:
    """Return the same share ``(n,)`` for each pixel, ``(n, height, width, 1)``."""
    return tf.tile(share[:, tf.newaxis, tf.newaxis, tf.newaxis], (1, height, width, 1))


def outside_box(middle: Tensor, area: Tensor, *, height: int, width: int) -> Tensor:
    """Return 0 in a box of each picture and 1 outside, ``(n, height, width, 1)`` float32.

    Parameters
    ----------
    middle
        Row and column of its middle as fractions of height and width, ``(n, 2)``.
    area
        Fraction of the picture that the box has, where all of it lies inside, ``(n,)``.
    """
    sides = tf.sqrt(area)[:, tf.newaxis] * tf.constant([height, width], tf.float32)
    first = tf.round(middle * tf.constant([height, width], tf.float32) - sides / 2)
    last = first + tf.round(sides)
    rows, columns = (
        (place >= first[:, axis, tf.newaxis]) & (place < last[:, axis, tf.newaxis])
        for axis, place in enumerate(tf.range(size, dtype=tf.float32) for size in (height, width))
    )
    inside = rows[:, :, tf.newaxis] & columns[:, tf.newaxis, :]
    return 1 - tf.cast(inside, tf.float32)[..., tf.newaxis]


def mix_images(images: Tensor, mix: Mix) -> Tensor:
    """Return the mixed pictures, float32."""
    own = tf.cast(images, tf.float32)
    other = tf.gather(own, mix.partner)
    return other + (own - other) * mix.pixels


def mix_rows(rows: Tensor, mix: Mix) -> Tensor:
    """Return mixed labels, values or weights; ids come from the row with the larger share.

    Parameters
    ----------
    rows
        ``(n, ...)``.
    """
    other = tf.gather(rows, mix.partner)
    share = tf.reshape(mix.share, tf.concat([tf.shape(mix.share), tf.ones(tf.rank(rows) - 1, tf.int32)], 0))
    if not rows.dtype.is_floating:
        return tf.where(share >= 1 / 2, rows, other)
    share = tf.cast(share, rows.dtype)
    return other + (rows - other) * share
