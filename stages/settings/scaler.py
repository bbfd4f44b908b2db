"""Choices of `encode.scaler` and `encode.target`: how numbers, or a regression target, are scaled."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StrictInt, model_validator

from stages.settings.choice import Choice, TypedChoice
from stages.settings.seeded import Number, Seeded


class Unchanged(TypedChoice):
    """Values as they are."""


class StandardScaler(TypedChoice):
    """Mean 0, standard deviation 1."""

    with_mean: StrictBool = Field(description="subtract the mean")
    with_std: StrictBool = Field(description="divide by the standard deviation")


class MinMaxScaler(TypedChoice):
    """The range of train onto a given one."""

    minimum: Number = Field(description="least value of train becomes this")
    maximum: Number = Field(description="greatest value of train becomes this")
    clip: StrictBool = Field(description="cut off other rows' values at the ends")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.minimum >= self.maximum:
            raise ValueError(f"maximum: expected more than minimum={self.minimum}, received {self.maximum}")
        return self


class RobustScaler(TypedChoice):
    """Median 0, distance of two percentiles 1."""

    lower_percentile: Annotated[Number, Field(ge=0, le=100)] = Field(description="lower percentile, 0-100")
    upper_percentile: Annotated[Number, Field(ge=0, le=100)] = Field(description="upper percentile, 0-100")
    with_centering: StrictBool = Field(description="subtract the median")
    with_scaling: StrictBool = Field(description="divide by the distance of the percentiles")
    unit_variance: StrictBool = Field(description="divide further so that normal data have variance 1")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.lower_percentile >= self.upper_percentile:
            raise ValueError(
                f"upper_percentile: expected more than lower_percentile={self.lower_percentile}, "
                f"received {self.upper_percentile}"
            )
        return self


class QuantileTransformer(Seeded):
    """Ranks, as a uniform or normal distribution."""

    n_quantiles: Annotated[StrictInt, Field(ge=2)] = Field(description="quantiles learnt")
    output_distribution: Literal["normal", "uniform"] = Field(description="distribution of the result")
    subsample: Annotated[StrictInt, Field(ge=2)] | None = Field(description="rows looked at; null: all")


class PowerTransformer(TypedChoice):
    """The power of each column that makes it most nearly normal."""

    method: Literal["yeo-johnson", "box-cox"] = Field(description="box-cox: positive columns only")
    standardize: StrictBool = Field(description="then mean 0 and variance 1")


class Log1p(TypedChoice):
    """log(1 + target)."""

    standardize: StrictBool = Field(description="then mean 0 and variance 1")


SCALERS: dict[str, type[Choice]] = {
    "stages.transformers.identity.Identity": Unchanged,
    "sklearn.preprocessing.StandardScaler": StandardScaler,
    "stages.transformers.scalers.min_max_scaler": MinMaxScaler,
    "stages.transformers.scalers.robust_scaler": RobustScaler,
    "sklearn.preprocessing.QuantileTransformer": QuantileTransformer,
    "sklearn.preprocessing.PowerTransformer": PowerTransformer,
}


class Automatic(TypedChoice):
    """Standardises a regression target; leaves classes as they are."""


TARGETS: dict[str, type[Choice]] = {
    "stages.transformers.targets.Automatic": Automatic,
    "stages.transformers.identity.Identity": Unchanged,
    "sklearn.preprocessing.StandardScaler": StandardScaler,
    "stages.transformers.targets.Log1p": Log1p,
    "sklearn.preprocessing.QuantileTransformer": QuantileTransformer,
}
