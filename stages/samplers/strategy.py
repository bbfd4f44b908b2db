"""What `sampling_strategy` says, from class names to class ids, and whether it can be done."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from stages.examples.encoded import Array

ADVICE = {
    "over-sampling": (
        "Give auto, minority, not majority, not minority or all; with two classes the wanted ratio of the "
        "small to the large one (0.8); or the rows each class is to have afterwards, at least as many as "
        "now, by class name (resample.sampling_strategy={{{name}: {count}}})"
    ),
    "under-sampling": (
        "Give auto, majority, not minority, not majority or all; with two classes the wanted ratio of the "
        "small to the large one (0.8); or the rows each class is to keep, at most as many as now, by class "
        "name (resample.sampling_strategy={{{name}: {count}}})"
    ),
    "clean-sampling": (
        "This sampler finds itself how many rows to remove: give auto, majority, not minority, not "
        "majority or all, or a list of the classes to clean (resample.sampling_strategy=[{name}])"
    ),
}


def name_counts(y: Array, classes: Sequence[str]) -> dict[str, int]:
    """Return the number of rows of each class, by name."""
    counts = np.bincount(y, minlength=len(classes))
    return {name: int(count) for name, count in zip(classes, counts, strict=True)}


def with_class_ids(sampler: Any, classes: Sequence[str]) -> Any:
    """Return an unfitted copy of `sampler` whose `sampling_strategy` names classes by id.

    Raises
    ------
    ValueError
        Where it names a class that does not exist.
    """
    from sklearn.base import clone

    if not hasattr(sampler, "get_params"):
        return sampler
    strategy = sampler.get_params(deep=False).get("sampling_strategy")
    if isinstance(strategy, Mapping):
        strategy = {_class_id(name, classes): int(count) for name, count in strategy.items()}
    elif isinstance(strategy, Sequence) and not isinstance(strategy, str):
        strategy = [_class_id(name, classes) for name in strategy]
    else:
        return clone(sampler)
    return clone(sampler).set_params(sampling_strategy=strategy)


def planned(sampler: Any, y: Array, classes: Sequence[str]) -> dict[int, int]:
    """Return by class id how many rows `sampler` is to make or keep; empty where it does not say beforehand.

    Raises
    ------
    ValueError
        Where `sampling_strategy` asks for what cannot be done, with the counts of all classes.
    """
    from imblearn.utils import check_sampling_strategy

    kind = getattr(sampler, "_sampling_type", "bypass")
    if kind not in ADVICE or not hasattr(sampler, "sampling_strategy"):
        return {}
    try:
        plan = check_sampling_strategy(sampler.sampling_strategy, y, kind)
    except ValueError as error:
        counts = name_counts(y, classes)
        name = min(counts, key=lambda each: counts[each])
        asked = _by_name(sampler.sampling_strategy, classes)
        raise ValueError(
            f"resample.sampling_strategy={asked} does not suit {type(sampler).__name__}: {error} "
            f"Train has {', '.join(f'{each} {count:,}' for each, count in counts.items())}. "
            f"{ADVICE[kind].format(name=name, count=counts[name])}."
        ) from error
    return {int(key): int(count) for key, count in plan.items()}


def check_neighbours(
    sampler: Any, plan: Mapping[int, int], y: Array, classes: Sequence[str], *, nested: bool = False
) -> None:
    """Refuse to make rows of a class that has too few neighbours for it.

    `nested` says that `sampler` is the SMOTE of one that combines two.

    Raises
    ------
    ValueError
        Naming the classes and the largest number of neighbours that works.
    """
    if getattr(sampler, "_sampling_type", "") != "over-sampling":
        return
    key = "k_neighbors" if hasattr(sampler, "k_neighbors") else "n_neighbors"
    neighbours = getattr(sampler, key, None)
    if not isinstance(neighbours, int):
        return
    counts = name_counts(y, classes)
    small = {classes[each]: counts[classes[each]] for each, new in plan.items() if new}
    small = {name: count for name, count in small.items() if count <= neighbours}
    if not small:
        return
    least = min(small.values()) - 1
    setting = f"resample.{key}={least}"
    if nested:
        setting = f"'resample.smote={{_target_:imblearn.over_sampling.SMOTE,{key}:{least}}}'"
    lower = f"Set {setting}, or take" if least > 0 else "Take"
    named = ", ".join(f"{name} has {count:,}" for name, count in small.items())
    raise ValueError(
        f"{type(sampler).__name__} makes rows between a row and one of its {neighbours} nearest neighbours "
        f"of the same class, so each class to enlarge needs at least {neighbours + 1} rows in train; "
        f"{named}. {lower} resample=random_over, which repeats rows and needs no neighbours."
    )


def _class_id(name: object, classes: Sequence[str]) -> int:
    """Return the id of the class called `name`; YAML's true and false may be classes True and False."""
    alike = [each for each in classes if str(name) in ("true", "false") and each.lower() == str(name)]
    for each in (str(name), *(alike if len(alike) == 1 else ())):
        if each in classes:
            return list(classes).index(each)
    near = difflib.get_close_matches(str(name), classes, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(
        f"resample.sampling_strategy names the class {str(name)!r}, which does not exist.{hint} The classes "
        f"are {', '.join(map(repr, classes[:20]))}."
    )


def _by_name(strategy: Any, classes: Sequence[str]) -> str:
    """Return `strategy` as the user wrote it."""
    if isinstance(strategy, Mapping):
        return "{" + ", ".join(f"{classes[key]}: {count}" for key, count in strategy.items()) + "}"
    if isinstance(strategy, list):
        return "[" + ", ".join(classes[key] for key in strategy) + "]"
    return str(strategy)
