"""From the columns of the raw table to the table of examples."""

from __future__ import annotations

from typing import Final, NamedTuple, cast, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.datasets.audit import REASONS
from stages.datasets.cells import UNREADABLE, Reason, parse_column
from stages.datasets.columns import ReadColumn, Rules, ignored_column, read_feature, with_texts
from stages.datasets.faults import Contents, Fault, content_ids, find_faults
from stages.datasets.keys import comparable
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
    MEDIA,
    PART,
    TARGET,
    TIME,
    WEIGHT,
    Column,
    Notation,
    Role,
)
from stages.settings.clean import CleanSettings

SHOWN: Final = 3
ROLES: Final = get_args(Role)
PLACES: Final = ("id", GROUP, TIME, WEIGHT, PART)


class Assembled(NamedTuple):
    """The table of examples, its faults, and the raw row of each example and of each row left out.

    `dropped` are those without a target, `lacking` those with one, but without a picture, text or series.
    """

    examples: pd.DataFrame
    faults: list[Fault]
    kept: NDArray[np.int64]
    dropped: NDArray[np.int64]
    lacking: NDArray[np.int64]


def read_columns(raw: RawTable, target: Target, rules: Rules) -> list[ReadColumn]:
    """Return every column of the raw table, in its order, each read as its role says."""
    dataset = rules.dataset
    places = {getattr(dataset, use): use for use in PLACES if getattr(dataset, use) is not None}
    stated = {**raw.roles} | {name: role for role, names in dataset.columns for name in names}
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
        role = cast("Role | None", stated.get(name))
        try:
            return read_feature(cells, role, rules)
        except ValueError as error:
            files = _unreadable_files(raw, cells) if role == "image" else ""
            raise ValueError(f"{error}{files}") from error

    columns = with_texts([read(raw.frame[name]) for name in raw.frame.columns], rules)
    _check_features(columns)
    return columns


def _unreadable_files(raw: RawTable, cells: pd.Series) -> str:
    """Return a sentence that names the first files which are no pictures; nothing where rows are no files."""
    if raw.rows.any():
        return ""
    reasons = parse_column(cells, Column(name=str(cells.name), role="image"), Notation()).reasons
    rows = np.flatnonzero(np.isin(reasons, UNREADABLE))[:SHOWN]
    named = [f"{raw.files[row]} ({REASONS[Reason(reasons[row])][1]})" for row in rows]
    return f" The first: {'; '.join(named)}."


def _check_features(columns: list[ReadColumn]) -> None:
    for role in ("image", "sequence"):
        names = [column.name for column in columns if column.use == role]
        if len(names) > 1:
            raise ValueError(
                f"The columns {listed(names)} all hold a {role}, and a network here has one input of that "
                "kind. List the others under dataset.columns.ignored; several channels of one series belong "
                "into one cell, (n_steps, n_channels)."
            )
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
    """Return the table of examples: rows with a target, faulty ones marked in the column ``exclude``.

    Where all features are media, rows with none of them are left out.
    """
    used = {column.use: column for column in columns}
    has_target, lacking = used[TARGET].values.notna().to_numpy(), _nothing_left(columns)
    kept = np.flatnonzero(has_target & ~lacking)
    if not len(kept):
        raise ValueError(_no_examples(columns))
    table = _all_rows(raw, columns, used).iloc[kept].reset_index(drop=True)
    features = table[[name for name in table.columns if name.startswith(FEATURE)]]
    roles = [each.column for each in columns if each.column is not None and each.use in ROLES]
    keys = comparable(features, roles, near=settings.near_duplicates != "keep")
    exact = content_ids(keys.exact)
    alike = exact if keys.alike is keys.exact else content_ids(keys.alike)
    table.insert(list(table.columns).index(TARGET) + 1, CONTENT_ID, alike)
    faults = find_faults(table, Contents(exact, alike), settings, classes=classes)
    exclude = pd.Series(np.nan, index=table.index, dtype="str")
    for fault in reversed([each for each in faults if each.excluded]):
        exclude.iloc[fault.rows] = fault.reason
    table.insert(list(table.columns).index(CONTENT_ID) + 1, EXCLUDE, exclude)
    return Assembled(table, faults, kept, np.flatnonzero(~has_target), np.flatnonzero(has_target & lacking))


def _no_examples(columns: list[ReadColumn]) -> str:
    media = [column.name for column in columns if column.use in MEDIA]
    return (
        f"No row is left: in all {len(columns[0].values):,} rows that have a target "
        f"{listed(media)} is empty or cannot be read. Correct dataset.columns, or look at the files."
    )


def _nothing_left(columns: list[ReadColumn]) -> NDArray[np.bool_]:
    """Return which raw rows have nothing to learn from: no picture, text or series, and no other feature."""
    features = [column for column in columns if column.use in ROLES]
    if not all(column.use in MEDIA for column in features):
        return np.zeros(len(columns[0].values), bool)
    lacking = np.column_stack([column.values.isna().to_numpy() for column in features])
    return np.asarray(lacking.all(axis=1))


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
