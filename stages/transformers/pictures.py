"""Pictures as pixels of one size: stretched to it, cropped to it, or padded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar, Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from stages.examples.encoded import Array, InputSpec
from stages.transformers.media import Made
from stages.transformers.pixels import CHUNK, Fit, Header, Interpolation, Target, decode, headers

IMAGE: Final = "image"
SMALL: Final = 96
"""Pixels of a side up to which pictures that all have one size are kept as they are."""
USUAL_SIZE: Final = (64, 64)
LEVELS: Final = 256
MUCH_LARGER: Final = 4
"""From so many times the wanted side on, a note says what is lost."""
MUCH_LONGER: Final = 1.5
"""Ratio of a picture's sides from which stretching distorts it visibly."""
Size = Literal["auto"] | Sequence[int]
Color = Literal["auto", "rgb", "gray"]


class Moments(NamedTuple):
    """Mean and standard deviation of each channel, 0 to 255."""

    mean: tuple[float, ...]
    std: tuple[float, ...]


class Stretch(BaseEstimator):
    """Pictures of one size, their sides scaled each by itself, so that nothing is cut off.

    Shrinking averages over what a pixel covers (antialiased). A missing picture has the mean colour of train.

    Parameters
    ----------
    resolution
        Height and width in pixels; ``auto``: the size that all pictures of train have, up to 96 x 96, else 64
        x 64.
    color
        ``rgb`` makes three channels, ``gray`` one; ``auto``: gray where all pictures of train are.
    interpolation
        Filter of Pillow.

    Examples
    --------
    >>> from io import BytesIO
    >>> from PIL import Image
    >>> file = BytesIO()
    >>> Image.new("L", (4, 2), 200).save(file, "PNG")
    >>> pictures = Stretch(resolution=[2, 2])
    >>> made = pictures.fit_transform(pd.Series([file.getvalue()]), names=("photo",))
    >>> made.inputs["image"].tolist(), pictures.mean_
    ([[[[200], [200]], [[200], [200]]]], (200.0,))
    """

    fitting: ClassVar[Fit] = "stretch"

    def __init__(
        self, *, resolution: Size = "auto", color: Color = "auto", interpolation: Interpolation = "bilinear"
    ) -> None:
        self.resolution = resolution
        self.color = color
        self.interpolation = interpolation

    def fit_transform(self, cells: pd.Series, *, names: tuple[str, ...]) -> Made:
        """Learn size, channels and colours from train and return its pixels."""
        self.names_ = names
        pictures = cells.tolist()
        found = [each for each in headers(pictures) if each is not None]
        self.height_, self.width_ = self._size(found)
        colored = self.color == "rgb" or (self.color == "auto" and any(each.colored for each in found))
        self.channels_ = 3 if colored else 1
        pixels = decode(pictures, self._target())
        there = cells.notna().to_numpy()
        self.mean_, self.std_ = moments(pixels, np.flatnonzero(there))
        pixels[~there] = self._missing()
        facts = _facts(found, proportion=self.width_ / self.height_)
        return Made({IMAGE: pixels}, {"missing": int((~there).sum()), **facts})

    def transform(self, cells: pd.Series) -> Made:
        """Return pixels, ``(n_samples, height, width, channels)`` uint8."""
        pictures = cells.tolist()
        absent = int(cells.isna().sum())
        return Made({IMAGE: decode(pictures, self._target(), missing=self._missing())}, {"missing": absent})

    @property
    def inputs(self) -> tuple[InputSpec, ...]:
        """The description of the array."""
        shape = (self.height_, self.width_, self.channels_)
        return (
            InputSpec(
                name=IMAGE, dtype="uint8", shape=shape, columns=self.names_, mean=self.mean_, std=self.std_
            ),
        )

    def notes(self, facts: dict[str, Any]) -> list[str]:
        """Return what a person may want to do about what was lost in train, one sentence each."""
        width, height = facts["median_width"], facts["median_height"]
        notes = []
        if min(width / self.width_, height / self.height_) >= MUCH_LARGER:
            notes.append(
                f"Pictures of {width} x {height} pixels (median width and height) became {self.width_} x "
                f"{self.height_}: fine detail is gone. A larger encode.image.resolution keeps more of it, "
                "and takes more time."
            )
        if self.fitting == "stretch" and facts["distorted_share"] > 1 / 4:
            notes.append(
                f"{100 * facts['distorted_share']:.0f} % of the pictures of train were stretched by more "
                f"than {MUCH_LONGER} in one direction: encode/image=crop or pad keeps their proportions."
            )
        return notes

    def _size(self, found: Sequence[Header]) -> tuple[int, int]:
        if self.resolution != "auto":
            height, width = self.resolution
            return int(height), int(width)
        sizes = {(each.height, each.width) for each in found}
        only = next(iter(sizes)) if len(sizes) == 1 else USUAL_SIZE
        return only if max(only) <= SMALL else USUAL_SIZE

    def _target(self) -> Target:
        return Target(self.height_, self.width_, self.channels_, self.fitting, self.interpolation)

    def _missing(self) -> list[int]:
        return [round(value) for value in self.mean_]


