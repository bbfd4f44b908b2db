"""Focal loss: cross entropy that looks away from what is already right (Lin et al. 2017)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from stages.losses.cross_entropy import one_by_one
from stages.losses.fit import require_classes
from stages.models.interface import Outputs


def build_focal(
    outputs: Outputs,
    *,
    gamma: float = 2.0,
    alpha: float | Sequence[float] | None = None,
    label_smoothing: float = 0.0,
) -> Any:
    """Return ``-alpha_c * (1 - p_c) ** gamma * log(p_c)`` for the true class c.

    Parameters
    ----------
    gamma
        How strongly well predicted rows are discounted; 0 is the cross entropy.
    alpha
        Weight of the classes: None for none, a number in (0, 1) for the positive class of a binary
        task (the other gets ``1 - alpha``), or one number a class.

    Raises
    ------
    ValueError
        If the task is a regression or `alpha` does not fit the number of classes.
    """
    require_classes(outputs, name="focal")
    weights = class_weights(alpha, num_classes=outputs.num_classes)
    logits = outputs.activation == "linear"
    shared = {"gamma": gamma, "label_smoothing": label_smoothing, "from_logits": logits}
    if not one_by_one(outputs):
        return keras.losses.CategoricalFocalCrossentropy(alpha=weights or 1.0, **shared)
    if weights is None:
        return keras.losses.BinaryFocalCrossentropy(apply_class_balancing=False, **shared)
    if outputs.num_classes > 2 or abs(sum(weights) - 1) > 1e-6:
        raise ValueError(
            "train.loss.alpha: over sigmoid outputs the focal loss takes one number, the weight of the "
            "positive class in (0, 1), or two that sum to 1. Use that, train.class_weight, or a network "
            "that ends in softmax."
        )
    return keras.losses.BinaryFocalCrossentropy(apply_class_balancing=True, alpha=weights[1], **shared)


def class_weights(alpha: float | Sequence[float] | None, *, num_classes: int) -> list[float] | None:
    """Return one weight a class, or None.

    Examples
    --------
    >>> class_weights(0.25, num_classes=2)
    [0.75, 0.25]
    """
    if alpha is None:
        return None
    weights = [1 - alpha, alpha] if isinstance(alpha, int | float) else [float(each) for each in alpha]
    if len(weights) != num_classes:
        raise ValueError(
            f"train.loss.alpha has {len(weights)} class weight(s), expected {num_classes}, one for each "
            "class in the order of the data set's classes (a single number serves two classes). "
            f"Received {alpha}."
        )
    return weights
