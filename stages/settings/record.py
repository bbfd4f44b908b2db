"""Parameters of `record`."""

from __future__ import annotations

from pydantic import Field

from stages.settings.choice import Section


class RecordSettings(Section):
    """How a run is shown in MLflow."""

    experiment: str = Field(min_length=1, description="MLflow experiment; the data set's name by default")
    model: bool = Field(description="whether the model itself is logged")
