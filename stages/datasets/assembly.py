"""From the columns of the raw table to the table of examples."""

from __future__ import annotations

from typing import Final, NamedTuple, cast, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.datasets.columns import ReadColumn, Rules, ignored_column, read_feature
from stages.datasets.faults import Fault, content_ids, find_faults
from stages.datasets.names import listed
from stages.datasets.places import example_ids, read_place, with_lonely_groups
from stages.datasets.tables import RawTable
from stages.datasets.targets import Target
from stages.examples.schema import (
    CONTENT_ID,
    EXAMPLE_ID,
    EXCLUDE,
    FEATURE,
    GROUP,
    PART,
    TARGET,
    TIME,
    WEIGHT,
    Role,
)
from stages.settings.clean import CleanSettings

ROLES: Final = get_args(Role)
PLACES: Final = ("id", GROUP, TIME, WEIGHT, PART)


class Assembled(NamedTuple):
    """The table of examples, its faults, and the raw row of each example and of each row left out."""

    examples: pd.DataFrame
    faults: list[Fault]
    kept: NDArray[np.int64]
    dropped: NDArray[np.int64]


def read_columns(raw: RawTable, target: Target, rules: Rules) -> list[ReadColumn]:
    """Return every column of the raw table, in its order, each read as its role says."""
    dataset = rules.dataset
    places = {getattr(dataset, use): use for use in PLACES if getattr(dataset, use) is not None}
    stated = {name: role for role, names in dataset.columns for name in names}
    # A row without a target is no example: its id, weight or time need not be right.
    kept = target.values.notna()

    def read(cells: pd.Series) -> ReadColumn:
        name = str(cells.name)
        if name == dataset.target:
            return ReadColumn(name, TARGET, True, *target[2:])
        if name in places:
            return read_place(cells, places[name], rules, kept=kept)
        if stated.get(name) == "ignored":
            return ignored_column(cells, stated=True)
        return read_feature(cells, cast("Role | None", stated.get(name)), rules)

    columns = [read(raw.frame[name]) for name in raw.frame.columns]
    _check_features(columns)
    return columns


def _check_features(columns: list[ReadColumn]) -> None:
    if any(column.use in ROLES for column in columns):
        return
    ignored = [
        f"{column.name} ({column.remark or 'stated'})" for column in columns if column.use == "ignored"
    ]
    raise ValueError(
        "No column is left to predict from. Besides the target and the columns for id, group, time, weight "
        f"and part, the files have {len(ignored)}: {listed(ignored) or 'none'}. Give one of them a role, "
        "e.g. dataset.columns.categorical, or state dataset.delimiter where the columns run together."
    )


def assemble(
    raw: RawTable, columns: list[ReadColumn], *, classes: bool, settings: CleanSettings
) -> Assembled:
    """Return the table of examples: rows with a target, faulty ones marked in the column ``exclude``."""
    used = {column.use: column for column in columns}
    has_target = used[TARGET].values.notna().to_numpy()
    kept = np.flatnonzero(has_target)
    table = _all_rows(raw, columns, used).iloc[kept].reset_index(drop=True)
    content = content_ids(table[[name for name in table.columns if name.startswith(FEATURE)]])
    table.insert(list(table.columns).index(TARGET) + 1, CONTENT_ID, content)
    faults = find_faults(table, content, settings, classes=classes)
    exclude = pd.Series(np.nan, index=table.index, dtype="str")
    for fault in reversed([each for each in faults if each.excluded]):
        exclude.iloc[fault.rows] = fault.reason
    table.insert(list(table.columns).index(CONTENT_ID) + 1, EXCLUDE, exclude)
    return Assembled(table, faults, kept, np.flatnonzero(~has_target))


def _all_rows(raw: RawTable, columns: list[ReadColumn], used: dict[str, ReadColumn]) -> pd.DataFrame:
    ids = example_ids(raw, used["id"].values if "id" in used else None)
    table: dict[str, pd.Series] = {EXAMPLE_ID: ids, TARGET: used[TARGET].values}
    if GROUP in used:
        table[GROUP] = with_lonely_groups(used[GROUP].values, ids)
    table |= {use: used[use].values for use in (TIME, WEIGHT, PART) if use in used}
    if raw.parts is not None:
        table[PART] = pd.Series(raw.parts, dtype="str")
    features = {
        column.column.key: column.values for column in columns if column.use in ROLES and column.column
    }
    return pd.DataFrame(table | features)
