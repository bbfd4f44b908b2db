"""A trunk's vector beside the columns of the table that the data also has."""

from __future__ import annotations

from stages.models.features import SEQUENCE_LENGTH, TABLE, Embedding, beside, table_features
from stages.models.interface import Inputs, Tensor


def joined(trunk: Tensor, inputs: Inputs, *, embedding: Embedding) -> Tensor:
    """Return the vector `trunk` beside the numbers, embedded category ids and n-gram weights of the data.

    Parameters
    ----------
    trunk
        What was made of a picture, text or series, ``(n_samples, n_features)``.

    Raises
    ------
    ValueError
        If the data has a picture, text or series that `trunk` was not made from.
    """
    read = inputs_of(trunk)
    unread = [name for name in inputs.tensors if name not in {*read, *TABLE, SEQUENCE_LENGTH}]
    if unread:
        raise ValueError(
            f"this model reads {_listed(sorted(read))}, and the data also has {_listed(unread)}. Leave that "
            "column out with dataset.columns.ignored=[...] (of text you can also make features beside it, "
            "with encode/text=tfidf), or write a model for both, `upcurve new model FILE.py:build`."
        )
    return beside([trunk, *table_features(inputs, embedding=embedding)])


def inputs_of(tensor: Tensor) -> set[str]:
    """Return the names of the inputs that the symbolic `tensor` was made from.

    Examples
    --------
    >>> import keras
    >>> first, other = keras.Input((2,), name="first"), keras.Input((2,), name="other")
    >>> sorted(inputs_of(keras.layers.Add()([keras.layers.Dense(2)(first), other])))
    ['first', 'other']
    """
    waiting, seen, names = [tensor], set(), set()
    while waiting:
        operation, index, _ = waiting.pop()._keras_history
        if (id(operation), index) in seen:
            continue
        seen.add((id(operation), index))
        node = operation._inbound_nodes[index]
        if node.is_input:
            names.add(str(operation.name))
        waiting.extend(node.input_tensors)
    return names


def _listed(names: list[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)
