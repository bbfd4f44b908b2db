"""What a built network really ends in: its width and its last activation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import keras
import numpy as np

from stages.examples.encoded import Array
from stages.models.interface import Outputs, Tensor

OPERATIONS = {"Sigmoid": "sigmoid", "Softmax": "softmax"}
"""Operations without an ``activation`` attribute (``keras.ops`` and layers) that are one."""

UNCHANGED = (keras.layers.Dropout, keras.layers.Flatten, keras.layers.Reshape, keras.layers.Identity)
"""Layers that leave the meaning of a value as it is."""

PROBES = 256


def outputs_of(model: Any, outputs: Outputs) -> Outputs:
    """Return `outputs` with the units and the last activation that `model` really has.

    A loss is built for the result, and its targets are made for it.
    """
    return replace(outputs, units=int(model.outputs[0].shape[-1]), activation=activation_of(model))


def activation_of(model: Any) -> str:
    """Return the last activation of `model`.

    It is read from the last layer; where that does not tell (a subclassed model, a layer of one's own)
    it is inferred from the answers to random rows: within 0 and 1 is ``sigmoid``, rows that sum to 1
    besides are ``softmax``, anything else is ``linear``.
    """
    written = written_activation(model.outputs[0])
    if written is not None:
        return written
    return observed_activation(np.asarray(model(random_rows(model), training=False)))


def written_activation(tensor: Tensor) -> str | None:
    """Return the name of the activation that made the symbolic `tensor`, or None if it does not tell."""
    operation, node_index, _ = tensor._keras_history
    if isinstance(operation, keras.Model):
        inner = getattr(operation, "outputs", None)
        return written_activation(inner[0]) if inner else None
    if isinstance(operation, keras.layers.Activation | keras.layers.Dense):
        if operation.activation is not keras.activations.linear:
            return _name(operation.activation)
        if isinstance(operation, keras.layers.Dense):
            return "linear"
    if isinstance(operation, UNCHANGED) or isinstance(operation, keras.layers.Activation):
        return written_activation(operation._inbound_nodes[node_index].input_tensors[0])
    return OPERATIONS.get(type(operation).__name__)


def observed_activation(values: Array) -> str:
    """Return the activation that `values`, ``(n_samples, units)``, look like.

    Examples
    --------
    >>> observed_activation(np.array([[0.2, 0.8], [0.5, 0.5]]))
    'softmax'
    >>> observed_activation(np.array([[0.2], [0.9]]))
    'sigmoid'
    >>> observed_activation(np.array([[-0.2], [0.9]]))
    'linear'
    """
    if not (np.all(values >= 0) and np.all(values <= 1) and np.any(values > 0)):
        return "linear"
    sums_to_one = values.shape[-1] > 1 and np.allclose(values.sum(axis=-1), 1, atol=1e-2)
    return "softmax" if sums_to_one else "sigmoid"


def random_rows(model: Any) -> dict[str, Array]:
    """Return made-up rows for the inputs of `model` by name, the same at every call."""
    generator = np.random.default_rng(0)
    return {tensor.name: _random(tensor, generator) for tensor in model.inputs}


def _random(tensor: Tensor, generator: np.random.Generator) -> Array:
    shape = (PROBES, *tensor.shape[1:])
    if np.issubdtype(tensor.dtype, np.integer):
        return generator.integers(0, 2, size=shape).astype(tensor.dtype)  # ids that every column has
    return generator.normal(scale=3.0, size=shape).astype(tensor.dtype)


def _name(activation: Any) -> str:
    return str(getattr(activation, "__name__", type(activation).__name__))
