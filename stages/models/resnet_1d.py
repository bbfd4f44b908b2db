"""Residual network for series: blocks of three convolutions with a shortcut around each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import keras

from stages.models.ending import Ending, ended
from stages.models.features import Embedding
from stages.models.hidden import Normalization
from stages.models.interface import Inputs, Outputs
from stages.models.masked_convolution import MaskedConvolutions
from stages.models.pooling import Pooling, pooled
from stages.models.steps import Steps, Tokens, masked, steps


def build_resnet_1d(  # noqa: PLR0913 - every keyword is a parameter of conf/model/resnet_1d.yaml
    inputs: Inputs,
    outputs: Outputs,
    *,
    filters: Sequence[int] = (64, 128, 128),
    kernel_sizes: Sequence[int] = (8, 5, 3),
    normalization: Normalization = "batch",
    activation: str = "relu",
    pooling: Pooling = "mean",
    dense_units: Sequence[int] = (),
    dropout: float = 0.0,
    l2: float = 0.0,
    vector_dimension: int | Literal["auto"] = "auto",
    vector_l2: float = 0.0,
    spatial_dropout: float = 0.0,
    train_vectors: bool = True,
    output_activation: str = "auto",
    embedding_dimension: int | Literal["auto"] = "auto",
    embedding_dropout: float = 0.0,
    embedding_l2: float = 0.0,
) -> Any:
    """Return one residual block for each of `filters`, pooled over all steps, then the output.

    A block is a convolution for each of `kernel_sizes`, all but the last activated, added to the block's
    input (through a convolution of width 1 where the numbers of channels differ), activated. Wang, Yan and
    Oates (2017), Time series classification from scratch with deep neural networks: a strong baseline,
    IJCNN; as in Fawaz et al. (2019), Deep learning for time series classification: a review.

    Examples
    --------
    >>> from stages.examples.encoded import InputSpec, Spec
    >>> from stages.models.interface import make_inputs, make_outputs
    >>> series = InputSpec(name="sequence", dtype="float32", shape=(20, 2))
    >>> length = InputSpec(name="sequence_length", dtype="int32", shape=(1,))
    >>> spec = Spec(task="multiclass", classes=("a", "b", "c"), inputs=(series, length))
    >>> build_resnet_1d(make_inputs(spec), make_outputs(spec), filters=[4, 4]).output_shape
    (None, 3)
    """
    tokens = Tokens(
        vector_dimension, l2=vector_l2, spatial_dropout=spatial_dropout, train_vectors=train_vectors
    )
    found = steps(inputs, tokens=tokens)
    blocks = MaskedConvolutions(normalization, activation)
    for number, width in enumerate(filters, start=1):
        found = _block(found, width, kernel_sizes, name=f"block_{number}", blocks=blocks)
    trunk = pooled(found, pooling)
    embedding = Embedding(dimension=embedding_dimension, dropout=embedding_dropout, l2=embedding_l2)
    ending = Ending(dense_units, dropout=dropout, l2=l2, activation=output_activation, embedding=embedding)
    predictions = ended(trunk, inputs, outputs, ending=ending)
    return keras.Model(dict(inputs.tensors), predictions, name="resnet_1d")


def _block(
    found: Steps, filters: int, kernel_sizes: Sequence[int], *, name: str, blocks: MaskedConvolutions
) -> Steps:
    inner = found
    for number, size in enumerate(kernel_sizes[:-1], start=1):
        inner = blocks.convolved(inner, filters, size, name=f"{name}_convolution_{number}")
    last = blocks.linear(inner, filters, kernel_sizes[-1], name=f"{name}_convolution_{len(kernel_sizes)}")
    if found.tensor.shape[-1] == filters:
        shortcut = blocks.normalized(found, name=f"{name}_shortcut")
    else:
        shortcut = blocks.linear(found, filters, 1, name=f"{name}_shortcut")
    total = keras.layers.Add(name=f"{name}_residual")([shortcut, last])
    return masked(blocks.activated(total, name=name), found.mask)