class Crop(Stretch):
    """Pictures of one size, scaled by one factor, what protrudes cut off on both sides.

    Parameters
    ----------
    resolution, color, interpolation
        As of `Stretch`.

    Examples
    --------
    >>> from io import BytesIO
    >>> from PIL import Image
    >>> file = BytesIO()
    >>> Image.fromarray(np.uint8([[0, 100, 100, 0]])).save(file, "PNG")
    >>> made = Crop(resolution=[1, 2]).fit_transform(pd.Series([file.getvalue()]), names=("photo",))
    >>> made.inputs["image"].ravel().tolist()
    [100, 100]
    """

    fitting: ClassVar[Fit] = "crop"


class Pad(Stretch):
    """Pictures of one size, scaled by one factor, black on both sides where they do not fill it.

    Parameters
    ----------
    resolution, color, interpolation
        As of `Stretch`.

    Examples
    --------
    >>> from io import BytesIO
    >>> from PIL import Image
    >>> file = BytesIO()
    >>> Image.new("L", (2, 1), 200).save(file, "PNG")
    >>> made = Pad(resolution=[3, 2]).fit_transform(pd.Series([file.getvalue()]), names=("x",))
    >>> made.inputs["image"][0, :, :, 0].tolist()
    [[0, 0], [200, 200], [0, 0]]
    """

    fitting: ClassVar[Fit] = "pad"


def moments(pixels: Array, rows: Array) -> Moments:
    """Return mean and standard deviation of each channel of `rows` of `pixels`, ``(n, height, width, c)``.

    Counted in integers, so that the order of the pictures does not matter to the last digit.
    """
    channels = pixels.shape[-1]
    counts = np.zeros((channels, LEVELS), np.int64)
    for start in range(0, len(rows), CHUNK):
        chunk = pixels[rows[start : start + CHUNK]].reshape(-1, channels)
        counts += [np.bincount(values, minlength=LEVELS) for values in chunk.T]
    levels = np.arange(LEVELS)
    total = np.maximum(counts.sum(axis=1), 1)
    mean = counts @ levels / total
    variance = counts @ levels**2 / total - mean**2
    return Moments(tuple(mean.tolist()), tuple(np.sqrt(np.maximum(variance, 0.0)).tolist()))


def _facts(found: Sequence[Header], *, proportion: float) -> dict[str, Any]:
    """Return what the pictures of train were; `proportion` is width by height of what they became."""
    widths, heights = (np.asarray([getattr(each, side) for each in found]) for side in ("width", "height"))
    ratio = widths / heights / proportion
    sizes = Counter(f"{each.width} x {each.height}" for each in found)
    common = sorted(sizes.items(), key=lambda item: (-item[1], item[0]))[:5]
    return {
        "median_width": int(np.median(widths)),
        "median_height": int(np.median(heights)),
        "num_sizes": len(sizes),
        "sizes": dict(common),
        "colored_share": float(np.mean([each.colored for each in found])),
        "distorted_share": float(np.mean(np.maximum(ratio, 1 / ratio) > MUCH_LONGER)),
    }
