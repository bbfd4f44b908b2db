"""Fully convolutional network for series: three convolutions and the mean over all steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import keras

from stages.models.ending import Ending, ended
from stages.models.features import Embedding
from stages.models.hidden import Normalization
from stages.models.interface import Inputs, Outputs
from stages.models.masked_convolution import MaskedConvolutions, check_sizes
from stages.models.pooling import Pooling, pooled
from stages.models.steps import Tokens, steps


def build_fcn(  # noqa: PLR0913 - every keyword is a parameter of conf/model/fcn.yaml
    inputs: Inputs,
    outputs: Outputs,
    *,
    filters: Sequence[int] = (128, 256, 128),
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
    """Return convolutions, each normalised and activated, pooled over all steps, then the output.

    Wang, Yan and Oates (2017), Time series classification from scratch with deep neural networks: a strong
    baseline, IJCNN; as in Fawaz et al. (2019), Deep learning for time series classification: a review.

    Raises
    ------
    ValueError
        If there is not one kernel size for each number of filters.

    Examples
    --------
    >>> from stages.examples.encoded import InputSpec, Spec
    >>> from stages.models.interface import make_inputs, make_outputs
    >>> series = InputSpec(name="sequence", dtype="float32", shape=(20, 2))
    >>> length = InputSpec(name="sequence_length", dtype="int32", shape=(1,))
    >>> spec = Spec(task="multiclass", classes=("a", "b", "c"), inputs=(series, length))
    >>> build_fcn(make_inputs(spec), make_outputs(spec), filters=[4, 4], kernel_sizes=[5, 3]).output_shape
    (None, 3)
    """
    tokens = Tokens(
        vector_dimension, l2=vector_l2, spatial_dropout=spatial_dropout, train_vectors=train_vectors
    )
    check_sizes(filters, kernel_sizes)
    found = steps(inputs, tokens=tokens)
    blocks = MaskedConvolutions(normalization, activation)
    for number, (width, size) in enumerate(zip(filters, kernel_sizes, strict=True), start=1):
        found = blocks.convolved(found, width, size, name=f"convolution_{number}")
    trunk = pooled(found, pooling)
    embedding = Embedding(dimension=embedding_dimension, dropout=embedding_dropout, l2=embedding_l2)
    ending = Ending(dense_units, dropout=dropout, l2=l2, activation=output_activation, embedding=embedding)
    predictions = ended(trunk, inputs, outputs, ending=ending)
    return keras.Model(dict(inputs.tensors), predictions, name="fcn")
