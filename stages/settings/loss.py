"""The losses that can be chosen with ``train.loss=...`` and their parameters."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from stages.settings.choice import Choice, TypedChoice

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Share = Annotated[Number, Field(ge=0, lt=1)]
Weight = Annotated[Number, Field(ge=0)]


class Auto(TypedChoice):
    """The loss that fits the task: cross entropy for classes, mean squared error for a regression."""


class Smoothed(TypedChoice):
    """What losses on class probabilities share."""

    label_smoothing: Share = Field(description="share of each label spread over all classes, [0, 1)")


class CrossEntropy(Smoothed):
    """Binary or categorical cross entropy, over logits where the network ends in them."""


class Focal(Smoothed):
    """Cross entropy that discounts rows already predicted well."""

    gamma: Annotated[Number, Field(ge=0, le=20)] = Field(
        description="how strongly rows already right are discounted; 0 is the cross entropy"
    )
    alpha: Annotated[Number, Field(gt=0, lt=1)] | Annotated[list[Weight], Field(min_length=2)] | None = Field(
        description="weight of the positive class in (0, 1), or one weight a class; null weighs all the same"
    )


class MeanSquaredError(TypedChoice):
    """Mean of the squared errors."""


class MeanAbsoluteError(TypedChoice):
    """Mean of the absolute errors."""


class Huber(TypedChoice):
    """Squared for small errors, absolute for large ones."""

    delta: Annotated[Number, Field(gt=0)] = Field(
        description="error from which the loss grows linearly, in units of the encoded target"
    )


class LogCosh(TypedChoice):
    """Logarithm of the hyperbolic cosine of the errors."""


class Named(TypedChoice):
    """Any loss of Keras by its name."""

    name: str = Field(description="class or function name in keras.losses", min_length=1)
    arguments: dict[str, Any] = Field(description="what that loss takes")


LOSSES: dict[str, type[Choice]] = {
    "stages.losses.automatic.build_auto": Auto,
    "stages.losses.cross_entropy.build_cross_entropy": CrossEntropy,
    "stages.losses.focal.build_focal": Focal,
    "stages.losses.errors.build_mean_squared_error": MeanSquaredError,
    "stages.losses.errors.build_mean_absolute_error": MeanAbsoluteError,
    "stages.losses.errors.build_huber": Huber,
    "stages.losses.errors.build_log_cosh": LogCosh,
    "stages.losses.named.build_named": Named,
}
