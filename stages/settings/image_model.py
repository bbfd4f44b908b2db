"""Types of the models for pictures."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from stages.settings.network import Activation, Normalization, Penalty, Rate, Tabular, Width

Size = Annotated[int, Field(strict=True, ge=1, le=8192)]
Kernel = Annotated[int, Field(strict=True, ge=1, le=31)]
Repeats = Annotated[int, Field(strict=True, ge=1, le=100)]
Rescaling = Literal["unit", "standardize", "none"]
GlobalPooling = Literal["average", "max", "flatten"]


class ImageModel(Tabular):
    """What every model for pictures has: how they are scaled, pooled to a vector and read from there."""

    dense_units: list[Width] = Field(description="width of each dense layer after the maps", max_length=20)
    dropout: Rate = Field(description="share of the features dropped before each dense layer, [0, 1)")
    l2: Penalty = Field(description="L2 penalty on the weights")


class Convolutional(ImageModel):
    """What networks of convolutions share."""

    filters: list[Width] = Field(description="maps of each block or stage", min_length=1, max_length=20)
    kernel_size: Kernel = Field(description="height and width of the kernels, in pixels")
    activation: Activation = Field(description="activation after each convolution")
    normalization: Normalization = Field(description="normalization between convolution and activation")
    global_pooling: GlobalPooling = Field(description="how the maps become one vector")
    rescaling: Rescaling = Field(
        description="brightness 0-1, or mean 0 and deviation 1 of each channel in train, or 0-255"
    )


class Cnn(Convolutional):
    """Blocks of convolutions and pooling."""

    convolutions: Repeats = Field(description="convolutions in each block")
    pooling: Literal["max", "average", "stride", "none"] = Field(description="how each block halves its maps")
    spatial_dropout: Rate = Field(description="share of the maps dropped after each block, [0, 1)")


class Resnet(Convolutional):
    """Residual blocks of two convolutions."""

    blocks: Repeats = Field(description="residual blocks in each stage")
    stem_filters: Width = Field(description="maps of the first convolution")
    stem_kernel_size: Kernel = Field(description="height and width of the first kernels, in pixels")
    stem_stride: Annotated[int, Field(strict=True, ge=1, le=8)] = Field(
        description="pixels between two places of the first kernels"
    )
    stochastic_depth: Rate = Field(description="how often the last block is left out in training, [0, 1)")


class Backbone(ImageModel):
    """A network of ``keras.applications``, its top replaced."""

    name: str = Field(min_length=1, description="name in keras.applications")
    weights: str = Field(min_length=1, description="none, imagenet, or the path of a file")
    weights_sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")] | None = Field(
        description="checksum the file of weights must have"
    )
    arguments: dict[str, Any] = Field(description="further keywords of the network, as Keras names them")
    resolution: Annotated[list[Size], Field(min_length=2, max_length=2)] | None = Field(
        description="height and width of the pictures the network sees; null as encoded, unless too small"
    )
    rescaling: Literal["auto", "unit", "standardize", "none"] = Field(
        description="auto is the network's own scale"
    )
    pooling: GlobalPooling = Field(description="how the maps become one vector")


IMAGE_MODELS: dict[str, type[ImageModel]] = {
    "stages.models.cnn.build_cnn": Cnn,
    "stages.models.resnet.build_resnet": Resnet,
    "stages.models.backbone.build_backbone": Backbone,
}
