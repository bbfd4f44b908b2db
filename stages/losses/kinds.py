"""What each Keras loss expects: which task, which targets, probabilities or logits."""

from __future__ import annotations

from typing import Any

import keras

BINARY = (keras.losses.BinaryCrossentropy, keras.losses.BinaryFocalCrossentropy)
"""One probability a unit."""
CATEGORICAL = (
    keras.losses.CategoricalCrossentropy,
    keras.losses.CategoricalFocalCrossentropy,
    keras.losses.KLDivergence,
)
"""One distribution over all units."""
CLASS_IDS = (keras.losses.SparseCategoricalCrossentropy, keras.losses.CategoricalGeneralizedCrossEntropy)
"""The target is a class id, the network's answer one distribution over all units."""
MARGIN = (keras.losses.Hinge, keras.losses.SquaredHinge, keras.losses.CategoricalHinge)
"""The network's answer is a score, positive for the class."""
OVERLAP = (keras.losses.Dice, keras.losses.Tversky)
"""The overlap of a whole batch of probabilities."""
STRUCTURED = (keras.losses.CTC, keras.losses.Circle)
"""For sequences and embeddings: no table can use them."""
NOT_NEGATIVE = (keras.losses.Poisson, keras.losses.MeanSquaredLogarithmicError)
"""Errors that are defined for targets from 0 on."""

LIKELIHOODS = (*BINARY, *CATEGORICAL, *CLASS_IDS)
FOR_CLASSES = (*LIKELIHOODS, *MARGIN, *OVERLAP, keras.losses.CosineSimilarity)
MANY_UNITS = (*CATEGORICAL, *CLASS_IDS, keras.losses.CategoricalHinge, keras.losses.CosineSimilarity)


def wants_class_ids(loss: Any) -> bool:
    """Return whether `loss` compares with integer class ids instead of one number a unit."""
    return isinstance(loss, CLASS_IDS)


def from_logits(loss: Any) -> bool | None:
    """Return whether `loss` applies sigmoid or softmax itself; None if it has no such setting."""
    value = loss.get_config().get("from_logits")
    return None if value is None else bool(value)


def learns_logits(loss: Any) -> bool:
    """Return whether a linear output trained with `loss` is a logit or a score rather than a share."""
    return bool(from_logits(loss)) or isinstance(loss, MARGIN)
