"""Types of the choices of ``train/schedule``: how the learning rate moves while training."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from stages.settings.choice import TypedChoice
from stages.settings.ranges import (
    AtLeastOne,
    Count,
    Factor,
    NonNegative,
    Positive,
    Share,
    WholeNumber,
)


class Constant(TypedChoice):
    """The learning rate stays as it is."""


class Step(TypedChoice):
    """The rate is multiplied by a factor every so many epochs."""

    factor: Factor = Field(description="what the rate is multiplied by")
    every: Count = Field(description="epochs between two drops")


class Piecewise(TypedChoice):
    """The rate changes at given epochs."""

    boundaries: list[Count] = Field(min_length=1, description="epochs after which the rate changes, rising")
    factors: list[Positive] = Field(
        min_length=1, description="learning rate after each boundary, as a multiple of train.learning_rate"
    )

    @model_validator(mode="after")
    def _match(self) -> Self:
        if len(self.boundaries) != len(self.factors):
            raise ValueError(
                f"piecewise needs one factor for each boundary, received {len(self.boundaries)} boundaries "
                f"and {len(self.factors)} factors"
            )
        if sorted(set(self.boundaries)) != self.boundaries:
            raise ValueError(f"piecewise needs boundaries that rise, received {self.boundaries}")
        return self


class Exponential(TypedChoice):
    """The rate falls by the same factor every epoch, smoothly."""

    factor: Factor = Field(description="what the rate is multiplied by over one epoch")


class Cosine(TypedChoice):
    """The rate follows half a cosine down, after a linear warm-up."""

    warmup_epochs: NonNegative = Field(description="epochs over which the rate rises from 0")
    final_fraction: Share = Field(description="last learning rate over train.learning_rate")


class Cyclical(TypedChoice):
    """The rate goes up and down between two bounds."""

    shape: Literal["triangular", "triangular2", "exp_range"] = Field(
        description="bounds stay, the amplitude halves each cycle, or it shrinks by gamma each step"
    )
    step_epochs: Positive = Field(description="epochs from one bound to the other: half a cycle")
    base_fraction: Share = Field(description="lower bound over train.learning_rate, which is the upper bound")
    gamma: Annotated[Positive, Field(le=1)] = Field(
        description="exp_range: factor of the amplitude for each step"
    )


class OneCycle(TypedChoice):
    """The rate rises once, then falls far below where it began."""

    warmup_fraction: Factor = Field(description="share of all steps spent rising")
    initial_divisor: AtLeastOne = Field(description="train.learning_rate over the first rate")
    final_divisor: AtLeastOne = Field(description="first rate over the last rate")
    anneal: Literal["cosine", "linear"] = Field(description="form of the rise and the fall")


class ReduceOnPlateau(TypedChoice):
    """The rate falls when a monitored number stops improving."""

    monitor: str = Field(description="logged number that must improve: val_loss, loss, val_<metric>")
    mode: Literal["auto", "min", "max"] = Field(
        description="whether less or more is better; auto knows by name"
    )
    factor: Factor = Field(description="what the rate is multiplied by")
    patience: Count = Field(description="epochs without improvement before the rate falls")
    min_delta: NonNegative = Field(description="smallest change that counts as improvement")
    cooldown: WholeNumber = Field(description="epochs after a drop before waiting starts again")
    min_lr: NonNegative = Field(description="learning rate below which it never falls")


SCHEDULES: dict[str, type[TypedChoice]] = {
    "stages.schedules.constant.constant": Constant,
    "stages.schedules.decay.step": Step,
    "stages.schedules.decay.piecewise": Piecewise,
    "stages.schedules.decay.exponential": Exponential,
    "stages.schedules.cosine.cosine": Cosine,
    "stages.schedules.cyclical.cyclical": Cyclical,
    "stages.schedules.one_cycle.one_cycle": OneCycle,
    "stages.schedules.plateau.reduce_on_plateau": ReduceOnPlateau,
}
