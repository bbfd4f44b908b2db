"""Which weights of a model with a pretrained backbone may change."""

from __future__ import annotations

from typing import Any

import keras

from stages.models.backbone import BACKBONE
from stages.models.checks import layers_of
from stages.training.fine_tuning import FineTuning


def backbone_of(model: keras.Model) -> Any:
    """Return the layer of `model`, or of a model within it, that is called ``backbone``.

    Raises
    ------
    ValueError
        If there is none.
    """
    found = next((layer for layer in layers_of(model) if layer.name == BACKBONE), None)
    if found is None:
        raise ValueError(
            "train.fine_tuning=last_layers trains a pretrained backbone in two phases, and this model has "
            "none: take model=backbone (with model.weights=imagenet or a file), name the pretrained part of "
            'your own model "backbone" (keras.Model(..., name="backbone")), or use train.fine_tuning=none.'
        )
    return found


def freeze(model: keras.Model) -> None:
    """Leave nothing but the head of `model` to be trained."""
    backbone_of(model).trainable = False
    if not model.trainable_weights:
        raise ValueError(
            "train.fine_tuning=last_layers first trains what lies behind the backbone, and the model has no "
            "layer with weights there: add a dense layer to it."
        )


def unfreeze(model: keras.Model, tuning: FineTuning) -> None:
    """Let the last layers of the backbone be trained too.

    Raises
    ------
    ValueError
        If they have no weight that may change.
    """
    backbone = backbone_of(model)
    backbone.trainable = True
    layers = list(getattr(backbone, "layers", [])) or [backbone]
    first = 0 if tuning.layers == "all" else max(0, len(layers) - tuning.layers)
    for position, layer in enumerate(layers):
        layer.trainable = position >= first
    if tuning.batch_normalization_frozen and isinstance(backbone, keras.Model):
        for layer in layers_of(backbone):
            layer.trainable = layer.trainable and not isinstance(layer, keras.layers.BatchNormalization)
    if not backbone.trainable_weights:
        raise ValueError(
            f"the last {tuning.layers} layers of the backbone have no weights to train, apart from batch "
            f"normalization: raise train.fine_tuning.layers (the backbone has {len(layers)} layers), or use "
            "train.fine_tuning=none."
        )


def num_trainable(model: keras.Model) -> int:
    """Return how many parameters of `model` may change."""
    return sum(int(weight.numpy().size) for weight in model.trainable_weights)
