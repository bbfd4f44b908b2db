"""Gates of ``upcurve promote``: what a run must show before it becomes the model that others use."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictInt, StrictStr

from stages.settings.choice import Section

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class GateSettings(Section):
    """What is asked; all of it of the test part."""

    metric: StrictStr = Field(
        description="the metric of the gates: main (accuracy, RMSE), or another one of metrics.json"
    )
    baselines: Literal["all"] | tuple[StrictStr, ...] = Field(
        description="baselines that the metric must be better than, beyond the interval"
    )
    slice_floor: Number | None = Field(
        description="what the metric of the worst slice must reach; of an error: what it must not exceed"
    )
    slice_min_rows: Annotated[StrictInt, Field(ge=1)] = Field(
        description="slices with fewer rows are not looked at"
    )
    max_calibration_error: Annotated[Number, Field(ge=0, le=1)] | None = Field(
        description="largest expected calibration error of a classification"
    )
    champion: Literal["not_worse", "better", "ignore"] = Field(
        description="what the run must be beside the model that the alias names now"
    )
