"""Parameters of `evaluate`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stages.settings.choice import Section

Count = Annotated[int, Field(strict=True, ge=1)]
Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]


class EvaluateSettings(Section):
    """What is measured, and how predictions become decisions."""

    threshold: Share = Field(
        description="binary: predicted positive where its probability is at least this, [0, 1]"
    )
    weighted: Annotated[bool, Field(strict=True)] = Field(
        description="whether a row counts as much as the data set's weight column says"
    )
    calibration_bins: Annotated[Count, Field(ge=2)] = Field(
        description="intervals of confidence for the calibration error and its plot"
    )
    plot_points: Annotated[Count, Field(ge=10)] = Field(
        description="points that a plotted curve keeps, at most"
    )
    batch_size: Count = Field(description="examples predicted at once; changes speed and memory, not results")


class EvaluateConfig(Section):
    """The sections that `evaluate` reads."""

    evaluate: EvaluateSettings
