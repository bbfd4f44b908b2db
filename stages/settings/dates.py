"""Choices of `encode.dates`: how dates become numbers."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, StrictBool

from stages.settings.choice import Choice, TypedChoice


class NoDates(TypedChoice):
    """Dates are left out."""


class DateParts(TypedChoice):
    """Year, month, day, weekday, hour, elapsed days."""

    parts: tuple[Literal["year", "month", "day", "weekday", "hour", "elapsed_days"], ...] = Field(
        description="which parts", min_length=1
    )
    cyclic: StrictBool = Field(description="month, day, weekday and hour as sine and cosine")


DATES: dict[str, type[Choice]] = {
    "stages.transformers.dates.NoDates": NoDates,
    "stages.transformers.dates.DateParts": DateParts,
}
