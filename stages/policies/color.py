"""Brightness, contrast, saturation and hue of pictures."""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from stages.policies.draws import Draws
from stages.policies.image_changes import ImageChanges
from stages.policies.interface import Tensor

LUMA = (0.299, 0.587, 0.114)
"""Share of red, green and blue in a grey picture (ITU-R BT.601), as Pillow has it."""
WHITE = 255.0


class Factors(NamedTuple):
    """Factors of brightness, contrast and saturation, each ``(n,)``; 1 changes nothing."""

    brightness: Tensor
    contrast: Tensor
    saturation: Tensor


def random_factors(changes: ImageChanges, draws: Draws) -> Factors:
    """Return the factors drawn for each picture."""
    reaches = (changes.brightness, changes.contrast, changes.saturation)
    return Factors(
        *(draws.uniform(name, 1 - x, 1 + x) for name, x in zip(Factors._fields, reaches, strict=True))
    )


def recolor(images: Tensor, factors: Factors) -> Tensor:
    """Return pictures made brighter, then richer in contrast, then in colour, float32 from 0 to 255.

    As Pillow's ImageEnhance does: brightness is a mix with black, contrast with the mean grey of the picture,
    saturation with the grey picture.

    Parameters
    ----------
    images
        ``(n, height, width, channels)``, 0 to 255, with one channel or three.
    """
    brightness, contrast, saturation = (each[:, tf.newaxis, tf.newaxis, tf.newaxis] for each in factors)
    bright = tf.cast(images, tf.float32) * brightness
    middle = tf.reduce_mean(gray(bright), axis=[1, 2], keepdims=True)
    rich = middle + (bright - middle) * contrast
    pale = gray(rich)
    return tf.clip_by_value(pale + (rich - pale) * saturation, 0.0, WHITE)


def gray(images: Tensor) -> Tensor:
    """Return the grey pictures ``(n, height, width, 1)`` of float ones; grey ones stay as they are."""
    if images.shape[-1] == 1:
        return images
    return tf.reduce_sum(images * tf.constant(LUMA), axis=-1, keepdims=True)


def turn_hue(images: Tensor, moved: Tensor) -> Tensor:
    """Return colour pictures with their hue moved, float32 from 0 to 255.

    Parameters
    ----------
    images
        ``(n, height, width, 3)`` from 0 to 255.
    moved
        Fraction of the colour circle for each picture, ``(n,)``.
    """
    hue, saturation, value = tf.unstack(tf.image.rgb_to_hsv(tf.cast(images, tf.float32) / WHITE), axis=-1)
    turned = tf.math.floormod(hue + moved[:, tf.newaxis, tf.newaxis], 1.0)
    return tf.image.hsv_to_rgb(tf.stack([turned, saturation, value], -1)) * WHITE
