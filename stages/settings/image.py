"""Choices of `encode.image`: how pictures are brought to one size."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictInt

from stages.settings.choice import Choice, TypedChoice

Pixels = Annotated[StrictInt, Field(ge=1, le=4096)]


class Sized(TypedChoice):
    """Base: pictures of one size."""

    resolution: Literal["auto"] | Annotated[list[Pixels], Field(min_length=2, max_length=2)] = Field(
        description="height and width in pixels; auto: that of all pictures of train up to 96, else 64 x 64"
    )
    color: Literal["auto", "rgb", "gray"] = Field(
        description="channels; auto: gray where all pictures of train are"
    )
    interpolation: Literal["nearest", "box", "bilinear", "bicubic", "lanczos"] = Field(
        description="filter that pictures are scaled with"
    )


class Stretch(Sized):
    """Sides scaled each by itself: nothing is cut off."""


class Crop(Sized):
    """Scaled by one factor, what protrudes cut off."""


class Pad(Sized):
    """Scaled by one factor, black beside it."""


IMAGES: dict[str, type[Choice]] = {
    "stages.transformers.pictures.Stretch": Stretch,
    "stages.transformers.pictures.Crop": Crop,
    "stages.transformers.pictures.Pad": Pad,
}
