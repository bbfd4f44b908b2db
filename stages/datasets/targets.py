"""The target: the task, the class names, and the value of each row.

Where ``dataset.task`` is auto: text and true/false make a classification; so do whole numbers with at most
20 different values, each occurring five times on average (or just two values); other numbers a regression.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.datasets.cells import parse_column
from stages.datasets.columns import check_readable
from stages.datasets.names import listed, nearest
from stages.datasets.roles import Cells, are_number_levels
from stages.datasets.written import is_date, number_text
from stages.examples.schema import Column, Notation, Task
from stages.settings.dataset import DatasetSettings

MOST_CODES: Final = 20
ROWS_PER_CODE: Final = 5
ENOUGH_ROWS: Final = 20
MOST_DIFFERENT: Final = 0.5


class Target(NamedTuple):
    """The target of every raw row; missing where the row has none."""

    task: Task
    classes: tuple[str, ...]
    column: Column
    values: pd.Series
    reasons: NDArray[np.int8]
    remark: str = ""
    hint: str = ""


def read_target(
    cells: pd.Series, dataset: DatasetSettings, notation: Notation, *, max_unreadable_share: float
) -> Target:
    """Return the task and the target of each row.

    Raises
    ------
    ValueError
        Where no row has a target, all have the same class, nearly every row has a class of its own, or
        a regression's target is no number.
    """
    seen = Cells(cells, notation)
    if seen.filled == 0:
        raise ValueError(
            f"The target {dataset.target!r} is missing in all {len(cells):,} rows. Correct dataset.target, "
            "or dataset.missing_values where its values are taken for missing."
        )
    if is_date(seen.raw):
        raise ValueError(
            f"The target {dataset.target!r} holds dates, which cannot be predicted as they are. Make it a "
            "number (days until) or a class first, or choose another dataset.target."
        )
    task = dataset.task
    if task == "auto":
        task = "regression" if _is_value(cells, notation, max_unreadable_share) else "classification"
    if task == "regression":
        return _regression(cells, notation, stated=dataset.task != "auto", share=max_unreadable_share)
    return _classification(cells, dataset, notation)


def _is_value(cells: pd.Series, notation: Notation, max_unreadable_share: float) -> bool:
    seen = Cells(cells, notation)
    if pd.api.types.is_bool_dtype(seen.raw.dtype):
        return False
    numbers = seen.numbers
    values = numbers.values[~np.isnan(numbers.values)]
    if numbers.wrong.sum() > max_unreadable_share * seen.filled or not len(values):
        return False
    distinct = len(np.unique(values))
    codes = distinct <= MOST_CODES and len(values) >= ROWS_PER_CODE * distinct
    return not ((values % 1 == 0).all() and (distinct <= 2 or codes))


def _regression(cells: pd.Series, notation: Notation, *, stated: bool, share: float) -> Target:
    column = Column(name=str(cells.name), role="numeric")
    values, reasons = parse_column(cells, column, notation)
    check_readable(cells, column, reasons, "dataset.task=regression", share)
    distinct = values.nunique()
    if distinct < 2:
        raise ValueError(
            f"The target {column.name!r} has the same value in all {values.notna().sum():,} rows that have "
            f"one ({values.dropna().iloc[0]:g}); there is nothing to predict. Correct dataset.target."
        )
    hint = "" if stated else f"{distinct:,} different numbers: regression; dataset.task=classification else"
    return Target("regression", (), column, values, reasons, hint=hint)


def _classification(cells: pd.Series, dataset: DatasetSettings, notation: Notation) -> Target:
    levels = are_number_levels(cells, notation)
    column = Column(name=str(cells.name), role="categorical", number_levels=levels)
    values, reasons = parse_column(cells, column, notation)
    counts = values.value_counts()
    _check_classes(column.name, counts)
    classes = sorted(counts.index, key=_class_order)
    if len(classes) == 2:
        positive = _positive_class(dataset, counts)
        classes = [*(each for each in classes if each != positive), positive]
    elif dataset.positive_class is not None:
        raise ValueError(
            f"dataset.positive_class={dataset.positive_class} counts for two classes only, but the target "
            f"{column.name!r} has {len(classes)}: {listed(classes)}. Take it out."
        )
    task: Task = "binary" if len(classes) == 2 else "multiclass"
    hint = (
        ""
        if dataset.task != "auto" or not levels
        else f"{len(classes)} whole numbers: classes; dataset.task=regression else"
    )
    return Target(task, tuple(classes), column, values, reasons, _twins(classes), hint)


def _class_order(name: str) -> tuple[int, float, str]:
    number = pd.to_numeric(name, errors="coerce")
    return (0, float(number), name) if np.isfinite(number) else (1, 0.0, name)


def _check_classes(name: str, counts: pd.Series) -> None:
    rows = int(counts.sum())
    if len(counts) < 2:
        raise ValueError(
            f"The target {name!r} has one class only, {counts.index[0]!r}, in all {rows:,} rows that have "
            "one; there is nothing to learn. Add rows of another class, or correct dataset.target."
        )
    if rows >= ENOUGH_ROWS and len(counts) > MOST_DIFFERENT * rows:
        raise ValueError(
            f"The target {name!r} has {len(counts):,} different values in {rows:,} rows, too many for "
            f"classes, e.g. {listed(list(counts.index[:3]))}. If they are numbers, say "
            "dataset.task=regression (and dataset.decimal); else choose another dataset.target."
        )


def _positive_class(dataset: DatasetSettings, counts: pd.Series) -> str:
    if dataset.positive_class is None:
        return str(min(counts.index, key=lambda name: (counts[name], [-ord(letter) for letter in name])))
    stated = dataset.positive_class
    name = (
        number_text(stated)
        if isinstance(stated, int | float) and not isinstance(stated, bool)
        else str(stated)
    )
    matching = [
        each
        for each in counts.index
        if each == name or (isinstance(stated, bool) and each.lower() == name.lower())
    ]
    if not matching:
        raise ValueError(
            f"dataset.positive_class={stated} is no class of the target {dataset.target!r}; its classes are "
            f"{listed(list(counts.index))}.{nearest(name, counts.index)} (Quote yes, no, on and off in YAML.)"
        )
    return str(matching[0])


def _twins(classes: list[str]) -> str:
    """Return a remark on class names that differ in case or spaces only."""
    folded: dict[str, list[str]] = {}
    for name in classes:
        folded.setdefault(" ".join(name.casefold().split()), []).append(name)
    twins = [names for names in folded.values() if len(names) > 1]
    return f"class names alike but for case or spaces: {twins}" if twins else ""
