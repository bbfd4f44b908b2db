"""The steps of a text or a series: one vector each, and which of them are there.

Padding is never seen: whatever follows the end of a text or series is zero and masked, so that an answer
depends neither on the amount of padding nor on the other rows of the batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import keras
import numpy as np

from stages.models.features import SEQUENCE, SEQUENCE_LENGTH, TEXT
from stages.models.hidden import regularizer
from stages.models.interface import Inputs, Tensor

PADDING = 0
TOKEN_DIMENSION = 64


@dataclass(frozen=True)
class Tokens:
    """How token ids become vectors; a series has its channels instead.

    Attributes
    ----------
    dimension
        Length of the vectors; ``auto`` for that of the pretrained ones, else 64.
    l2
        L2 penalty on the vectors.
    spatial_dropout
        Share of the dimensions (of a series: of its channels) that are set to zero in training, each in
        all steps of an example at once, in [0, 1).
    train_vectors
        Whether pretrained vectors are trained on; vectors without pretraining always are.
    """

    dimension: int | Literal["auto"] = "auto"
    l2: float = 0.0
    spatial_dropout: float = 0.0
    train_vectors: bool = True


class Steps(NamedTuple):
    """Vectors ``(n_samples, n_steps, dimension)``, zero beyond the end, and which steps are there.

    The mask ``(n_samples, n_steps)`` is true where a step is there.
    """

    tensor: Tensor
    mask: Tensor


def steps(inputs: Inputs, *, tokens: Tokens) -> Steps:
    """Return the steps of the text or the series of the data.

    Raises
    ------
    ValueError
        If the data has neither token ids nor a series, or both, or if the pretrained vectors do not fit
        the settings.
    """
    if TEXT in inputs.tensors and SEQUENCE in inputs.tensors:
        raise ValueError(
            "this model reads a text or a series, and the data has both. Leave one column out with "
            "dataset.columns.ignored=[...], or make features of the text with encode/text=tfidf."
        )
    if TEXT in inputs.tensors:
        found = _of_text(inputs, tokens)
    elif SEQUENCE in inputs.tensors:
        found = _of_sequence(inputs)
    else:
        raise ValueError(_nothing_to_read(inputs))
    tensor = found.tensor
    if tokens.spatial_dropout:
        tensor = keras.layers.SpatialDropout1D(tokens.spatial_dropout, name="spatial_dropout")(tensor)
    return masked(tensor, found.mask)


def masked(tensor: Tensor, mask: Tensor) -> Steps:
    """Return `tensor` with zeros where `mask` is false."""
    return Steps(keras.ops.where(keras.ops.expand_dims(mask, -1), tensor, 0.0), mask)


def is_text(inputs: Inputs) -> bool:
    """Return whether the steps are tokens."""
    return TEXT in inputs.tensors


def _of_text(inputs: Inputs, tokens: Tokens) -> Steps:
    spec = inputs.spec.input(TEXT)
    ids = inputs.tensors[TEXT]
    size = spec.sizes[0] if spec is not None else 0
    layer = keras.layers.Embedding(
        size,
        _dimension(inputs, tokens),
        embeddings_regularizer=regularizer(0.0, tokens.l2),
        trainable=inputs.vectors is None or tokens.train_vectors,
        name="token_vectors",
    )
    tensor = layer(ids)
    if inputs.vectors is not None:
        layer.set_weights([np.asarray(inputs.vectors, dtype=np.float32)])
    return Steps(tensor, keras.ops.not_equal(ids, PADDING))


def _of_sequence(inputs: Inputs) -> Steps:
    tensor = inputs.tensors[SEQUENCE]
    number = np.arange(tensor.shape[1], dtype=np.int32)[np.newaxis]
    return Steps(tensor, keras.ops.less(number, inputs.tensors[SEQUENCE_LENGTH]))


def _dimension(inputs: Inputs, tokens: Tokens) -> int:
    if inputs.vectors is None:
        return TOKEN_DIMENSION if tokens.dimension == "auto" else tokens.dimension
    dimension = int(inputs.vectors.shape[1])
    if tokens.dimension not in ("auto", dimension):
        raise ValueError(
            f"model.vector_dimension={tokens.dimension}, and the pretrained vectors (encode.text.vectors) "
            f"have {dimension} dimensions: take model.vector_dimension=auto, or encode.text.vectors=null."
        )
    return dimension


def _nothing_to_read(inputs: Inputs) -> str:
    received = ", ".join(f"`{name}`" for name in inputs.tensors) or "none"
    remedy = (
        "Make token ids of the text with encode/text=tokens."
        if "terms" in inputs.tensors
        else "Take a model made for them, for instance model=mlp for columns or model=cnn for pictures."
    )
    return f"this model reads the steps of a text or a series; the data has the inputs {received}. {remedy}"
