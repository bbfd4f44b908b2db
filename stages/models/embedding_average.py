"""The average of the vectors of all steps: of a text a bag of words, the yardstick for slower models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import keras

from stages.models.ending import Ending, ended
from stages.models.features import Embedding
from stages.models.interface import Inputs, Outputs
from stages.models.pooling import Pooling, pooled
from stages.models.steps import Steps, Tokens, is_text, masked, steps


def build_embedding_average(  # noqa: PLR0913 - every keyword is a parameter of conf/model/embedding_average.yaml
    inputs: Inputs,
    outputs: Outputs,
    *,
    pooling: Pooling = "mean",
    step_units: int = 64,
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
    """Return the pooled vectors of the steps, then the dense layers and the output.

    The steps of a series, whose channels average to little, each go through a dense layer of `step_units`
    with ReLU first. The order of the steps is not seen. Iyyer et al. (2015), Deep unordered composition
    rivals syntactic methods for text classification, ACL.

    Examples
    --------
    >>> from stages.examples.encoded import InputSpec, Spec
    >>> from stages.models.interface import make_inputs, make_outputs
    >>> text = InputSpec(name="text", dtype="int32", shape=(6,), sizes=(10,))
    >>> spec = Spec(task="binary", classes=("ham", "spam"), inputs=(text,))
    >>> build_embedding_average(make_inputs(spec), make_outputs(spec), vector_dimension=4).output_shape
    (None, 1)
    """
    tokens = Tokens(
        vector_dimension, l2=vector_l2, spatial_dropout=spatial_dropout, train_vectors=train_vectors
    )
    found = steps(inputs, tokens=tokens)
    trunk = pooled(found if is_text(inputs) else _each_step(found, step_units), pooling)
    embedding = Embedding(dimension=embedding_dimension, dropout=embedding_dropout, l2=embedding_l2)
    ending = Ending(dense_units, dropout=dropout, l2=l2, activation=output_activation, embedding=embedding)
    predictions = ended(trunk, inputs, outputs, ending=ending)
    return keras.Model(dict(inputs.tensors), predictions, name="embedding_average")


def _each_step(found: Steps, units: int) -> Steps:
    layer = keras.layers.Dense(units, activation="relu", kernel_initializer="he_normal", name="each_step")
    return masked(layer(found.tensor), found.mask)
