"""From the inputs of the network to one tensor of features, ``(n_samples, n_features)``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import keras

from stages.models.interface import Inputs, Tensor

NUMERIC, CATEGORIES = "numeric", "categories"
LARGEST_EMBEDDING = 600


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
    """Return the numeric columns and the embedded category ids, side by side.

    Raises
    ------
    ValueError
        If the data has another input than these two, or no column at all.
    """
    check_tabular(inputs)
    parts = [inputs.tensors[NUMERIC]] if has_columns(inputs, NUMERIC) else []
    if has_columns(inputs, CATEGORIES):
        embedded = keras.layers.Concatenate(name="embeddings")(embed(inputs, embedding=embedding))
        parts.append(_dropped(embedded, embedding.dropout))
    return parts[0] if len(parts) == 1 else keras.layers.Concatenate(name="features")(parts)


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


def check_tabular(inputs: Inputs) -> None:
    """Raise ValueError unless all inputs are numeric columns and category ids, at least one column."""
    unknown = [name for name in inputs.tensors if name not in (NUMERIC, CATEGORIES)]
    if unknown:
        raise ValueError(
            f"this model reads the inputs `{NUMERIC}` and `{CATEGORIES}`, and the data also has "
            f"{', '.join(f'`{name}`' for name in unknown)}. Choose a model made for it with model=..., "
            "or your own with `upcurve new model FILE.py:build`."
        )
    if not any(has_columns(inputs, name) for name in inputs.tensors):
        raise ValueError(
            "the encoded data has no feature column, so there is nothing to learn from. Look into "
            "data/encode/report.json for the columns that were dropped and why."
        )


def _dropped(tensor: Tensor, rate: float) -> Tensor:
    return keras.layers.Dropout(rate, name="embedding_dropout")(tensor) if rate else tensor
