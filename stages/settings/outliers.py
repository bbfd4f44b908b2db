"""Choices of `encode.outliers`: what is done with outlying numbers."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from stages.settings.choice import Choice, TypedChoice
from stages.settings.seeded import Number, Rows, Seeded, Share


class NoOutliers(TypedChoice):
    """Every value is taken as it is."""


class BoundedOutliers(TypedChoice):
    """Base: bounds for each column."""

    action: Literal["clip", "drop"] = Field(
        description="clip: put outliers on the bound; drop: remove such rows from train, clip elsewhere"
    )


class IqrOutliers(BoundedOutliers):
    """Beyond so many interquartile ranges from the quartiles."""

    factor: Annotated[Number, Field(gt=0)] = Field(
        description="interquartile ranges; 1.5 is usual, 3 is far out"
    )


class ZScoreOutliers(BoundedOutliers):
    """More than so many standard deviations from the mean."""

    threshold: Annotated[Number, Field(gt=0)] = Field(description="standard deviations")


class QuantileOutliers(BoundedOutliers):
    """Below a low or above a high quantile of train."""

    lower: Annotated[Number, Field(ge=0, lt=1)] = Field(description="lower quantile; 0: none")
    upper: Annotated[Number, Field(gt=0, le=1)] = Field(description="upper quantile; 1: none")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.lower >= self.upper:
            raise ValueError(f"upper: expected more than lower={self.lower}, received {self.upper}")
        return self


class IsolationForestOutliers(Seeded):
    """Rows that random trees separate in few cuts."""

    contamination: Annotated[Number, Field(gt=0, le=0.5)] | Literal["auto"] = Field(
        description="share of train's rows dropped"
    )
    n_estimators: Rows = Field(description="number of trees")
    max_samples: Rows | Share | Literal["auto"] = Field(description="rows a tree is grown on; auto: 256")
    max_features: Rows | Annotated[Number, Field(gt=0, le=1)] = Field(
        description="columns a tree is grown on"
    )
    action: Literal["drop", "clip"] = Field(description="drop; it judges whole rows and cannot clip")

    @model_validator(mode="after")
    def _cannot_clip(self) -> Self:
        if self.action == "clip":
            raise ValueError(
                "action: expected drop, received clip; an isolation forest judges whole rows, so there is "
                "nothing to clip (iqr, z_score and quantile can clip)"
            )
        return self


OUTLIERS: dict[str, type[Choice]] = {
    "stages.transformers.outliers.NoOutliers": NoOutliers,
    "stages.transformers.outliers.IqrOutliers": IqrOutliers,
    "stages.transformers.outliers.ZScoreOutliers": ZScoreOutliers,
    "stages.transformers.outliers.QuantileOutliers": QuantileOutliers,
    "stages.transformers.outliers.IsolationForestOutliers": IsolationForestOutliers,
}
