"""Whether a built network fits the data, and what is odd about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from stages.models.interface import Inputs, Outputs
from stages.models.structure import activation_of

CLASS_ACTIVATIONS = ("sigmoid", "softmax", "linear")
BOUNDED = {
    "sigmoid": "between 0 and 1",
    "softmax": "between 0 and 1",
    "tanh": "between -1 and 1",
    "relu": "from 0 on",
    "softplus": "from 0 on",
}


def check_model(model: Any, inputs: Inputs, outputs: Outputs) -> list[str]:
    """Return notes on what is odd about `model`, built and not yet compiled.

    Raises
    ------
    ValueError
        If it reads other inputs, or its last layer cannot answer the task.
    """
    _check_inputs(model, inputs)
    _check_units(model, outputs)
    activation = activation_of(model)
    _check_activation(activation, outputs, units=model.outputs[0].shape[-1])
    if not model.trainable_weights:
        raise ValueError(
            "the model has no weight to train: give it a dense layer, or set a layer's trainable=True."
        )
    return [
        *getattr(model, "adapter_notes", ()),
        *_range_notes(activation, outputs),
        *_layer_notes(model),
        *_bias_notes(model, outputs),
    ]


def layers_of(model: Any) -> Iterator[Any]:
    """Yield every layer of `model`, those of models within it among them."""
    for layer in model.layers:
        yield layer
        if isinstance(layer, keras.Model):
            yield from layers_of(layer)


def _check_inputs(model: Any, inputs: Inputs) -> None:
    names = {tensor.name for tensor in model.inputs}
    if names != set(inputs.tensors):
        raise ValueError(
            f"the model reads the inputs {', '.join(sorted(names))}, the data has "
            f"{', '.join(inputs.tensors)}: build it on all of them, "
            "keras.Model(dict(inputs.tensors), prediction)."
        )


def _check_units(model: Any, outputs: Outputs) -> None:
    fitting = (1, 2) if outputs.task == "binary" else (outputs.units,)
    shape = tuple(model.outputs[0].shape)
    if len(model.outputs) != 1 or len(shape) != 2 or shape[-1] not in fitting:
        expected = " or ".join(str(units) for units in fitting)
        classes = f" with {outputs.num_classes} classes" if outputs.num_classes else ""
        raise ValueError(
            f"the model's output has shape {shape}, expected (rows, {expected}) for a {outputs.task} "
            f"task{classes}: let your function take `num_outputs` (or `num_classes`) and give its last dense "
            "layer that many units."
        )


def _check_activation(activation: str, outputs: Outputs, *, units: int) -> None:
    if outputs.task == "regression":
        return
    if activation not in CLASS_ACTIVATIONS:
        raise ValueError(
            f"the model ends in {activation}, which gives no class probabilities: end it in "
            f"{outputs.activation}, or in no activation for logits."
        )
    if activation == "softmax" and units == 1:
        raise ValueError(
            "the model ends in a softmax over 1 unit, which is always 1: use sigmoid, or 2 units. "
            "(Let your function take `output_activation`.)"
        )


def _range_notes(activation: str, outputs: Outputs) -> list[str]:
    if outputs.task == "regression" and activation in BOUNDED:
        return [
            f"the model ends in {activation}, so every prediction lies {BOUNDED[activation]}: targets "
            "outside are out of reach. Leave the last activation out, or scale the target with encode.target."
        ]
    if outputs.task == "multiclass" and activation == "sigmoid":
        return [
            "the model ends in sigmoid, each class for itself: softmax fits classes that exclude one another."
        ]
    return []


def _layer_notes(model: Any) -> list[str]:
    layers = list(layers_of(model))
    selu = any(getattr(layer, "activation", None) is keras.activations.selu for layer in layers)
    normalized = any(isinstance(layer, keras.layers.BatchNormalization) for layer in layers)
    plain = any(type(layer) is keras.layers.Dropout and "embedding" not in layer.name for layer in layers)
    notes = {
        "selu normalises itself, and batch normalization undoes it: use model.normalization=none.": selu
        and normalized,
        "selu wants alpha dropout; plain dropout breaks its normalization.": selu and plain,
    }
    return [note for note, applies in notes.items() if applies]


def _bias_notes(model: Any, outputs: Outputs) -> list[str]:
    biases = [layer.bias for layer in layers_of(model) if getattr(layer, "bias", None) is not None]
    if not outputs.bias or not any(outputs.bias) or (biases and np.any(np.asarray(biases[-1]))):
        return []
    return [
        "the output starts without the prior: train.output_bias=prior reaches your own model only if its "
        "function takes `output_bias` and gives its last layer "
        "bias_initializer=keras.initializers.Constant(output_bias)."
    ]
