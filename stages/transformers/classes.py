"""Classes with too few rows of train to be learnt: kept, refused or dropped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import pandas as pd

from stages.examples.schema import TARGET, Schema

RareClasses = Literal["keep", "refuse", "drop"]


class Classes(NamedTuple):
    """What `with_enough_rows` returns.

    Attributes
    ----------
    parts
        Tables of examples by part, without the rows of classes that were dropped.
    schema
        The schema with the classes that are left; two that are left make a binary task, whose positive class
        is the rarer one.
    notes
        What deviates, one sentence each.
    """

    parts: dict[str, pd.DataFrame]
    schema: Schema
    notes: list[str]


def with_enough_rows(
    parts: Mapping[str, pd.DataFrame], schema: Schema, *, rare_classes: RareClasses, min_class_rows: int
) -> Classes:
    """Do what `rare_classes` says with classes of fewer than `min_class_rows` rows of train.

    Raises
    ------
    ValueError
        Where they are refused, or dropping them leaves a single class.

    Examples
    --------
    >>> train = pd.DataFrame({"target": ["a", "a", "b", "b", "c"]})
    >>> schema = Schema(
    ...     dataset="letters", task="multiclass", target="y", classes=("a", "b", "c"), features=()
    ... )
    >>> kept = with_enough_rows({"train": train}, schema, rare_classes="drop", min_class_rows=2)
    >>> kept.schema.classes, kept.schema.task, len(kept.parts["train"])
    (('a', 'b'), 'binary', 4)
    """
    if schema.task == "regression":
        return Classes(dict(parts), schema, [])
    counts = parts["train"][TARGET].value_counts().reindex(schema.classes, fill_value=0)
    rare = {str(name): int(count) for name, count in counts.items() if count < min_class_rows}
    if rare and rare_classes == "refuse":
        raise ValueError(
            f"Train has fewer than encode.min_class_rows={min_class_rows} rows of the class(es) "
            f"{_listed(rare)}. Bring more rows of them, lower encode.min_class_rows, or set "
            "encode.rare_classes to keep or drop."
        )
    if rare and rare_classes == "drop":
        return _dropped(parts, schema, rare, counts)
    notes = [f"Train has few rows of the class(es) {_listed(rare)}; kept all the same."] if rare else []
    return Classes(dict(parts), schema, notes)


def _dropped(
    parts: Mapping[str, pd.DataFrame], schema: Schema, rare: Mapping[str, int], counts: pd.Series
) -> Classes:
    classes = tuple(name for name in schema.classes if name not in rare)
    if len(classes) < 2:
        raise ValueError(
            f"encode.rare_classes=drop would leave {len(classes)} of the classes "
            f"{', '.join(schema.classes)}, and two are needed: train has too few rows of {_listed(rare)}. "
            "Lower encode.min_class_rows or bring more rows."
        )
    kept = {name: frame[frame[TARGET].isin(classes)] for name, frame in parts.items()}
    gone = ", ".join(f"{len(parts[name]) - len(kept[name])} of {name}" for name in parts)
    note = f"Dropped the rare class(es) {_listed(rare)} and their rows: {gone}."
    if len(classes) == 2 and schema.task != "binary":
        classes = tuple(sorted(classes, key=lambda name: -counts[name]))
        schema = schema.model_copy(update={"task": "binary"})
    return Classes(kept, schema.model_copy(update={"classes": classes}), [note])


def _listed(rare: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count} rows)" for name, count in rare.items())
