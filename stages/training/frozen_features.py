"""What a frozen backbone makes of every example, computed once instead of once an epoch."""

from __future__ import annotations

import keras
import numpy as np

from stages.models.backbone import FEATURES
from stages.models.interface import Tensor
from stages.models.prediction import network_answers
from stages.training.compiling import Compiled, Recipe, recompiled
from stages.training.rows import Rows

LARGEST = 2**30
"""Bytes of features above which they are computed anew in every epoch."""
BATCH = 64


def on_features(compiled: Compiled, *, recipe: Recipe) -> Compiled | None:
    """Return the head of the network alone, compiled, with the backbone's features in place of pictures.

    Its layers are those of the whole network: what it learns, the whole network has learnt.

    Returns
    -------
    Compiled or None
        None where augmentation changes the pictures every epoch, the network has no layer called
        ``backbone_features`` or learns something before it, or the features would not fit in memory.
    """
    model = compiled.model
    found = next((layer for layer in model.layers if layer.name == FEATURES), None)
    if found is None or compiled.policy is not None:
        return None
    features = found.output
    if _size(compiled, features) > LARGEST:
        return None
    trunk = keras.Model(_sources(features), features)
    if trunk.trainable_weights:
        return None
    given = keras.Input(features.shape[1:], dtype=features.dtype, name=FEATURES)
    known = {id(features): given, **{id(tensor): tensor for tensor in model.inputs}}
    answer = _called_again(model.outputs[0], known)
    head = keras.Model(_sources(answer), answer)
    rows, validation = (_with_features(each, trunk, head) for each in (compiled.rows, compiled.validation))
    return recompiled(compiled, recipe=recipe, model=head, rows=rows, validation=validation)


def _sources(tensor: Tensor) -> dict[str, Tensor]:
    return {each.name: each for each in keras.utils.get_source_inputs(tensor)}


def _called_again(tensor: Tensor, known: dict[int, Tensor]) -> Tensor:
    """Return what the layers that made `tensor` make of the `known` tensors by id, to which it adds."""
    # A model cut out of another by its inner tensors would leave the other one unable to be saved.
    if id(tensor) not in known:
        operation, index, _ = tensor._keras_history
        node = operation._inbound_nodes[index]
        for each in node.input_tensors:
            _called_again(each, known)
        arguments, keywords = node.arguments.fill_in(known)
        made = operation(*arguments, **keywords)
        known.update(
            {id(old): new for old, new in zip(node.output_tensors, keras.tree.flatten(made), strict=True)}
        )
    return known[id(tensor)]


def _size(compiled: Compiled, features: Tensor) -> int:
    """Return the bytes of `features` of all rows."""
    rows = len(compiled.rows) + len(compiled.validation)
    return rows * int(np.prod(features.shape[1:])) * np.dtype(np.float32).itemsize


def _with_features(rows: Rows, trunk: keras.Model, head: keras.Model) -> Rows:
    """Return `rows` as `head` reads them, with what `trunk` makes of them."""
    seen = {each.name: rows.inputs[each.name] for each in trunk.inputs}
    inputs = {**rows.inputs, FEATURES: network_answers(trunk, seen, batch_size=BATCH)}
    return Rows({each.name: inputs[each.name] for each in head.inputs}, rows.target, rows.weight)
