"""What each answer costs, from what the user states."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

import numpy as np

from stages.examples.encoded import Array

Costs = Mapping[str, Mapping[str, float]]
"""Cost by true class, then by predicted class."""
KEY = "evaluate.threshold.costs"


def cost_matrix(costs: Costs, classes: Sequence[str]) -> Array:
    """Return ``costs[true, predicted]`` as an array, ``(n_classes, n_classes)`` float64.

    Raises
    ------
    ValueError
        For a name that is no class, or a mistake that is cheaper than the right answer.

    Examples
    --------
    >>> cost_matrix({"bad": {"good": 5}}, ("good", "bad")).tolist()
    [[0.0, 1.0], [5.0, 0.0]]
    """
    matrix = 1.0 - np.eye(len(classes))
    for true, answers in costs.items():
        for predicted, cost in answers.items():
            matrix[_index(true, classes), _index(predicted, classes)] = cost
    check_costs(matrix, classes)
    return matrix


def check_costs(costs: Array, classes: Sequence[str]) -> None:
    """Raise ValueError unless right answers are the cheapest (Elkan 2001, section 1.1)."""
    right = np.diag(costs)[:, np.newaxis]
    if (costs == right).all():
        raise ValueError(
            "evaluate.threshold=cost: every answer costs the same, expected mistakes that cost more than "
            "right answers."
        )
    cheaper = np.argwhere(costs < right)
    if len(cheaper):
        true, predicted = cheaper[0]
        raise ValueError(
            f"{KEY}: to predict {classes[predicted]} for a row of class {classes[true]} costs "
            f"{costs[true, predicted]:g}, less than the right answer, {costs[true, true]:g}. Expected the "
            "right answer to be the cheapest; a benefit is a negative cost."
        )


def _index(name: str, classes: Sequence[str]) -> int:
    if name in classes:
        return classes.index(name)
    near = difflib.get_close_matches(name, classes, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise ValueError(
        f"{KEY} names the class {name!r}, which is not in the data set.{hint} Its classes are: "
        f"{', '.join(classes)}."
    )
