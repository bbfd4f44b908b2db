"""Move the pixels of pictures by one linear map each, whatever it is made of.

Rotation, shift, shear, zoom, flips and cropping are one map of coordinates, so that each pixel is
interpolated once. The arithmetic is plain TensorFlow, to be compiled as one loop over the pixels.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import tensorflow as tf

from stages.policies.draws import Draws
from stages.policies.image_changes import FillMode, ImageChanges, Interpolation
from stages.policies.interface import Tensor


def random_maps(changes: ImageChanges, draws: Draws, *, height: int, width: int) -> Tensor:
    """Return for each picture where its pixels come from, ``(rows, 2, 3)`` float32; see `maps`."""
    zoom = draws.uniform("zoom", 1 - changes.zoom, 1 + changes.zoom)
    shift = draws.within("shift", changes.shift, 2) * tf.constant([height, width], tf.float32)
    corner = draws.integers("crop", 2 * changes.crop_padding + 1, 2) - changes.crop_padding
    mirrored = [
        _sign(draws, "vertical flip", changes.vertical_flip),
        _sign(draws, "horizontal flip", changes.horizontal_flip),
    ]
    return maps(
        angle=draws.within("rotation", math.radians(changes.rotation)),
        slope=tf.tan(draws.within("shear", math.radians(changes.shear))),
        scale=tf.stack(mirrored, 1) * zoom[:, tf.newaxis],
        moved=shift + tf.cast(corner, tf.float32),
    )


def _sign(draws: Draws, name: str, wanted: bool) -> Tensor:
    return 1 - 2 * tf.cast(draws.chosen(name, 0.5 if wanted else 0.0), tf.float32)


def maps(*, angle: Tensor, slope: Tensor, scale: Tensor, moved: Tensor) -> Tensor:
    """Return the maps of coordinates that show things scaled, then sheared, turned and moved, ``(n, 2, 3)``.

    ``input = map[:, :2] @ output + map[:, 2]`` for coordinates (row, column), counted from the middle.

    Parameters
    ----------
    angle
        Counter-clockwise, in radians, ``(n,)``.
    slope
        Each row moves to the right by so many pixels more than the one above, ``(n,)``.
    scale
        How much larger things appear, down and to the right, ``(n, 2)``; negative: mirrored.
    moved
        Pixels down and to the right, ``(n, 2)``.
    """
    cosine, sine, one, zero = tf.cos(angle), tf.sin(angle), tf.ones_like(slope), tf.zeros_like(slope)
    turned_back = tf.reshape(tf.stack([cosine, sine, -sine, cosine], 1), (-1, 2, 2))
    sheared_back = tf.reshape(tf.stack([one, zero, -slope, one], 1), (-1, 2, 2))
    back = tf.matmul(sheared_back, turned_back) / scale[:, :, tf.newaxis]
    return tf.concat([back, -tf.matmul(back, moved[:, :, tf.newaxis])], 2)


class Neighbour(NamedTuple):
    """Pixels of one axis, ``(n, height * width)``: their number, and whether they lie inside the picture."""

    index: Tensor
    inside: Tensor


class Border(NamedTuple):
    """What lies beyond the border of a picture."""

    mode: FillMode
    value: float

    def fold(self, place: Tensor, size: int) -> Tensor:
        """Return the places on an axis of `size` pixels that show what lies at `place`."""
        if self.mode == "nearest":
            return tf.clip_by_value(place, 0.0, size - 1.0)
        if self.mode == "reflect":
            again = tf.math.floormod(place + 0.5, 2.0 * size)
            return tf.clip_by_value(tf.minimum(again, 2.0 * size - again) - 0.5, 0.0, size - 1.0)
        return tf.math.floormod(place, float(size)) if self.mode == "wrap" else place

    def neighbours(self, folded: Tensor, size: int) -> tuple[Neighbour, Neighbour]:
        """Return the pixel at or before each folded place, and the one after it."""
        first = tf.cast(tf.floor(folded), tf.int32)
        return self._pixel(first, size), self._pixel(first + 1, size)

    def _pixel(self, index: Tensor, size: int) -> Neighbour:
        # Rounding can take a folded place to the end of the axis itself.
        kept = index % size if self.mode == "wrap" else tf.clip_by_value(index, 0, size - 1)
        return Neighbour(kept, index == kept)


def warp(
    images: Tensor,
    where: Tensor,
    *,
    fill_mode: FillMode = "reflect",
    fill_value: float = 0.0,
    interpolation: Interpolation = "bilinear",
) -> Tensor:
    """Return pictures whose pixels come from where the maps say, float32 ``(n, height, width, channels)``.

    Parameters
    ----------
    images
        ``(n, height, width, channels)``, of any number type.
    where
        Maps as `maps` makes them, ``(n, 2, 3)``.
    """
    height, width, channels = images.shape[1:]
    border = Border(fill_mode, fill_value)
    rows, columns = _sources(where, height=height, width=width)
    if interpolation == "nearest":
        rows, columns = tf.round(rows), tf.round(columns)
    row, column = border.fold(rows, height), border.fold(columns, width)
    lines = tf.reshape(images, (-1, height * width, channels))
    corners = [
        [
            _pixels(lines, *corner, border, width=width)
            for corner in ((vertical, horizontal) for horizontal in border.neighbours(column, width))
        ]
        for vertical in border.neighbours(row, height)
    ]
    if interpolation == "nearest":
        shown = corners[0][0]
    else:
        right, down = ((place - tf.floor(place))[..., tf.newaxis] for place in (column, row))
        above, below = (first + (second - first) * right for first, second in corners)
        shown = above + (below - above) * down
    return tf.reshape(shown, (-1, height, width, channels))


def _sources(where: Tensor, *, height: int, width: int) -> tuple[Tensor, Tensor]:
    """Return the row and the column of the input that each pixel shows, ``(n, height * width)`` each."""
    middle_row, middle_column = (height - 1) / 2, (width - 1) / 2
    pixel = tf.range(height * width)
    row = tf.cast(pixel // width, tf.float32) - middle_row
    column = tf.cast(pixel % width, tf.float32) - middle_column
    part = where[:, :, :, tf.newaxis]
    rows = part[:, 0, 0] * row + part[:, 0, 1] * column + part[:, 0, 2] + middle_row
    columns = part[:, 1, 0] * row + part[:, 1, 1] * column + part[:, 1, 2] + middle_column
    return rows, columns


def _pixels(lines: Tensor, row: Neighbour, column: Neighbour, border: Border, *, width: int) -> Tensor:
    """Return pixels of pictures laid out in one line, ``(n, height * width, channels)`` float32."""
    found = tf.cast(tf.gather(lines, row.index * width + column.index, batch_dims=1), tf.float32)
    if border.mode != "constant":
        return found
    return tf.where((row.inside & column.inside)[..., tf.newaxis], found, border.value)
