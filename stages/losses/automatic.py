"""The loss that fits the task and the network's end."""

from __future__ import annotations

from typing import Any

from stages.losses.cross_entropy import build_cross_entropy
from stages.losses.errors import build_mean_squared_error
from stages.models.interface import Outputs


def build_auto(outputs: Outputs) -> Any:
    """Return the cross entropy for classes, the mean squared error for a regression.

    Examples
    --------
    >>> build_auto(Outputs("binary", 1, "sigmoid", 2)).name
    'binary_crossentropy'
    """
    return build_mean_squared_error(outputs) if outputs.task == "regression" else build_cross_entropy(outputs)
