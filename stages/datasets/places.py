"""The columns that are no features: id, group, time, weight and a predefined part."""

from __future__ import annotations

from typing import Final

import pandas as pd

from stages.datasets.cells import parse_column
from stages.datasets.columns import ReadColumn, Rules
from stages.datasets.names import listed
from stages.datasets.roles import infer_column, stated_column
from stages.datasets.tables import RawTable
from stages.examples.schema import Column, Role

PARTS: Final = {
    "train": "train", "training": "train", "learn": "train",
    "validation": "validation", "valid": "validation", "val": "validation", "dev": "validation",
    "test": "test", "testing": "test", "holdout": "test",
}  # fmt: skip


def read_place(cells: pd.Series, use: str, rules: Rules, *, kept: pd.Series) -> ReadColumn:
    """Return the column that serves as `use`: id, group, time, weight or part.

    `kept` says which rows are examples: only these must be right.

    Raises ValueError where ids repeat or lack, weights are no positive numbers or lack, parts have
    unknown names, or times are neither dates nor numbers.
    """
    if use == "time":
        column = _time_column(cells, rules)
    else:
        column = stated_column(cells, "numeric" if use == "weight" else "categorical", rules.notation)
    values, reasons = parse_column(cells, column, rules.notation)
    check = {"id": _check_id, "weight": _check_weight, "time": _check_time}.get(use)
    if check is not None:
        check(column.name, values[kept])
    if use == "part":
        _check_parts(column.name, values[kept])
        values = values.str.lower().map(PARTS).astype("str")
    lacking = int(values.isna().sum())
    remark = f"missing in {lacking:,} rows: each is a group of its own" if use == "group" and lacking else ""
    return ReadColumn(column.name, use, True, column, values, reasons, remark)


def _time_column(cells: pd.Series, rules: Rules) -> Column:
    form = rules.dataset.date_format
    # Half of the cells are enough to tell what they are; that none lacks is checked after.
    found = infer_column(cells, rules.notation, max_unreadable_share=0.5, date_format=form)
    role: Role = "date" if found.use == "date" else "numeric"
    return stated_column(cells, role, rules.notation, date_format=form)


def _check_id(name: str, values: pd.Series) -> None:
    lacking, repeated = int(values.isna().sum()), values[values.duplicated() & values.notna()]
    if lacking or len(repeated):
        what = (
            f"{lacking:,} rows lack it"
            if lacking
            else f"{listed(list(repeated.unique()[:3]))} stand there twice"
        )
        raise ValueError(
            f"dataset.id={name} must name each row, but {what}. If its rows belong together, make it "
            "dataset.group; else list it under dataset.columns.ignored."
        )


def _check_weight(name: str, values: pd.Series) -> None:
    wrong = values[~(values >= 0)]
    if len(wrong) or not (values > 0).any():
        what = f"{len(wrong):,} rows do not" if len(wrong) else "all are 0"
        raise ValueError(
            f"dataset.weight={name} must hold a number of at least 0 in every row, some above 0, but {what}. "
            "Mend the column, or set dataset.weight=null."
        )


def _check_time(name: str, values: pd.Series) -> None:
    lacking = int(values.isna().sum())
    if lacking:
        raise ValueError(
            f"dataset.time={name} must hold a date or a number in every row, but {lacking:,} of "
            f"{len(values):,} rows have none that can be read. State dataset.date_format, mend the column, "
            "or set dataset.time=null."
        )


def _check_parts(name: str, values: pd.Series) -> None:
    unknown = values[values.str.lower().map(PARTS).isna()]
    if len(unknown):
        shown = list(dict.fromkeys(unknown.fillna("(missing)")))
        raise ValueError(
            f"dataset.part={name} must say train, validation or test in every row, but also holds "
            f"{listed(shown)}. Mend the column, or set dataset.part=null."
        )


def with_lonely_groups(groups: pd.Series, example_ids: pd.Series) -> pd.Series:
    """Return `groups` with each missing one a group of its own."""
    return groups.where(groups.notna(), "(none) " + example_ids)


def example_ids(raw: RawTable, named: pd.Series | None) -> pd.Series:
    """Return a unique name for each raw row: its id where the data set has one, else file and record.

    A row that is a whole file is named by that.
    """
    if named is not None:
        return named.astype("str")
    rows = pd.Series(raw.rows, dtype="int64").astype("str")
    files = pd.Series(raw.files, dtype="str")
    return (files + ":" + rows).where(rows != "0", files)
