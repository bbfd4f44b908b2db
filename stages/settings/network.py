"""Types that the parameters of all models share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from stages.settings.choice import TypedChoice

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Penalty = Annotated[Number, Field(ge=0, le=10)]
Rate = Annotated[Number, Field(ge=0, lt=1)]
Width = Annotated[int, Field(strict=True, ge=1, le=65_536)]

Activation = Literal[
    "celu",
    "elu",
    "exponential",
    "gelu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "prelu",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
]
"""Every activation of Keras that keeps the shape and needs no argument, and PReLU."""

OutputActivation = Literal[
    "auto", "linear", "sigmoid", "softmax", "exponential", "leaky_relu", "relu", "softplus", "tanh"
]
Normalization = Literal["none", "batch", "layer"]
KernelInitializer = Literal[
    "auto",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "lecun_uniform",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "truncated_normal",
    "variance_scaling",
    "zeros",
]


class Tabular(TypedChoice):
    """What every model for tables has: its output and its embeddings of category ids."""

    output_activation: OutputActivation = Field(
        description="last activation; auto fits the task (sigmoid, softmax, linear), linear gives logits"
    )
    embedding_dimension: Width | Literal["auto"] = Field(
        description="length of the vector of a category id; auto is 1.6 * categories ** 0.56"
    )
    embedding_dropout: Rate = Field(description="share of the embedded features dropped in training, [0, 1)")
    embedding_l2: Penalty = Field(description="L2 penalty on the embeddings")
