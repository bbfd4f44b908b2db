"""The small convolutional network for pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import keras

from stages.models.convolution import Convolutions, GlobalPooling, pooled
from stages.models.ending import Ending, ended
from stages.models.features import Embedding
from stages.models.hidden import Normalization
from stages.models.image_input import Rescaling, image
from stages.models.interface import Inputs, Outputs, Tensor

Pooling = Literal["max", "average", "stride", "none"]


def build_cnn(  # noqa: PLR0913 - every keyword is a parameter of conf/model/cnn.yaml
    inputs: Inputs,
    outputs: Outputs,
    *,
    filters: Sequence[int] = (32, 64, 128),
    convolutions: int = 2,
    kernel_size: int = 3,
    activation: str = "relu",
    normalization: Normalization = "batch",
    pooling: Pooling = "max",
    spatial_dropout: float = 0.0,
    global_pooling: GlobalPooling = "average",
    dense_units: Sequence[int] = (128,),
    dropout: float = 0.2,
    l2: float = 0.0,
    rescaling: Rescaling = "unit",
    output_activation: str = "auto",
    embedding_dimension: int | Literal["auto"] = "auto",
    embedding_dropout: float = 0.0,
    embedding_l2: float = 0.0,
) -> Any:
    """Return one block of convolutions for each number in `filters`, then dense layers and the output.

    A block is `convolutions` times convolution, normalization and activation, then pooling by 2 and
    dropout of whole maps. Columns of a table beside the picture join its vector before the dense layers.

    Examples
    --------
    >>> from stages.examples.encoded import InputSpec, Spec
    >>> from stages.models.interface import make_inputs, make_outputs
    >>> picture = InputSpec(name="image", dtype="uint8", shape=(8, 8, 1))
    >>> spec = Spec(task="binary", classes=("cat", "dog"), inputs=(picture,))
    >>> small = {"filters": [4], "convolutions": 1, "dense_units": [], "normalization": "none"}
    >>> build_cnn(make_inputs(spec), make_outputs(spec), **small).count_params()  # 4 * (3 * 3 + 1) + 4 + 1
    45
    """
    blocks = Convolutions(kernel_size=kernel_size, activation=activation, normalization=normalization, l2=l2)
    maps = image(inputs, rescaling=rescaling)
    for number, width in enumerate(filters, start=1):
        name = f"block_{number}"
        maps = _convolved(maps, width, blocks=blocks, convolutions=convolutions, pooling=pooling, name=name)
        maps = _dropped(maps, spatial_dropout, name=name)
    trunk = pooled(maps, global_pooling, name="image_features")
    embedding = Embedding(dimension=embedding_dimension, dropout=embedding_dropout, l2=embedding_l2)
    ending = Ending(dense_units, dropout=dropout, l2=l2, activation=output_activation, embedding=embedding)
    predictions = ended(trunk, inputs, outputs, ending=ending)
    return keras.Model(dict(inputs.tensors), predictions, name="cnn")


def _convolved(
    maps: Tensor, filters: int, *, blocks: Convolutions, convolutions: int, pooling: Pooling, name: str
) -> Tensor:
    for number in range(1, convolutions + 1):
        stride = 2 if pooling == "stride" and number == convolutions else 1
        maps = blocks.block(maps, filters, name=f"{name}_{number}", stride=stride)
    if min(maps.shape[1:3]) < 2 or pooling in ("stride", "none"):  # one pixel cannot be pooled
        return maps
    layer = keras.layers.MaxPooling2D if pooling == "max" else keras.layers.AveragePooling2D
    return layer(2, name=f"{name}_pooling")(maps)


def _dropped(maps: Tensor, rate: float, *, name: str) -> Tensor:
    return keras.layers.SpatialDropout2D(rate, name=f"{name}_dropout")(maps) if rate else maps
