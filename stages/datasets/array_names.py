"""Which arrays of an .npz file are features, target and lengths, told by their names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stages.datasets.names import nearest
from stages.datasets.places import PARTS
from stages.settings.dataset import DatasetArrays

FEATURES: Final = ("x", "images", "image", "imgs", "data", "features", "series", "sequences", "inputs")
TARGETS: Final = ("y", "labels", "label", "target", "targets", "classes", "class")
LENGTHS: Final = ("len", "lengths", "length", "lens", "n_steps")
WORDS: Final = re.compile(r"[_\-. ]+|(?<=[a-z])(?=[A-Z])")


class ArraySet(NamedTuple):
    """Arrays that belong together, the part they are of, and what people should know."""

    name: str
    part: str | None
    features: NDArray[Any]
    target: NDArray[Any]
    lengths: NDArray[Any] | None
    remarks: tuple[str, ...]


def split_name(name: str) -> tuple[str, str | None]:
    """Return what an array holds, by its name, and the part it is of.

    Examples
    --------
    >>> split_name("X_train"), split_name("test_images"), split_name("xVal"), split_name("y")
    (('x', 'train'), ('images', 'test'), ('x', 'validation'), ('y', None))
    >>> split_name("Xtrain")
    ('x', 'train')
    """
    words = [word for each in WORDS.split(name) if each for word in _apart(each.lower())]
    part = next((PARTS[word] for word in words if word in PARTS), None)
    return "_".join(word for word in words if word not in PARTS), part


def _apart(word: str) -> tuple[str, ...]:
    """Return what an array holds and its part where both are one word (``xtrain``), else the word."""
    held = (*FEATURES, *TARGETS, *LENGTHS)
    part = next((part for part in PARTS if word.endswith(part) and word.removesuffix(part) in held), "")
    return (word.removesuffix(part), part) if part else (word,)


def find_sets(name: str, arrays: Mapping[str, NDArray[Any]], stated: DatasetArrays) -> list[ArraySet]:
    """Return the sets of features and target in the arrays of the file `name`, one for each part.

    Raises ValueError where one of them cannot be found, naming the arrays that are there.
    """
    by_part: dict[str | None, dict[str, str]] = {}
    for key in arrays:
        base, part = split_name(key)
        by_part.setdefault(part, {})[base] = key
        by_part[part].setdefault(key, key)
    sets = []
    for part, keys in by_part.items():
        features = _chosen(keys, stated.features, FEATURES)
        target = _chosen(keys, stated.target, TARGETS)
        if features is None and (part is None and len(by_part) > 1):
            continue  # names of classes and the like, beside the parts
        if features is None or target is None:
            raise ValueError(_not_found(name, arrays, stated, part, lacking_target=features is not None))
        lengths = _chosen(keys, stated.lengths, LENGTHS)
        sets.append(
            ArraySet(
                f"{name}/{features}", part, np.asarray(arrays[features]), np.asarray(arrays[target]),
                None if lengths is None else np.asarray(arrays[lengths]), (),
            )
        )  # fmt: skip
    return _with_all_parts(name, sets)


def _chosen(keys: Mapping[str, str], stated: str, usual: tuple[str, ...]) -> str | None:
    if stated != "auto":
        return keys.get(stated) or keys.get(split_name(stated)[0])
    return next((keys[base] for base in usual if base in keys), None)


def _with_all_parts(name: str, sets: list[ArraySet]) -> list[ArraySet]:
    lacking = [each for each in sets if each.part is None]
    if len(sets) > 1 and lacking:
        raise ValueError(
            f"{name} holds arrays of parts (train, test) beside {lacking[0].name!r}, which is of none. State "
            "one pair with dataset.arrays.features and dataset.arrays.target, or take it out of the file."
        )
    return sets


def _not_found(
    name: str,
    arrays: Mapping[str, NDArray[Any]],
    stated: DatasetArrays,
    part: str | None,
    *,
    lacking_target: bool,
) -> str:
    what, key = ("target", stated.target) if lacking_target else ("features", stated.features)
    of = f" of the part {part}" if part else ""
    if key == "auto":
        usual = TARGETS if lacking_target else FEATURES
        why = f"none has one of the usual names ({', '.join(usual)})"
    else:
        why = f"there is no {key!r}.{nearest(key, arrays)}".rstrip(".")
    return (
        f"{name}: the {what}{of} cannot be told among the arrays {listed_arrays(arrays)}: {why}. State "
        f"dataset.arrays.{what}."
    )


def listed_arrays(arrays: Mapping[str, NDArray[Any]]) -> str:
    """Return names and shapes as one phrase.

    Examples
    --------
    >>> listed_arrays({"X": np.zeros((2, 3))})
    'X (2 x 3)'
    """
    return (
        ", ".join(f"{name} ({' x '.join(map(str, each.shape))})" for name, each in arrays.items()) or "none"
    )
