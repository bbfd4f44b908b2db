"""Choices of `encode.sequence`: how sequences become one array."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from stages.settings.choice import Choice, TypedChoice
from stages.settings.seeded import Rows


class Padded(TypedChoice):
    """Longer ones cut, shorter ones followed by zeros."""

    length: Literal["auto"] | Rows = Field(
        description="steps; auto: the longest of train, at most twice what 95 % do not exceed"
    )
    scale: Literal["channel", "series", "none"] = Field(
        description="by each channel's mean and deviation in train, by each sequence's own, or not"
    )
    missing: Literal["interpolate", "zero"] = Field(
        description="missing values: on the line between their neighbours, or 0 after scaling"
    )
    truncate: Literal["end", "start"] = Field(description="side of a longer sequence that is cut off")


SEQUENCES: dict[str, type[Choice]] = {"stages.transformers.padded.Padded": Padded}
