"""Types of the augmenters of pictures and of series."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from stages.settings.choice import TypedChoice
from stages.settings.seeded import Number, Seed

Fraction = Annotated[Number, Field(ge=0, lt=1)]
Angle = Annotated[Number, Field(ge=0, le=180)]
Alpha = Annotated[Number, Field(ge=0, le=100)]
Deviation = Annotated[Number, Field(ge=0, le=10)]


class Filling(TypedChoice):
    """New examples: copies that are changed at random."""

    ratio: Annotated[Number, Field(ge=0, le=1)] = Field(
        description="classes are filled up to this fraction of the largest one; 0: not"
    )
    copies: StrictInt = Field(ge=0, le=1000, description="new examples for each row of train besides")
    seed: Seed = Field(description="decides which rows are copied and how they are changed")


class Image(TypedChoice):
    """Pictures changed at random."""

    rotation: Angle = Field(description="degrees either way")
    shift: Fraction = Field(description="fraction of height and width either way")
    shear: Annotated[Number, Field(ge=0, lt=90)] = Field(description="degrees either way, along the rows")
    zoom: Fraction = Field(description="things appear 1 - zoom to 1 + zoom times as large")
    horizontal_flip: StrictBool = Field(description="whether half of the pictures are mirrored left to right")
    vertical_flip: StrictBool = Field(description="whether half of the pictures are put upside down")
    crop_padding: StrictInt = Field(
        ge=0, le=512, description="padded by so many pixels on each side, then cropped at a random place"
    )
    fill_mode: Literal["constant", "nearest", "reflect", "wrap"] = Field(
        description="what lies beyond the border: fill_value, the border's pixels, a mirror, the other side"
    )
    fill_value: Annotated[Number, Field(ge=0, le=255)] = Field(
        description="0 (black) to 255 (white), beyond the border (fill_mode=constant) and in holes"
    )
    interpolation: Literal["nearest", "bilinear"] = Field(description="of pixels that are moved")
    brightness: Fraction = Field(description="factor 1 - x to 1 + x")
    contrast: Fraction = Field(description="factor 1 - x to 1 + x")
    saturation: Annotated[Number, Field(ge=0, le=1)] = Field(description="factor 1 - x to 1 + x")
    hue: Annotated[Number, Field(ge=0, le=0.5)] = Field(
        description="fraction of the colour circle either way"
    )
    holes: StrictInt = Field(ge=0, le=64, description="cut-out: squares that are filled with fill_value")
    hole_size: Annotated[Number, Field(gt=0, le=1)] = Field(
        description="side of a hole, fraction of the picture's shorter side"
    )
    randaugment_operations: StrictInt = Field(
        ge=0, le=14, description="RandAugment: random operations for each picture, before all else"
    )
    randaugment_magnitude: Annotated[Number, Field(gt=0, le=10)] = Field(
        description="strength of these operations"
    )


class MixedImage(Image):
    """Pictures changed at random, and mixed with others."""

    mixup: Alpha = Field(description="of Beta(alpha, alpha): share of a picture and its label in a mix")
    cutmix: Alpha = Field(description="of Beta(alpha, alpha): area taken from another picture")


class ImageBalance(Image, Filling):
    """New pictures: changed copies that fill up small classes."""


class Sequence(TypedChoice):
    """Series changed at random."""

    jitter: Deviation = Field(description="noise on each value, in standard deviations of its channel")
    scaling: Deviation = Field(description="standard deviation of a factor around 1 for each channel")
    magnitude_warp: Deviation = Field(
        description="standard deviation of a smooth curve around 1 that multiplies each channel"
    )
    time_warp: Deviation = Field(description="standard deviation of a smooth curve around the speed 1")
    knots: StrictInt = Field(ge=2, le=32, description="points that each smooth curve goes through")
    window_slice: Fraction = Field(description="a window is cut off that long and the rest stretched")
    window_warp: Fraction = Field(description="length of a window run through at half or double speed")
    crop: Fraction = Field(description="up to this fraction of the steps is cut off, nothing is stretched")
    permutation: StrictInt = Field(ge=0, le=32, description="parts that are put in random order; 0: none")
    time_mask: Fraction = Field(description="up to this fraction of the steps, one after another, set to 0")
    channel_mask: Fraction = Field(description="probability of each channel to be set to 0")


class SequenceCopies(Sequence, Filling):
    """New series: changed copies."""


MEDIA_AUGMENTERS: dict[str, type[TypedChoice]] = {
    "stages.augmenters.image.Image": MixedImage,
    "stages.augmenters.image_balance.ImageBalance": ImageBalance,
    "stages.augmenters.sequence.Sequence": Sequence,
    "stages.augmenters.sequence_copies.SequenceCopies": SequenceCopies,
}
