"""From the targets `encode` writes to those a loss compares with a network's output."""

from __future__ import annotations

from typing import Any

import numpy as np

from stages.examples.encoded import Array, class_probabilities
from stages.losses.kinds import wants_class_ids
from stages.models.interface import Outputs


def target_for(loss: Any, target: Array, outputs: Outputs) -> Array:
    """Return `target` in the form in which `loss` compares it with a network that ends in `outputs`.

    Parameters
    ----------
    target
        As in `stages.examples.encoded.Encoded`: class ids ``(n_samples,)``, class probabilities
        ``(n_samples, num_classes)``, or values ``(n_samples,)``.
    outputs
        What the network really ends in: `stages.models.structure.outputs_of`.

    Returns
    -------
    Array
        float32 ``(n_samples, 1)`` where the network ends in one unit (a value, or the probability of
        class 1), else float32 class probabilities ``(n_samples, num_classes)``; int64 class ids
        ``(n_samples,)`` where the loss wants them.

    Raises
    ------
    ValueError
        If the loss wants class ids and the targets are soft.
    """
    if outputs.task == "regression":
        return target.reshape(-1, 1).astype(np.float32)
    if wants_class_ids(loss):
        return _class_ids(target, type(loss).__name__)
    soft = class_probabilities(target, outputs.num_classes)
    return soft[:, 1:] if outputs.units == 1 else soft


def _class_ids(target: Array, name: str) -> Array:
    if target.ndim == 1:
        return target.astype(np.int64)
    raise ValueError(
        f"the loss {name} needs one class a row, and some rows are mixtures of classes (augment=mixup): "
        "use train.loss=cross_entropy, or augment=none."
    )
