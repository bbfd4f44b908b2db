"""The bytes of image files as arrays of one size; needs Pillow."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any, Final, Literal, NamedTuple

import numpy as np

from stages.examples.encoded import Array

Fit = Literal["stretch", "crop", "pad"]
Interpolation = Literal["nearest", "box", "bilinear", "bicubic", "lanczos"]
CHUNK: Final = 256
"""Pictures that a thread takes at once."""
MOST_THREADS: Final = 8
DRAFT_MARGIN: Final = 3
"""A JPEG is decoded at a half, a quarter or an eighth where that is still so many times the wanted size."""
GRAY: Final = "L"
MODES: Final = {1: GRAY, 3: "RGB"}
"""Pillow's names of pictures of so many channels; those that `clean` lets through."""


class Target(NamedTuple):
    """What pictures are brought to: height and width in pixels, channels, how, and by which filter."""

    height: int
    width: int
    channels: int
    fit: Fit
    interpolation: Interpolation


class Header(NamedTuple):
    """What a picture says of itself before it is decoded: width, height, and whether it has colours."""

    width: int
    height: int
    colored: bool


def headers(pictures: Sequence[Any]) -> list[Header | None]:
    """Return the header of each picture (None for a missing one); nothing is decoded."""
    parts = _in_threads(lambda part: [_header(each) for each in part], pictures)
    return [header for part in parts for header in part]


def decode(pictures: Sequence[Any], target: Target, *, missing: Sequence[int] = ()) -> Array:
    """Return `pictures` as pixels, ``(n_samples, height, width, channels)`` uint8, 0 to 255.

    Parameters
    ----------
    pictures
        Bytes of image files, or whatever `bytes` takes; None: missing.
    missing
        Colour of a missing picture, one value a channel; empty: black.
    """
    pixels = np.empty((len(pictures), target.height, target.width, target.channels), np.uint8)

    def fill(places: Sequence[int]) -> None:
        for place in places:
            pixels[place] = (
                _missing(missing) if _absent(pictures[place]) else _pixels(pictures[place], target)
            )

    _in_threads(fill, range(len(pictures)))
    return pixels


def _in_threads(work: Callable[[Sequence[Any]], Any], items: Sequence[Any]) -> list[Any]:
    """Return what `work` makes of each chunk of `items`, in order; decoding leaves Python's lock free."""
    from tqdm import tqdm

    parts = [items[start : start + CHUNK] for start in range(0, len(items), CHUNK)]
    with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as pool:
        done = pool.map(work, parts)
        return list(tqdm(done, total=len(parts), desc="pictures", delay=2, disable=None, leave=False))


def _header(picture: Any) -> Header | None:
    if _absent(picture):
        return None
    from PIL import Image

    with Image.open(BytesIO(bytes(picture))) as image:
        return Header(image.width, image.height, image.mode != GRAY)


def _pixels(picture: Any, target: Target) -> Array:
    """Return one picture as ``(height, width, channels)`` uint8."""
    from PIL import Image

    with Image.open(BytesIO(bytes(picture))) as image:
        longest = DRAFT_MARGIN * max(target.height, target.width)
        image.draft(None, (longest, longest))
        fitted = _FITS[target.fit](image.convert(MODES[target.channels]), target)
        return np.asarray(fitted, np.uint8).reshape(target.height, target.width, target.channels)


def _stretched(image: Any, target: Target) -> Any:
    """Return the whole picture, its sides scaled each by itself."""
    size = (target.width, target.height)
    return image if image.size == size else image.resize(size, _filter(target))


def _cropped(image: Any, target: Target) -> Any:
    """Return the largest centred part that has the wanted proportions, scaled."""
    size = (target.width, target.height)
    scale = min(image.width / target.width, image.height / target.height)
    # Rounding may make a side a trace longer than the picture's, which Pillow refuses.
    width, height = min(target.width * scale, image.width), min(target.height * scale, image.height)
    left, top = (image.width - width) / 2, (image.height - height) / 2
    if image.size == size:
        return image
    return image.resize(size, _filter(target), box=(left, top, left + width, top + height))


def _padded(image: Any, target: Target) -> Any:
    """Return the whole picture, scaled by one factor, black on both sides of what it does not fill."""
    from PIL import Image

    scale = min(target.width / image.width, target.height / image.height)
    width, height = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    canvas = Image.new(image.mode, (target.width, target.height))
    small = _stretched(image, target._replace(width=width, height=height))
    canvas.paste(small, ((target.width - width) // 2, (target.height - height) // 2))
    return canvas


def _filter(target: Target) -> Any:
    from PIL import Image

    return Image.Resampling[target.interpolation.upper()]


def _absent(picture: Any) -> bool:
    return picture is None or isinstance(picture, float)


def _missing(color: Sequence[int]) -> Any:
    return np.asarray(color, np.uint8) if len(color) else 0


_FITS: Final = {"stretch": _stretched, "crop": _cropped, "pad": _padded}
