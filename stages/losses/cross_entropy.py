"""Cross entropy between the classes and the predicted probabilities, fitted to the network's end."""

from __future__ import annotations

from typing import Any

import keras

from stages.losses.fit import require_classes
from stages.models.interface import Outputs


def build_cross_entropy(outputs: Outputs, *, label_smoothing: float = 0.0) -> Any:
    """Return the binary or categorical cross entropy, over logits where the network ends in them.

    `label_smoothing` in [0, 1) moves that share of each target evenly over the classes, so that the
    network need not be infinitely sure (Szegedy et al. 2016).

    Examples
    --------
    >>> build_cross_entropy(Outputs("multiclass", 3, "softmax", 3)).name
    'categorical_crossentropy'
    """
    require_classes(outputs, name="cross_entropy")
    kind = keras.losses.BinaryCrossentropy if one_by_one(outputs) else keras.losses.CategoricalCrossentropy
    return kind(from_logits=outputs.activation == "linear", label_smoothing=label_smoothing)


def one_by_one(outputs: Outputs) -> bool:
    """Return whether each unit is a probability of its own rather than a share of 1."""
    return outputs.units == 1 or outputs.activation == "sigmoid"
