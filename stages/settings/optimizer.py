"""Types of the choices of ``train/optimizer``: every optimizer of Keras."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from stages.settings.choice import TypedChoice
from stages.settings.ranges import Count, Decay, Flag, NonNegative, Number, Positive, WholeNumber

CLIPS = ("clipnorm", "clipvalue", "global_clipnorm")


class Optimizer(TypedChoice):
    """What every optimizer shares: clipping, weight decay, averaging, accumulation."""

    weight_decay: NonNegative | None = Field(
        description="share of each weight subtracted at a step; null is none"
    )
    clipnorm: Positive | None = Field(description="largest norm of each weight's gradient; null is no limit")
    clipvalue: Positive | None = Field(
        description="largest absolute value of each element of a gradient; null is no limit"
    )
    global_clipnorm: Positive | None = Field(
        description="largest norm of all gradients together; null is no limit"
    )
    use_ema: Flag = Field(description="evaluate and keep a moving average of the weights")
    ema_momentum: Decay = Field(description="share of the old average kept at each step")
    ema_overwrite_frequency: Count | None = Field(
        description="steps after which the average replaces the weights; null is never"
    )
    loss_scale_factor: Positive | None = Field(
        description="factor of the loss before its gradients are taken"
    )
    gradient_accumulation_steps: Annotated[Count, Field(ge=2)] | None = Field(
        description="batches added up before a step; null is every batch"
    )

    @model_validator(mode="after")
    def _one_clip(self) -> Self:
        given = [name for name in CLIPS if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(
                f"an optimizer clips in one way: give one of {', '.join(given)} and leave the others null"
            )
        return self


class Sgd(Optimizer):
    """Stochastic gradient descent."""

    momentum: Decay = Field(description="share of the last step carried into the next")
    nesterov: Flag = Field(description="take the gradient ahead, along the momentum")


class Rmsprop(Optimizer):
    """Steps divided by the root of the mean squared gradient."""

    rho: Decay = Field(description="share of the old mean kept at each step")
    momentum: Decay = Field(description="share of the last step carried into the next")
    epsilon: Positive = Field(description="added to the divisor")
    centered: Flag = Field(description="divide by the variance of the gradient instead of its mean square")


class Moments(Optimizer):
    """The two moving averages of the Adam family."""

    beta_1: Decay = Field(description="share of the old mean gradient kept at each step")
    beta_2: Decay = Field(description="share of the old mean squared gradient kept at each step")


class Adaptive(Moments):
    """Adamax, Nadam and Lamb: moments and their divisor."""

    epsilon: Positive = Field(description="added to the divisor")


class Adam(Adaptive):
    """Adam and AdamW."""

    amsgrad: Flag = Field(description="keep the largest second moment so far")


class Lion(Moments):
    """Steps of the sign of the momentum."""


class ScheduleFree(Adaptive):
    """AdamW with iterate averaging in place of a schedule."""

    warmup_steps: WholeNumber = Field(description="steps over which the rate rises from 0")


class Adagrad(Optimizer):
    """A rate of its own for each weight, shrinking as gradients add up."""

    initial_accumulator_value: NonNegative = Field(description="where the sums of squared gradients start")
    epsilon: Positive = Field(description="added to the divisor")


class Adadelta(Optimizer):
    """Adagrad over a moving window."""

    rho: Decay = Field(description="share of the old mean kept at each step")
    epsilon: Positive = Field(description="added to the divisor")


class Ftrl(Optimizer):
    """Follow the regularised leader."""

    learning_rate_power: Number = Field(le=0, description="power of the decay of the rate; 0 keeps it fixed")
    initial_accumulator_value: NonNegative = Field(description="where the sums of squared gradients start")
    l1_regularization_strength: NonNegative = Field(description="L1 penalty; makes weights exactly zero")
    l2_regularization_strength: NonNegative = Field(description="L2 penalty")
    l2_shrinkage_regularization_strength: NonNegative = Field(description="L2 penalty on the step itself")
    beta: NonNegative = Field(description="offset of the rate in the paper's formula")


class Adafactor(Optimizer):
    """Adam with factored second moments."""

    beta_2_decay: Number = Field(lt=0, description="exponent by which the second moment's decay approaches 1")
    epsilon_1: Positive = Field(description="keeps the divisor off zero")
    epsilon_2: Positive = Field(description="smallest root mean square of a weight used to scale its step")
    clip_threshold: Positive = Field(description="largest root mean square of an update")
    relative_step: Flag = Field(description="shrink the step with the square root of time")


class Muon(Optimizer):
    """Orthogonalised momentum for weight matrices, AdamW for the rest."""

    adam_beta_1: Decay = Field(description="beta_1 of the Adam part")
    adam_beta_2: Decay = Field(description="beta_2 of the Adam part")
    adam_weight_decay: NonNegative = Field(description="weight decay of the Adam part")
    epsilon: Positive = Field(description="added to the divisor of the Adam part")
    exclude_layers: list[str] | None = Field(description="layers trained with Adam, by a part of their name")
    exclude_embeddings: Flag = Field(description="train embeddings with Adam")
    muon_a: Number = Field(description="coefficient of the Newton-Schulz iteration")
    muon_b: Number = Field(description="coefficient of the Newton-Schulz iteration")
    muon_c: Number = Field(description="coefficient of the Newton-Schulz iteration")
    adam_lr_ratio: Positive = Field(description="learning rate of the Adam part over train.learning_rate")
    momentum: Decay = Field(description="share of the last step carried into the next")
    ns_steps: Count = Field(description="Newton-Schulz iterations for each step")
    nesterov: Flag = Field(description="take the gradient ahead, along the momentum")
    rms_rate: Positive | None = Field(
        description="scale of the update that lets it share Adam's learning rate"
    )


OPTIMIZERS: dict[str, type[TypedChoice]] = {
    "keras.optimizers.SGD": Sgd,
    "keras.optimizers.RMSprop": Rmsprop,
    "keras.optimizers.Adam": Adam,
    "keras.optimizers.AdamW": Adam,
    "keras.optimizers.Nadam": Adaptive,
    "keras.optimizers.Adamax": Adaptive,
    "keras.optimizers.Lamb": Adaptive,
    "keras.optimizers.Lion": Lion,
    "keras.optimizers.ScheduleFreeAdamW": ScheduleFree,
    "keras.optimizers.Adagrad": Adagrad,
    "keras.optimizers.Adadelta": Adadelta,
    "keras.optimizers.Ftrl": Ftrl,
    "keras.optimizers.Adafactor": Adafactor,
    "keras.optimizers.Muon": Muon,
}
