"""The models that can be chosen with ``model=...`` and their parameters."""

from __future__ import annotations

from pydantic import Field

from stages.settings.choice import Choice
from stages.settings.image_model import IMAGE_MODELS
from stages.settings.network import (
    Activation,
    KernelInitializer,
    Normalization,
    Penalty,
    Rate,
    Tabular,
    Width,
)
from stages.settings.step_model import STEP_MODELS


class Linear(Tabular):
    """One dense layer: logistic, multinomial or linear regression."""

    l1: Penalty = Field(description="L1 penalty on the weights")
    l2: Penalty = Field(description="L2 penalty on the weights")


class MultiLayerPerceptron(Tabular):
    """Hidden blocks of dense layer, normalization, activation and dropout."""

    units: list[Width] = Field(description="width of each hidden layer", max_length=200)
    activation: Activation = Field(description="activation of the hidden layers")
    normalization: Normalization = Field(description="normalization between dense layer and activation")
    dropout: Rate = Field(description="share of the features dropped after each hidden layer, [0, 1)")
    l1: Penalty = Field(description="L1 penalty on the dense weights")
    l2: Penalty = Field(description="L2 penalty on the dense weights")
    kernel_initializer: KernelInitializer = Field(
        description="initial weights; auto fits the activation: he_normal, lecun_normal or glorot_uniform"
    )
    residual: bool = Field(description="whether each block's input is added to its output", strict=True)


class OwnModel(Choice):
    """A function of yours that returns a Keras model, with its own keyword arguments."""

    function: str = Field(
        description="the function, stages.models.own.<file>:<function>",
        pattern=r"^stages\.models\.own\.[A-Za-z_][\w.]*:[A-Za-z_]\w*$",
    )


MODELS: dict[str, type[Choice]] = {
    "stages.models.linear.build_linear": Linear,
    "stages.models.mlp.build_mlp": MultiLayerPerceptron,
    "stages.models.adapter.build_own": OwnModel,
    **IMAGE_MODELS,
    **STEP_MODELS,
}
