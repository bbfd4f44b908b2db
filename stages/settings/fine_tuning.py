"""Types of the choices of ``train/fine_tuning``: whether a pretrained backbone is trained in phases."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from stages.settings.choice import TypedChoice
from stages.settings.ranges import Count, Flag, Positive

OptimizerName = Literal[
    "sgd",
    "rmsprop",
    "adam",
    "adamw",
    "nadam",
    "adamax",
    "lamb",
    "lion",
    "schedule_free_adamw",
    "adagrad",
    "adadelta",
    "ftrl",
    "adafactor",
    "muon",
]
"""The choices of ``train/optimizer``."""

ScheduleName = Literal[
    "constant", "step", "piecewise", "exponential", "cosine", "cyclical", "one_cycle", "reduce_on_plateau"
]
"""The functions that the choices of ``train/schedule`` name."""


class SinglePhase(TypedChoice):
    """All layers learn together."""


class LastLayers(TypedChoice):
    """First the head, then the last layers of the backbone with it."""

    layers: Count | Literal["all"] = Field(
        description="last layers of the backbone that learn in the second phase"
    )
    learning_rate: Positive = Field(description="step size of the second phase")
    epochs: Count = Field(description="passes over the training rows in the second phase, at most")
    patience: Count = Field(description="epochs without improvement before the second phase stops")
    optimizer: OptimizerName = Field(description="how a gradient becomes a step in the second phase")
    optimizer_arguments: dict[str, Any] = Field(description="keywords of that optimizer")
    schedule: ScheduleName = Field(description="how the learning rate moves in the second phase")
    schedule_arguments: dict[str, Any] = Field(description="keywords of that schedule")
    batch_normalization_frozen: Flag = Field(
        description="leave the means and deviations of batch normalization as they are"
    )


FINE_TUNINGS: dict[str, type[TypedChoice]] = {
    "stages.training.fine_tuning.single_phase": SinglePhase,
    "stages.training.fine_tuning.last_layers": LastLayers,
}
