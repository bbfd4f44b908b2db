"""A small transformer encoder over the tokens of a text or the steps of a series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import keras

from stages.models.encoder_blocks import EncoderBlocks, Positions, with_positions
from stages.models.ending import Ending, ended
from stages.models.features import Embedding
from stages.models.interface import Inputs, Outputs, Tensor
from stages.models.pooling import Pooling, pooled
from stages.models.steps import Steps, Tokens, masked, steps


def build_transformer(  # noqa: PLR0913 - every keyword is a parameter of conf/model/transformer.yaml
    inputs: Inputs,
    outputs: Outputs,
    *,
    blocks: int = 1,
    dimension: int = 64,
    heads: int = 2,
    feed_forward: int = 128,
    block_dropout: float = 0.1,
    positions: Positions = "learned",
    pooling: Pooling | Literal["class_token"] = "mean",
    dense_units: Sequence[int] = (),
    dropout: float = 0.1,
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
    """Return encoder blocks over the steps, pooled, then the dense layers and the output.

    The steps are first brought to `dimension` features, through a dense layer where they have another
    number. `pooling` ``class_token`` puts a learned vector before the steps and answers from what becomes
    of it (Devlin et al. 2019, BERT); the others pool over all steps.

    Raises
    ------
    ValueError
        If `dimension` is no multiple of `heads`.

    Examples
    --------
    >>> from stages.examples.encoded import InputSpec, Spec
    >>> from stages.models.interface import make_inputs, make_outputs
    >>> text = InputSpec(name="text", dtype="int32", shape=(6,), sizes=(10,))
    >>> spec = Spec(task="binary", classes=("ham", "spam"), inputs=(text,))
    >>> build_transformer(make_inputs(spec), make_outputs(spec), dimension=8).output_shape
    (None, 1)
    """
    if dimension % heads:
        raise ValueError(
            f"model.dimension={dimension} must be a multiple of model.heads={heads}, so that all heads are "
            f"of one width: take model.dimension={heads * max(1, round(dimension / heads))}."
        )
    tokens = Tokens(
        vector_dimension, l2=vector_l2, spatial_dropout=spatial_dropout, train_vectors=train_vectors
    )
    found = with_positions(_projected(steps(inputs, tokens=tokens), dimension), positions)
    if pooling == "class_token":
        found = _with_class_token(found)
    encoder = EncoderBlocks(heads, feed_forward, block_dropout)
    for number in range(1, blocks + 1):
        found = encoder.encoded(found, name=f"block_{number}")
    found = masked(
        keras.layers.LayerNormalization(epsilon=1e-6, name="normalization")(found.tensor), found.mask
    )
    trunk = found.tensor[:, 0] if pooling == "class_token" else pooled(found, pooling)
    embedding = Embedding(dimension=embedding_dimension, dropout=embedding_dropout, l2=embedding_l2)
    ending = Ending(dense_units, dropout=dropout, l2=l2, activation=output_activation, embedding=embedding)
    predictions = ended(trunk, inputs, outputs, ending=ending)
    return keras.Model(dict(inputs.tensors), predictions, name="transformer")


def _projected(found: Steps, dimension: int) -> Steps:
    if found.tensor.shape[-1] == dimension:
        return found
    return masked(keras.layers.Dense(dimension, name="projection")(found.tensor), found.mask)


def _with_class_token(found: Steps) -> Steps:
    first: Tensor = found.mask[:, :1]
    nought = keras.ops.zeros_like(first, dtype="int32")
    vector = keras.layers.Embedding(1, found.tensor.shape[-1], name="class_token")(nought)
    return Steps(
        keras.layers.Concatenate(axis=1, name="with_class_token")([vector, found.tensor]),
        keras.ops.concatenate([keras.ops.ones_like(first), found.mask], axis=1),
    )
