"""Pictures as the baselines see them: few pixels, all of one size."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any, Final, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

from stages.examples.encoded import Array

SIDE: Final = 32
"""Greatest height and width of a picture the linear model sees."""
SMALL_SIDE: Final = 16
"""The same for gradient boosting, which is slow on many columns."""
GRAY: Final = ("1", "L", "I", "F", "I;16", "LA")
"""Modes of pictures without colour."""


def shrink(content: bytes | None, *, side: int = SIDE) -> Array | None:
    """Return the pixels of an image file, each side at most `side`; None where there is no picture.

    Returns
    -------
    Array or None
        uint8, ``(height, width)`` of a picture without colour, else ``(height, width, 3)``. The larger sides
        are shrunk to `side`, whatever that does to the proportions.

    Examples
    --------
    >>> from PIL import Image
    >>> file = BytesIO()
    >>> Image.new("RGB", (100, 20), "red").save(file, "PNG")
    >>> shrink(file.getvalue()).shape
    (20, 32, 3)
    """
    if content is None:
        return None
    from PIL import Image

    with Image.open(BytesIO(content)) as picture:
        mode = "L" if picture.mode in GRAY else "RGB"
        size = min(picture.width, side), min(picture.height, side)
        picture.draft(mode, (2 * size[0], 2 * size[1]))  # a JPEG is decoded at a fraction of its size
        small = picture.convert(mode)
        if small.size != size:
            small = small.resize(size, Image.Resampling.BOX)
        return np.asarray(small)


def shrink_all(contents: Iterable[bytes | None]) -> list[Array | None]:
    """Return `shrink` of each image file, in order, decoded side by side."""
    with ThreadPoolExecutor() as pool:
        return list(pool.map(shrink, contents))


class PictureFeatures(TransformerMixin, BaseEstimator):
    """The pixels of shrunk pictures, each a column in [0, 1]; 0 where there is no picture.

    All are brought to the greatest height and width in train (at most `side`), and to grey where train has
    no colour.

    Parameters
    ----------
    key
        Column of the table: what `shrink` returns, or the bytes of image files.
    side
        Greatest height and width.
    gray
        Whether colour is left out in any case.

    Examples
    --------
    >>> cells = pd.DataFrame({"feature.image": [np.full((2, 2), 255, np.uint8), None]})
    >>> PictureFeatures("feature.image").fit_transform(cells).tolist()
    [[1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0]]
    """

    def __init__(self, key: str, side: int = SIDE, gray: bool = False) -> None:
        self.key = key
        self.side = side
        self.gray = gray

    def fit(self, examples: pd.DataFrame, target: Any = None) -> Self:
        """Learn size and colour from the examples of train."""
        pictures = [each for each in _pixels(examples[self.key]) if each is not None]
        if not pictures:
            raise ValueError(f"No row of train has a picture in {self.key}.")
        height = min(max(each.shape[0] for each in pictures), self.side)
        width = min(max(each.shape[1] for each in pictures), self.side)
        colored = not self.gray and any(each.ndim == 3 for each in pictures)
        self.shape_ = (height, width, 3) if colored else (height, width)
        return self

    def transform(self, examples: pd.DataFrame) -> Array:
        """Return the array of `examples`, ``(n_samples, n_pixels)`` float32."""
        found = np.zeros((len(examples), int(np.prod(self.shape_))), np.float32)
        for row, pixels in enumerate(_pixels(examples[self.key])):
            if pixels is not None:
                found[row] = self._fitted(pixels).reshape(-1)
        return found / np.float32(255)

    def _fitted(self, pixels: Array) -> Array:
        """Return `pixels` in the size and the colours of train."""
        if pixels.shape == self.shape_:
            return pixels
        from PIL import Image

        picture = Image.fromarray(pixels).convert("RGB" if len(self.shape_) == 3 else "L")
        return np.asarray(picture.resize(self.shape_[1::-1], Image.Resampling.BOX))


def _pixels(cells: pd.Series) -> list[Array | None]:
    """Return the pixels of each cell: shrunk already, or the bytes of a file."""
    if any(isinstance(cell, bytes) for cell in cells):
        return shrink_all(cell if isinstance(cell, bytes) else None for cell in cells)
    return [cell if isinstance(cell, np.ndarray) else None for cell in cells]
