"""Choices of ``evaluate.calibration``: whether probabilities are made as often right as they say."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from stages.settings.choice import Choice, TypedChoice
from stages.settings.ranges import AtLeastOne, Number


class NoCalibration(TypedChoice):
    """Probabilities as the network gives them."""


class Temperature(TypedChoice):
    """One number that makes all probabilities less, or more, sure of themselves."""

    minimum: Annotated[Number, Field(gt=0, le=1)] = Field(description="least temperature tried, (0, 1]")
    maximum: AtLeastOne = Field(description="greatest temperature tried, at least 1")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.minimum >= self.maximum:
            raise ValueError(f"maximum: expected more than minimum={self.minimum}, received {self.maximum}")
        return self


CALIBRATIONS: dict[str, type[Choice]] = {
    "stages.calibrators.none.NoCalibration": NoCalibration,
    "stages.calibrators.temperature.Temperature": Temperature,
}
