"""RandAugment: some random operations, of one strength, for each picture.

Cubuk et al. (2020), RandAugment: Practical automated data augmentation with a reduced search space, CVPR
Workshops: its 14 operations, their ranges as in the authors' code, each growing with the magnitude and in a
random direction. Every operation has values with which it changes nothing: so one pass over the batch does a
different operation to each picture.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import tensorflow as tf

from stages.policies.color import Factors, recolor
from stages.policies.draws import Draws
from stages.policies.interface import Tensor
from stages.policies.warp import maps

OPERATIONS = (
    "identity",
    "autocontrast",
    "equalize",
    "rotate",
    "solarize",
    "color",
    "posterize",
    "contrast",
    "brightness",
    "sharpness",
    "shear_x",
    "shear_y",
    "translate_x",
    "translate_y",
)
GREATEST = 10.0
"""Magnitude at which an operation reaches the end of its range."""
DEGREES, SLOPE, MOVED, FACTOR, BITS = 30.0, 0.3, 0.3, 0.9, 4.0
"""Ends of the ranges: rotation, shear, translation (fraction of the size), factors of 1, bits taken away."""


class Step(NamedTuple):
    """One operation for each picture of a batch.

    Attributes
    ----------
    operation
        Place in `OPERATIONS`, ``(n,)`` int32.
    strength
        -1 to 1, ``(n,)``.
    """

    operation: Tensor
    strength: Tensor


def random_step(draws: Draws, number: int, *, magnitude: float) -> Step:
    """Return the operation `number` of each picture."""
    sign = 1 - 2 * tf.cast(draws.chosen(f"direction {number}"), tf.float32)
    operation = draws.integers(f"operation {number}", len(OPERATIONS))
    return Step(operation, sign * magnitude / GREATEST)


def where_moved(step: Step, *, height: int, width: int) -> Tensor:
    """Return the maps of coordinates of the operations that move pixels, for `stages.policies.warp.warp`."""
    angle = _strength(step, "rotate") * math.radians(DEGREES)
    down = _strength(step, "translate_y") * MOVED * height
    right = _strength(step, "translate_x") * MOVED * width
    moved = tf.stack([down, right], 1)
    turned = maps(
        angle=angle,
        slope=_strength(step, "shear_x") * SLOPE,
        scale=tf.ones_like(moved),
        moved=moved,
    )
    aslant = tf.pad(_strength(step, "shear_y")[:, tf.newaxis, tf.newaxis] * -SLOPE, [[0, 0], [0, 1], [1, 1]])
    return turned + aslant


def restyle(images: Tensor, step: Step) -> Tensor:
    """Return pictures with the operations done that change colours, float32 from 0 to 255."""
    images = tf.cast(images, tf.float32)
    factors = (1 + FACTOR * _strength(step, name) for name in ("brightness", "contrast", "color"))
    # Each picture has one operation only, so each is done to the picture as it came: in one loop, what an
    # operation builds upon would be computed anew for each of its neighbours and sums.
    styled = recolor(images, Factors(*factors))
    for name, changed in (
        ("sharpness", sharpen(images, 1 + FACTOR * step.strength)),
        ("autocontrast", autocontrast(images)),
        ("solarize", solarize(images, 256 * (1 - tf.abs(step.strength)))),
        ("posterize", posterize(images, tf.round(BITS * tf.abs(step.strength)))),
    ):
        styled = tf.where(_chosen(step, name), changed, styled)
    return styled


def equalized(images: Tensor, step: Step) -> Tensor:
    """Return float pictures, those whose operation it is equalized."""
    rows = tf.where(step.operation == OPERATIONS.index("equalize"))
    return tf.tensor_scatter_nd_update(images, rows, equalize(tf.gather_nd(images, rows)))


def _strength(step: Step, name: str) -> Tensor:
    """Return the strength for pictures whose operation is `name`, 0 for the others."""
    return tf.where(step.operation == OPERATIONS.index(name), step.strength, 0.0)


def _chosen(step: Step, name: str) -> Tensor:
    """Return for which pictures `name` is the operation, ``(n, 1, 1, 1)``."""
    return (step.operation == OPERATIONS.index(name))[:, tf.newaxis, tf.newaxis, tf.newaxis]


def sharpen(images: Tensor, factor: Tensor) -> Tensor:
    """Return pictures sharper (factor above 1) or more blurred, as Pillow's ImageEnhance.Sharpness.

    Parameters
    ----------
    images
        Float32 ``(n, height, width, channels)``, 0 to 255; height and width at least 3.
    factor
        ``(n,)``.
    """
    around = sum(images[:, i : i - 2 or None, j : j - 2 or None] for i in range(3) for j in range(3))
    inner = images[:, 1:-1, 1:-1]
    smooth = tf.round((around + 4 * inner) / 13)
    sharper = smooth + (inner - smooth) * factor[:, tf.newaxis, tf.newaxis, tf.newaxis]
    changed = tf.pad(sharper - inner, [[0, 0], [1, 1], [1, 1], [0, 0]])
    return tf.clip_by_value(images + changed, 0.0, 255.0)


def solarize(images: Tensor, threshold: Tensor) -> Tensor:
    """Return pictures whose pixels from `threshold` ``(n,)`` on are inverted."""
    return tf.where(images < threshold[:, tf.newaxis, tf.newaxis, tf.newaxis], images, 255 - images)


def posterize(images: Tensor, bits: Tensor) -> Tensor:
    """Return pictures without the last `bits` ``(n,)`` of each value; 0 bits leaves them as they are."""
    step = tf.pow(2.0, bits)[:, tf.newaxis, tf.newaxis, tf.newaxis]
    return tf.where(step > 1, tf.floor(images / step) * step, images)


def autocontrast(images: Tensor) -> Tensor:
    """Return pictures with each channel stretched to 0 to 255; a channel of one value stays."""
    low = tf.reduce_min(images, axis=[1, 2], keepdims=True)
    high = tf.reduce_max(images, axis=[1, 2], keepdims=True)
    stretched = tf.minimum((images - low) * tf.math.divide_no_nan(255.0, high - low), 255.0)
    return tf.where(high > low, stretched, images)


def equalize(images: Tensor) -> Tensor:
    """Return float pictures whose values are spread evenly, each channel by its own histogram.

    As Pillow's ImageOps.equalize.
    """
    height, width, channels = images.shape[1:]
    values = tf.reshape(tf.transpose(images, [0, 3, 1, 2]), (-1, height * width))
    values = tf.cast(tf.clip_by_value(tf.round(values), 0.0, 255.0), tf.int32)
    line = tf.range(tf.shape(values)[0])[:, tf.newaxis] * 256
    counts = tf.reshape(
        tf.math.bincount(tf.reshape(values + line, [-1]), minlength=tf.size(line) * 256), (-1, 256)
    )
    table = _equal_table(counts)
    spread = tf.cast(tf.gather(table, values, batch_dims=1), tf.float32)
    return tf.transpose(tf.reshape(spread, (-1, channels, height, width)), [0, 2, 3, 1])


def _equal_table(counts: Tensor) -> Tensor:
    """Return the new value of each of 256 values, ``(lines, 256)`` int32, from their counts."""
    last = 255 - tf.argmax(tf.reverse(counts > 0, [1]), axis=1, output_type=tf.int32)
    step = (tf.reduce_sum(counts, 1) - tf.gather(counts, last, batch_dims=1)) // 255
    before = tf.cumsum(counts, axis=1, exclusive=True) + (step // 2)[:, tf.newaxis]
    table = tf.minimum(before // tf.maximum(step, 1)[:, tf.newaxis], 255)
    return tf.where(step[:, tf.newaxis] > 0, table, tf.range(256)[tf.newaxis])
