"""From the inputs of the network to one tensor of features, ``(n_samples, n_features)``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import keras

from stages.models.interface import Inputs, Tensor

NUMERIC, CATEGORIES, TERMS = "numeric", "categories", "terms"
IMAGE, TEXT = "image", "text"
SEQUENCE, SEQUENCE_LENGTH = "sequence", "sequence_length"
TABLE = (NUMERIC, CATEGORIES, TERMS)
"""What can stand beside a picture, text or series."""
FEATURES = (*TABLE, IMAGE, SEQUENCE, SEQUENCE_LENGTH)
"""The inputs that `features` can make a vector of: all but token ids, which are no amounts."""
STEP_MODELS = (
    "model=text_cnn, model=embedding_average, model=rnn, model=transformer, model=fcn or model=resnet_1d"
)
LARGEST_EMBEDDING = 600
BRIGHTEST = 255


@dataclass(frozen=True)
class Embedding:
    """How the category ids become numbers: one trained vector for each category of a column.

    Attributes
    ----------
    dimension
        Length of the vectors; ``auto`` for `embedding_dimension` of the column's size.
    dropout
        Share of the embedded features set to zero in training, in [0, 1).
    l2
        L2 penalty on the vectors.
    """

    dimension: int | Literal["auto"] = "auto"
    dropout: float = 0.0
    l2: float = 0.0


def embedding_dimension(size: int) -> int:
    """Return the length of the vectors of a column of `size` categories: ``1.6 * size ** 0.56``, at most 600.

    The rule of fastai (``fastai.tabular.model.emb_sz_rule``), fitted to many data sets by hand.

    Examples
    --------
    >>> [embedding_dimension(size) for size in (2, 3, 10, 100, 100_000)]
    [2, 3, 6, 21, 600]
    """
    dimension: int = round(1.6 * size**0.56)
    return min(LARGEST_EMBEDDING, dimension)


def features(inputs: Inputs, *, embedding: Embedding) -> Tensor:
    """Return everything the data has as one vector for each example.

    Numeric columns and n-gram weights as they are, category ids embedded, pictures scaled to 0-1 and
    flattened, sequences flattened with their length, as a share of the longest, beside them.

    Raises
    ------
    ValueError
        If the data has another input than these, or no column at all.
    """
    parts = [part for name in FEATURES for part in _parts(inputs, name, embedding)]
    check_read(inputs, FEATURES)
    return beside(parts)


def table_features(inputs: Inputs, *, embedding: Embedding) -> list[Tensor]:
    """Return what stands beside a picture, text or series: numbers, embedded ids and n-gram weights."""
    return [part for name in TABLE for part in _parts(inputs, name, embedding)]


def beside(parts: Sequence[Tensor], *, name: str = "features") -> Tensor:
    """Return vectors ``(n_samples, n_i)`` side by side, as the layer called `name`."""
    return parts[0] if len(parts) == 1 else keras.layers.Concatenate(name=name)(parts)


def embed(inputs: Inputs, *, embedding: Embedding) -> list[Tensor]:
    """Return one tensor ``(n_samples, dimension)`` for each column of category ids."""
    spec = inputs.spec.input(CATEGORIES)
    if spec is None:
        return []
    columns = keras.ops.unstack(inputs.tensors[CATEGORIES], num=len(spec.sizes), axis=1)
    return [
        keras.layers.Embedding(
            size,
            embedding_dimension(size) if embedding.dimension == "auto" else embedding.dimension,
            embeddings_regularizer=keras.regularizers.L2(embedding.l2) if embedding.l2 else None,
            name=f"embedding_{position}",
        )(column)
        for position, (column, size) in enumerate(zip(columns, spec.sizes, strict=True))
    ]


def has_columns(inputs: Inputs, name: str) -> bool:
    """Return whether the input called `name` is there and not empty."""
    spec = inputs.spec.input(name)
    return spec is not None and spec.shape != (0,)


def check_read(inputs: Inputs, names: Sequence[str]) -> None:
    """Raise ValueError unless every input is one of `names`, and there is at least one column."""
    unknown = [name for name in inputs.tensors if name not in names]
    if TEXT in unknown:
        raise ValueError(
            f"this model reads no ids of tokens, and the data has them (`{TEXT}`). Take a model that "
            f"reads them, {STEP_MODELS}, or make features of the text with encode/text=tfidf."
        )
    if unknown:
        raise ValueError(
            f"this model reads the inputs {', '.join(f'`{name}`' for name in names)}, and the data also has "
            f"{', '.join(f'`{name}`' for name in unknown)}. Choose a model made for it with model=..., "
            "or your own with `upcurve new model FILE.py:build`."
        )
    if not any(has_columns(inputs, name) for name in inputs.tensors):
        raise ValueError(
            "the encoded data has no feature column, so there is nothing to learn from. Look into "
            "data/encode/report.json for the columns that were dropped and why."
        )


def _parts(inputs: Inputs, name: str, embedding: Embedding) -> list[Tensor]:
    """Return the vectors that the input called `name` gives; none where it is not there or empty."""
    if not has_columns(inputs, name):
        return []
    tensor = inputs.tensors[name]
    if name == CATEGORIES:
        embedded = keras.layers.Concatenate(name="embeddings")(embed(inputs, embedding=embedding))
        return [_dropped(embedded, embedding.dropout)]
    if name == IMAGE:
        scaled = keras.layers.Rescaling(1 / BRIGHTEST, name="image_scaled")(tensor)
        return [keras.layers.Flatten(name="image_flat")(scaled)]
    if name == SEQUENCE:
        return [keras.layers.Flatten(name="sequence_flat")(tensor)]
    if name == SEQUENCE_LENGTH:
        longest = inputs.tensors[SEQUENCE].shape[1]
        return [keras.layers.Rescaling(1 / longest, name="sequence_share")(tensor)]
    return [tensor]


def _dropped(tensor: Tensor, rate: float) -> Tensor:
    return keras.layers.Dropout(rate, name="embedding_dropout")(tensor) if rate else tensor
