"""Names that MLflow takes for what is called otherwise here: it refuses some signs, and folds at slashes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

Key = tuple[str, ...]
REFUSED = re.compile(r"[^\w\-. :]")
"""Signs that MLflow takes in no name, and the one that divides it: a class may be called ``<=50K``."""
LONGEST_NAME = 250


def parameter_names(keys: Iterable[str]) -> list[str]:
    """Return the names of parameters in MLflow, in order: the dotted names of the command line.

    Examples
    --------
    >>> parameter_names(["train.epochs", "dataset.weights.<50", "dataset.weights.>50"])
    ['train.epochs', 'dataset.weights._50', 'dataset.weights._50 2']
    """
    return tell_apart(REFUSED.sub("_", key)[: LONGEST_NAME - 4] for key in keys)


def metric_names(tree: Mapping[str, Any], *, above: Key = (), within: str = "") -> dict[Key, str]:
    """Return the name in MLflow of each leaf of `tree`; its UI folds what stands before each slash.

    Two classes that differ only in signs MLflow refuses are told apart by a number.

    Examples
    --------
    >>> metric_names({"per_class": {"<50": {"f1": 0.1}, ">50": {"f1": 0.2}}})
    {('per_class', '<50', 'f1'): 'per_class/_50/f1', ('per_class', '>50', 'f1'): 'per_class/_50 2/f1'}
    """
    names: dict[Key, str] = {}
    parts = tell_apart(REFUSED.sub("_", part).replace(".", "_").strip()[:100] or "_" for part in tree)
    for part, (key, value) in zip(parts, tree.items(), strict=True):
        if isinstance(value, Mapping):
            names |= metric_names(value, above=(*above, key), within=f"{within}{part}/")
        else:
            names[*above, key] = f"{within}{part}"
    return names


def tell_apart(names: Iterable[str]) -> list[str]:
    """Return `names` in order, with a number behind each that came before.

    Examples
    --------
    >>> tell_apart(["_50K", "_50K", "other"])
    ['_50K', '_50K 2', 'other']
    """
    told: list[str] = []
    taken: set[str] = set()
    for name in names:
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name} {number}"
        taken.add(free)
        told.append(free)
    return told
