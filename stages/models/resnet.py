"""The residual convolutional network for pictures."""

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


def build_resnet(  # noqa: PLR0913 - every keyword is a parameter of conf/model/resnet.yaml
    inputs: Inputs,
    outputs: Outputs,
    *,
    filters: Sequence[int] = (32, 64, 128),
    blocks: int = 2,
    kernel_size: int = 3,
    stem_filters: int = 32,
    stem_kernel_size: int = 3,
    stem_stride: int = 1,
    activation: str = "relu",
    normalization: Normalization = "batch",
    stochastic_depth: float = 0.0,
    global_pooling: GlobalPooling = "average",
    dense_units: Sequence[int] = (),
    dropout: float = 0.2,
    l2: float = 0.0001,
    rescaling: Rescaling = "unit",
    output_activation: str = "auto",
    embedding_dimension: int | Literal["auto"] = "auto",
    embedding_dropout: float = 0.0,
    embedding_l2: float = 0.0,
) -> Any:
    """Return `blocks` residual blocks for each number in `filters`, then the output (He et al. 2016).

    The first block of every stage but the first halves height and width. The last normalization of a
    block begins at zero, so that every block begins as its shortcut (Goyal et al. 2017). With
    `stochastic_depth` the last block is left out with this probability in training, earlier ones in
    proportion to their depth (Huang et al. 2016).

    Examples
    --------
    >>> from stages.examples.encoded import InputSpec, Spec
    >>> from stages.models.interface import make_inputs, make_outputs
    >>> picture = InputSpec(name="image", dtype="uint8", shape=(8, 8, 1))
    >>> spec = Spec(task="binary", classes=("cat", "dog"), inputs=(picture,))
    >>> small = {"filters": [4], "blocks": 1, "stem_filters": 4, "normalization": "none"}
    >>> build_resnet(make_inputs(spec), make_outputs(spec), **small).count_params()  # 40 + 2 * 148 + 5
    341
    """
    common = Convolutions(kernel_size=kernel_size, activation=activation, normalization=normalization, l2=l2)
    maps = common.convolved(
        image(inputs, rescaling=rescaling),
        stem_filters,
        name="stem",
        size=stem_kernel_size,
        stride=stem_stride,
    )
    maps = common.activated(common.normalized(maps, name="stem"), name="stem")
    widths = [
        (stage, number, width) for stage, width in enumerate(filters, 1) for number in range(1, blocks + 1)
    ]
    for position, (stage, number, width) in enumerate(widths, start=1):
        maps = _residual(
            maps,
            width,
            name=f"stage_{stage}_{number}",
            common=common,
            stride=2 if stage > 1 and number == 1 else 1,
            skipped=stochastic_depth * position / len(widths),
        )
    trunk = pooled(maps, global_pooling, name="image_features")
    embedding = Embedding(dimension=embedding_dimension, dropout=embedding_dropout, l2=embedding_l2)
    ending = Ending(dense_units, dropout=dropout, l2=l2, activation=output_activation, embedding=embedding)
    predictions = ended(trunk, inputs, outputs, ending=ending)
    return keras.Model(dict(inputs.tensors), predictions, name="resnet")


def _residual(
    maps: Tensor, filters: int, *, name: str, common: Convolutions, stride: int, skipped: float
) -> Tensor:
    """Return two convolutions of `maps` added to `maps`, which are projected where the shapes differ."""
    made = common.block(maps, filters, name=f"{name}_1", stride=stride)
    made = common.convolved(made, filters, name=f"{name}_2")
    made = common.normalized(made, name=f"{name}_2", gamma="zeros")
    if skipped:
        made = keras.layers.Dropout(skipped, noise_shape=(None, 1, 1, 1), name=f"{name}_depth")(made)
    if stride > 1 or maps.shape[-1] != filters:
        maps = common.convolved(maps, filters, name=f"{name}_shortcut", size=1, stride=stride)
        maps = common.normalized(maps, name=f"{name}_shortcut")
    return common.activated(keras.layers.Add(name=f"{name}_sum")([maps, made]), name=name)
