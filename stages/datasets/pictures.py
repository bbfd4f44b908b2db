"""Cells that hold pictures, as the table of examples has them: the bytes of healthy image files."""

from __future__ import annotations

import base64
import binascii
import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import pandas as pd

from stages.datasets.image_repair import Mended, eight_bits, mended, png
from stages.datasets.reasons import Parsed, Reason
from stages.examples.schema import Column

CHANNELS: Final = (1, 3, 4)
LONGEST_PATH: Final = 1024
MANY: Final = 32
"""Pictures that one thread takes at a time; for fewer none is started."""
DELAY: Final = 5.0
"""Seconds after which progress is shown."""

Result = TypeVar("Result")


def parse_pictures(cells: pd.Series, column: Column) -> Parsed:
    r"""Return pictures as bytes of 8-bit grey or RGB image files, None where missing or unreadable.

    A cell holds the bytes of an image file, these as base64 text, or pixels 0 to 255 ``(height, width)`` or
    ``(height, width, channels)`` as an array or nested lists; or it is a `pathlib.Path`, whose file is read.
    Text never opens a file, since whoever asks a served model writes it. The index is kept.

    Examples
    --------
    >>> pixels = np.zeros((2, 3), np.uint8)
    >>> parsed = parse_pictures(pd.Series([pixels, b"no picture", None]), Column(name="x", role="image"))
    >>> parsed.values[0][:4], [Reason(each).name for each in parsed.reasons]
    (b'\x89PNG', ['AS_IT_WAS', 'NO_PICTURE', 'AS_IT_WAS'])
    """
    # Pillow warns of large pictures and odd metadata: the first are refused, the second mended or dropped.
    with warnings.catch_warnings():
        from PIL import Image

        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        found = mapped(parse_picture, list(cells))
    values = pd.Series([each.content for each in found], index=cells.index, dtype=object, name=cells.name)
    return Parsed(values, np.array([each.reason for each in found], np.int8))


def mapped(
    function: Callable[[Any], Result], values: Sequence[Any], *, about: str = "reading pictures"
) -> list[Result]:
    """Return `function` of each value, in order, over several threads where there are many.

    Shows how far it has come, unless that is quick.
    """
    if len(values) < MANY:
        return [function(value) for value in values]
    from tqdm import tqdm

    shown = tqdm(total=len(values), desc=about, unit=" pictures", delay=DELAY, mininterval=1.0, leave=False)
    with shown, ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        results: list[Result] = []
        for result in pool.map(lambda part: [function(value) for value in part], _parts(values)):
            results += result
            shown.update(len(result))
    return results


def _parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[start : start + MANY] for start in range(0, len(values), MANY))


def parse_picture(cell: Any) -> Mended:
    """Return one cell as the bytes of a healthy image file, and what was the matter."""
    if isinstance(cell, bytes | bytearray | memoryview):
        return mended(bytes(cell))
    if isinstance(cell, Path):
        return mended(cell.read_bytes()) if cell.is_file() else Mended(None, Reason.NO_FILE)
    if isinstance(cell, str):
        return _from_text(cell)
    if isinstance(cell, np.ndarray | list | tuple):
        return _from_pixels(cell)
    return Mended(None, Reason.AS_IT_WAS if cell is None or _is_missing(cell) else Reason.NO_PICTURE)


def _is_missing(cell: Any) -> bool:
    return bool(np.all(pd.isna(cell)))


def _from_text(cell: str) -> Mended:
    text = cell.strip()
    if not text:
        return Mended(None, Reason.AS_IT_WAS)
    encoded = text.partition(",")[2] if text.startswith("data:") else text
    try:
        return mended(base64.b64decode("".join(encoded.split()), validate=True))
    except (binascii.Error, ValueError):
        looks_like_a_path = len(text) <= LONGEST_PATH and ("." in text or "/" in text)
        return Mended(None, Reason.NO_FILE if looks_like_a_path else Reason.NO_PICTURE)


def _from_pixels(cell: np.ndarray | Iterable[Any]) -> Mended:
    try:
        pixels = np.asarray(cell)
    except ValueError:  # rows of different length
        return Mended(None, Reason.NO_PICTURE)
    grey = pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] == 1)
    coloured = pixels.ndim == 3 and pixels.shape[2] in CHANNELS
    if pixels.size == 0 or pixels.dtype.kind not in "buif" or not (grey or coloured):
        return Mended(None, Reason.NO_PICTURE)
    from PIL import Image

    plain = pixels.astype(np.uint8) if pixels.dtype == np.uint8 else eight_bits(pixels)
    image = Image.fromarray(plain[..., 0] if grey and plain.ndim == 3 else plain)
    content = png(image)
    return Mended(content, Reason.AS_IT_WAS) if image.mode in ("L", "RGB") else mended(content)
