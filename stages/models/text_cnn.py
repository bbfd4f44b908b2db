"""Convolutions of several widths side by side, pooled over all steps: which n-grams occur anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import keras

from stages.models.ending import Ending, ended
from stages.models.features import Embedding, beside
from stages.models.interface import Inputs, Outputs
from stages.models.masked_convolution import MaskedConvolutions
from stages.models.pooling import Pooling, pooled
from stages.models.steps import Tokens, steps


def build_text_cnn(  # noqa: PLR0913 - every keyword is a parameter of conf/model/text_cnn.yaml
    inputs: Inputs,
    outputs: Outputs,
    *,
    filters: int = 100,
    kernel_sizes: Sequence[int] = (3, 4, 5),
    activation: str = "relu",
    pooling: Pooling = "max",
    dense_units: Sequence[int] = (),
    dropout: float = 0.5,
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
    """Return the pooled answers of `filters` convolutions of each width, then dense layers and output.

    Kim (2014), Convolutional neural networks for sentence classification, EMNLP: widths 3, 4 and 5,
    maximum over time, dropout of one half.

    Examples
    --------
    >>> from stages.examples.encoded import InputSpec, Spec
    >>> from stages.models.interface import make_inputs, make_outputs
    >>> text = InputSpec(name="text", dtype="int32", shape=(6,), sizes=(10,))
    >>> spec = Spec(task="binary", classes=("ham", "spam"), inputs=(text,))
    >>> build_text_cnn(make_inputs(spec), make_outputs(spec), filters=3).output_shape
    (None, 1)
    """
    tokens = Tokens(
        vector_dimension, l2=vector_l2, spatial_dropout=spatial_dropout, train_vectors=train_vectors
    )
    found = steps(inputs, tokens=tokens)
    convolutions = MaskedConvolutions("none", activation)
    grams = [
        pooled(
            convolutions.convolved(found, filters, width, name=f"convolution_{width}"),
            pooling,
            name=f"attention_{width}",
        )
        for width in dict.fromkeys(kernel_sizes)
    ]
    trunk = beside(grams, name="n_grams")
    embedding = Embedding(dimension=embedding_dimension, dropout=embedding_dropout, l2=embedding_l2)
    ending = Ending(dense_units, dropout=dropout, l2=l2, activation=output_activation, embedding=embedding)
    predictions = ended(trunk, inputs, outputs, ending=ending)
    return keras.Model(dict(inputs.tensors), predictions, name="text_cnn")
