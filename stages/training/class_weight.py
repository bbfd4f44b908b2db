"""How much the examples of each class count in the loss: cost-sensitive learning instead of resampling.

Contract: ``weigh(counts) -> {class name: weight}``, where `counts` is the (weighted) number of rows of
each class that training sees; empty for a regression, which has no classes.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

NO_WEIGHTS: Mapping[str, float] = {}


def equal(counts: Mapping[str, float]) -> dict[str, float]:
    """Let every example count the same.

    Examples
    --------
    >>> equal({"good": 3, "bad": 1})
    {'good': 1.0, 'bad': 1.0}
    """
    return dict.fromkeys(counts, 1.0)


def balanced(counts: Mapping[str, float], *, strength: float = 1.0) -> dict[str, float]:
    """Weigh classes by ``(n_samples / (n_classes * count)) ** strength`` (King & Zeng 2001).

    With `strength` 1 every class has the same part in the loss. A class without rows weighs 1.

    Raises
    ------
    ValueError
        For a regression.

    Examples
    --------
    >>> balanced({"good": 3, "bad": 1})
    {'good': 0.6666666666666666, 'bad': 2.0}
    """
    _require_classes(counts, "balanced")
    total = sum(counts.values())
    return {
        name: (total / (len(counts) * count)) ** strength if count else 1.0 for name, count in counts.items()
    }


def given(counts: Mapping[str, float], *, weights: Mapping[str, float] = NO_WEIGHTS) -> dict[str, float]:
    """Weigh classes as told; a class that is left out counts 1.

    Raises
    ------
    ValueError
        For a regression, a name that is no class, or weights that are all 0.

    Examples
    --------
    >>> given({"good": 3, "bad": 1}, weights={"bad": 5})
    {'good': 1.0, 'bad': 5.0}
    """
    _require_classes(counts, "given")
    for name in weights:
        if name not in counts:
            near = difflib.get_close_matches(name, counts, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise ValueError(
                f"train.class_weight.weights names the class {name!r}, which is not in the data set.{hint} "
                f"Its classes are: {', '.join(counts)}."
            )
    chosen = {name: float(weights.get(name, 1.0)) for name in counts}
    if not any(chosen.values()):
        raise ValueError(
            "train.class_weight.weights are all 0: nothing would be learnt. Give one class more than 0."
        )
    return chosen


def _require_classes(counts: Mapping[str, float], choice: str) -> None:
    if not counts:
        raise ValueError(
            f"train.class_weight={choice} needs classes, and the task is a regression: use "
            "train.class_weight=none."
        )
