"""The initial output bias: what a network should answer before it has seen any feature.

Starting from the class prior spares the first epochs, which otherwise only learn how rare a class is
(Karpathy, "A recipe for training neural networks", 2019; Lin et al., "Focal loss", 2017, section 3.3).
"""

from __future__ import annotations

import numpy as np

from stages.examples.encoded import Array, class_probabilities
from stages.examples.schema import Task


def class_prior(target: Array, *, num_classes: int, weight: Array | None = None) -> Array:
    """Return the weighted share of each class, ``(num_classes,)`` float64.

    `target` holds class ids or class probabilities, as in `Encoded`. A class without any weight counts
    as half an example, so that its logarithm is finite.

    Examples
    --------
    >>> class_prior(np.array([0, 0, 0, 1]), num_classes=2).tolist()
    [0.75, 0.25]
    """
    soft = class_probabilities(target, num_classes).astype(np.float64)
    counts = soft.sum(axis=0) if weight is None else np.asarray(weight, np.float64) @ soft
    counts = np.where(counts > 0, counts, 0.5)
    return np.asarray(counts / counts.sum())


def prior_bias(
    target: Array, *, task: Task, num_classes: int, weight: Array | None = None
) -> tuple[float, ...]:
    """Return the bias before the last activation with which the network predicts the prior.

    One value for a binary task (the log odds of class 1) and for a regression (the mean), one a class
    (the log of its share) for a multi-class task. `weight`, ``(n_samples,)``, are the weights the loss
    will use, sample and class weights multiplied.

    Examples
    --------
    >>> prior_bias(np.array([0, 0, 0, 1, 1, 1]), task="binary", num_classes=2)  # even odds
    (0.0,)
    >>> prior_bias(np.array([1.0, 2.0, 6.0]), task="regression", num_classes=0)
    (3.0,)
    """
    if task == "regression":
        return (float(np.average(target.astype(np.float64), weights=weight)),)
    logarithms = np.log(class_prior(target, num_classes=num_classes, weight=weight))
    if task == "binary":
        return (float(logarithms[1] - logarithms[0]),)
    return tuple(float(value) for value in logarithms)
