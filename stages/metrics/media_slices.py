"""What is measured of a picture, a text or a series, so that the rows can be parted by it."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from stages.examples.schema import MEDIA, Column

WORDS: Final = "words"
STEPS: Final = "steps"
WIDTH, HEIGHT, BRIGHTNESS = "width", "height", "brightness"
PROPERTIES: Final = {"text": (WORDS,), "sequence": (STEPS,), "image": (WIDTH, HEIGHT, BRIGHTNESS)}
"""By role: number of words, number of steps, size in pixels and mean grey value, 0 (black) to 255."""
THUMBNAIL: Final = 32
"""Side of the small copy of a picture whose grey values are averaged."""


class PictureMeasures(NamedTuple):
    """Width and height in pixels, and mean grey value, 0 to 255; NaN where there is no picture."""

    width: float
    height: float
    brightness: float


def properties(column: Column) -> tuple[Column, ...]:
    """Return the columns of numbers that stand for a medium; of a plain column itself.

    Examples
    --------
    >>> [each.name for each in properties(Column(name="photo", role="image"))]
    ['photo: width', 'photo: height', 'photo: brightness']
    """
    if column.role not in MEDIA:
        return (column,)
    return tuple(Column(name=f"{column.name}: {what}", role="numeric") for what in PROPERTIES[column.role])


def with_properties(frame: pd.DataFrame, features: Sequence[Column]) -> pd.DataFrame:
    """Return `frame` with `properties` of its texts, series and pictures (bytes) beside; others are left.

    Examples
    --------
    >>> said = Column(name="said", role="text")
    >>> texts = pd.DataFrame({said.key: ["to be or not", None]})
    >>> with_properties(texts, [said])["feature.said: words"].tolist()
    [4.0, nan]
    """
    found: dict[str, pd.Series] = {}
    for column in features:
        if column.role in MEDIA and column.key in frame:
            names = [each.key for each in properties(column)]
            found |= dict(zip(names, _measured(column, frame[column.key]), strict=True))
    return frame.assign(**found)


def _measured(column: Column, cells: pd.Series) -> list[pd.Series]:
    filled = [None if missing else cell for cell, missing in zip(cells, cells.isna(), strict=True)]
    if column.role == "image":
        measures = np.array([measure_picture(cell) for cell in filled], np.float64).reshape(
            -1, len(PictureMeasures._fields)
        )
        return [pd.Series(values, index=cells.index) for values in measures.T]
    num_channels = max(len(column.channels), 1)
    sizes = [
        np.nan if cell is None else len(cell.split()) if column.role == "text" else len(cell) / num_channels
        for cell in filled
    ]
    return [pd.Series(sizes, index=cells.index, dtype=np.float64)]


def measure_picture(content: bytes | None) -> PictureMeasures:
    """Return the measures of an image file; its brightness is that of a copy of 32 x 32 pixels.

    Raises
    ------
    OSError
        Where it is no picture; `clean` lets none through.
    """
    if content is None:
        return PictureMeasures(np.nan, np.nan, np.nan)
    from PIL import Image  # nothing that a table needs

    with Image.open(BytesIO(content)) as picture:
        width, height = picture.size
        picture.draft("L", (THUMBNAIL, THUMBNAIL))  # a JPEG is decoded at a fraction of its size
        small = picture.convert("L").resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX)
    return PictureMeasures(width, height, float(np.asarray(small).mean()))
