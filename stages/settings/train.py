"""Parameters of `train`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from stages.settings.choice import Choice, OneOf, Section
from stages.settings.class_weight import CLASS_WEIGHTS
from stages.settings.fine_tuning import FINE_TUNINGS
from stages.settings.loss import LOSSES
from stages.settings.model import MODELS
from stages.settings.optimizer import OPTIMIZERS
from stages.settings.ranges import Count, Flag, NonNegative, Positive, Seed, WholeNumber
from stages.settings.schedule import SCHEDULES

MetricName = Annotated[str, Field(min_length=1)]


class TrainSettings(Section):
    """How the network is trained."""

    learning_rate: Positive = Field(description="step size of the optimizer; the schedule shapes it")
    epochs: Count = Field(description="passes over the training rows, at most")
    batch_size: Count = Field(description="rows in one step")
    early_stopping: Flag = Field(
        description="stop when the monitored number has not improved for patience epochs"
    )
    monitor: str = Field(
        min_length=1, description="logged number that chooses the best epoch: val_loss, val_<metric>"
    )
    monitor_mode: Literal["auto", "min", "max"] = Field(
        description="whether less or more of it is better; auto knows by name"
    )
    patience: Count = Field(description="epochs without improvement before training stops")
    min_delta: NonNegative = Field(description="smallest change that counts as improvement")
    start_from_epoch: WholeNumber = Field(description="epochs to pass before any is watched")
    restore_best_weights: Flag = Field(description="keep the weights of the best epoch, not of the last")
    output_bias: Literal["prior", "zero"] = Field(
        description="start the output at the class prior (regression: the mean), or at zero"
    )
    metrics: Literal["auto"] | list[MetricName] = Field(
        description="numbers logged every epoch: auto, or names of Keras metrics"
    )
    mixed_precision: Literal["none", "mixed_float16", "mixed_bfloat16"] = Field(
        description="compute in half precision, keep weights in float32"
    )
    jit_compile: Flag = Field(description="compile each step with XLA")
    steps_per_execution: Literal["auto"] | Count = Field(
        description="steps run between two looks at the clock; changes speed, not results"
    )
    threads: Count = Field(description="threads of one operation, and operations at once")
    gpu_memory_growth: Flag = Field(description="take GPU memory as it is needed instead of all at once")
    deterministic: Flag = Field(description="on a GPU, use only kernels that give the same bits every time")
    seed: Seed = Field(description="draws initial weights, order and dropout")
    optimizer: Annotated[Choice, OneOf(OPTIMIZERS)] = Field(description="how a gradient becomes a step")
    schedule: Annotated[Choice, OneOf(SCHEDULES)] = Field(description="how the learning rate moves")
    loss: Annotated[Choice, OneOf(LOSSES)] = Field(description="what training makes small")
    class_weight: Annotated[Choice, OneOf(CLASS_WEIGHTS)] = Field(
        description="how much a class counts in the loss"
    )
    fine_tuning: Annotated[Choice, OneOf(FINE_TUNINGS)] = Field(
        description="whether a pretrained backbone is trained in phases"
    )


class TrainConfig(Section):
    """The sections that `train` reads."""

    model: Annotated[Choice, OneOf(MODELS)]
    train: TrainSettings
