"""Types of the models for the tokens of a text and the steps of a series."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from stages.settings.network import Activation, Normalization, Penalty, Rate, Tabular, Width
from stages.settings.ranges import Flag

Kernel = Annotated[int, Field(strict=True, ge=1, le=1024)]
Layers = Annotated[int, Field(strict=True, ge=1, le=100)]
Pooling = Literal["mean", "max", "attention"]


class StepModel(Tabular):
    """What every model over steps has: the vectors of tokens, the dense layers and the penalties."""

    dense_units: list[Width] = Field(description="width of each dense layer before the output", max_length=20)
    dropout: Rate = Field(description="share of the features dropped before dense layers and output, [0, 1)")
    l2: Penalty = Field(description="L2 penalty on the dense weights and the output's")
    vector_dimension: Width | Literal["auto"] = Field(
        description="length of the vector of a token; auto is that of the pretrained ones, else 64"
    )
    vector_l2: Penalty = Field(description="L2 penalty on the vectors of the tokens")
    spatial_dropout: Rate = Field(
        description="share of the vectors' dimensions (or channels) dropped in all steps at once, [0, 1)"
    )
    train_vectors: Flag = Field(description="whether pretrained vectors are trained on")


class EmbeddingAverage(StepModel):
    """The average of the vectors of all steps."""

    pooling: Pooling = Field(description="how the steps become one vector")
    step_units: Width = Field(description="width of the dense layer over each step of a series")


class TextCnn(StepModel):
    """Convolutions of several widths side by side."""

    filters: Width = Field(description="convolutions of each width")
    kernel_sizes: list[Kernel] = Field(description="widths, in steps", min_length=1, max_length=20)
    activation: Activation = Field(description="activation of the convolutions")
    pooling: Pooling = Field(description="how the steps become one vector")


class RecurrentNetwork(StepModel):
    """LSTM or GRU layers."""

    cell: Literal["LSTM", "GRU"] = Field(description="kind of recurrent layer")
    units: list[Width] = Field(
        description="width of each recurrent layer, of each direction", min_length=1, max_length=20
    )
    bidirectional: Flag = Field(description="whether the steps are read from both ends")
    pooling: Pooling | Literal["last"] = Field(
        description="the state after the last step, or how all states become one vector"
    )
    input_dropout: Rate = Field(description="share of each layer's inputs dropped in training, [0, 1)")
    recurrent_dropout: Rate = Field(description="share of the previous state dropped in training, [0, 1)")


class Transformer(StepModel):
    """Encoder blocks of self-attention."""

    blocks: Layers = Field(description="encoder blocks")
    dimension: Width = Field(description="features of each step, a multiple of heads")
    heads: Layers = Field(description="attention heads")
    feed_forward: Width = Field(description="width of the dense layer within a block")
    block_dropout: Rate = Field(description="share dropped within the blocks, [0, 1)")
    positions: Literal["learned", "sinusoidal", "none"] = Field(
        description="what tells a step its place; none: the order is not seen"
    )
    pooling: Pooling | Literal["class_token"] = Field(description="how the steps become one vector")


class Convolutional(StepModel):
    """What networks of normalised convolutions over steps share."""

    filters: list[Width] = Field(
        description="channels of each convolution or block", min_length=1, max_length=100
    )
    kernel_sizes: list[Kernel] = Field(description="widths, in steps", min_length=1, max_length=100)
    normalization: Normalization = Field(description="normalization between convolution and activation")
    activation: Activation = Field(description="activation after each convolution")
    pooling: Pooling = Field(description="how the steps become one vector")


class Fcn(Convolutional):
    """Three convolutions and the mean over all steps."""


class Resnet1d(Convolutional):
    """Blocks of convolutions with a shortcut around each."""


STEP_MODELS: dict[str, type[StepModel]] = {
    "stages.models.embedding_average.build_embedding_average": EmbeddingAverage,
    "stages.models.text_cnn.build_text_cnn": TextCnn,
    "stages.models.rnn.build_rnn": RecurrentNetwork,
    "stages.models.transformer.build_transformer": Transformer,
    "stages.models.fcn.build_fcn": Fcn,
    "stages.models.resnet_1d.build_resnet_1d": Resnet1d,
}
