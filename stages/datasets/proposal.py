"""The YAML of a new data set, proposed from a look at its files, for the user to check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple

import pandas as pd
import pyarrow.compute as pc

from stages.datasets.look import UNREADABLE, Look, look, seen_target, with_pictures, with_texts
from stages.datasets.members import Member
from stages.datasets.names import listed
from stages.datasets.notation import MISSING
from stages.datasets.proposal_text import settings_text
from stages.datasets.reading import check_records, read_contents
from stages.datasets.roles import Cells, Found, is_named_like_an_id
from stages.datasets.sentinels import evident_sentinels, suspected_sentinels
from stages.datasets.tables import RawTable
from stages.datasets.written import number_text, trimmed, written
from stages.examples.schema import Notation
from stages.settings.dataset import DatasetSettings

GROUP_NAMES: Final = ("patient", "subject", "customer", "user", "client", "group", "household", "family")
GROUP_ROWS: Final = (1.5, 100.0)
"""Rows for one value, on average, between which a column named like a group may be one."""
FEW_VALUES: Final = 30
"""Different values up to which the numbers of a target may be meant as classes."""


class Proposal(NamedTuple):
    """The YAML's text, the target it proposes, what the user should look at, and what to try first."""

    text: str
    target: str
    remarks: list[str]
    hint: str = ""


def propose(
    name: str, contents: Mapping[str, bytes], *, target: str | None = None, pictures: Sequence[Member] = ()
) -> Proposal:
    r"""Return a commented data-set YAML for the files `contents` (name to bytes) of tables.

    Without `target` it is guessed: a column named like one, else the last that can be one. A column that
    names `pictures`, the files beside the table, is one of pictures. Raises ValueError where a file cannot be
    read, or has no column `target`.

    Examples
    --------
    >>> table = b"age,job,churn\n31,clerk,no\n45,nurse,yes\n52,clerk,no\n"
    >>> proposal = propose("customers", {"customers.csv": table})
    >>> proposal.target
    'churn'
    >>> print(proposal.text.splitlines()[0])
    # customers: 3 rows x 3 columns, target churn (2 classes: no 2, yes 1)
    """
    raw = read_contents(contents.items(), DatasetSettings(name=name, target="?"))
    if raw.frame.empty:
        check_records(raw, max_unreadable_share=UNREADABLE)
    _check_width(raw)
    seen = with_texts(with_pictures(look(raw, target=target), pictures))
    remarks = _remarks(seen)
    rows, columns = raw.frame.shape
    head = [
        f"{name}: {rows:,} rows x {columns} columns, target {seen.target} ({_task(seen)})",
        "Written by `upcurve new data` from a look at the files: check the target and the roles below.",
        *(f"Look at: {' '.join(remark.split())}" for remark in remarks),
    ]
    return Proposal(settings_text(_settings(name, seen), head), seen.target, remarks)


def _check_width(raw: RawTable) -> None:
    """Refuse a single column: there would be a target and nothing to predict it from."""
    if raw.frame.shape[1] == 1:
        raise ValueError(
            f"{listed(list(raw.sources))} has a single column, {listed(list(raw.frame.columns))}; a target "
            "and at least one feature are needed. Where another character than comma, semicolon, tab or | "
            "parts the cells, write the file anew with one of these, or lay it into data/raw/NAME/ and state "
            "`delimiter` in a conf/dataset/NAME.yaml of your own."
        )


def _settings(name: str, seen: Look) -> dict[str, Any]:
    """Return the values of the YAML that differ from the defaults."""
    files = list(seen.raw.sources)
    row_id = _row_id(seen)
    columns: dict[str, list[str]] = {}
    for column, each in seen.found.items():
        if column not in (seen.target, row_id):
            columns.setdefault(each.use, []).append(column)
    return {
        "name": name,
        "files": files,
        "sha256": {file: source["sha256"] for file, source in seen.raw.sources.items()},
        "target": seen.target,
        "columns": columns,
        "id": row_id,
        "parts": _parts(files),
    }


def _row_id(seen: Look) -> str | None:
    ids = [
        name
        for name, each in seen.found.items()
        if each.use == "ignored" and is_named_like_an_id(name) and seen.raw.frame[name].is_unique
    ]
    return ids[0] if ids else None


def _parts(files: list[str]) -> dict[str, list[str]]:
    """Return a split by files where their names say train and test."""
    known = {
        "train": "train",
        "valid": "validation",
        "val": "validation",
        "dev": "validation",
        "test": "test",
    }
    parts: dict[str, list[str]] = {}
    for file in files:
        words = PurePosixPath(file).name.casefold().replace("-", "_").replace(".", "_").split("_")
        part = next((known[word] for word in words if word in known), None)
        if part is None:
            return {}
        parts.setdefault(part, []).append(file)
    return parts if {"train", "test"} <= set(parts) else {}


def _task(seen: Look) -> str:
    try:
        read = seen_target(seen)
    except ValueError as error:
        return f"not usable: {error}"
    if read.task == "regression":
        return f"regression, {read.values.min():g} to {read.values.max():g}"
    counts = read.values.value_counts()
    shown = ", ".join(f"{each} {counts[each]:,}" for each in read.classes[:6])
    return f"{len(read.classes)} classes: {shown}" + (", ..." if len(read.classes) > 6 else "")


def _remarks(seen: Look) -> list[str]:
    remarks = [f"{name}: {remark}" for name, each in seen.raw.remarks.items() for remark in each]
    remarks += [
        f"{name}: {len(records):,} records cannot be read, the first is record {records[0].row:,}: "
        f"{records[0].reason}"
        for name, records in seen.raw.unreadable.items()
    ]
    if seen.guessed:
        remarks.append(f"the target {seen.target!r} is a guess")
    remarks += [f"{seen.target}: {remark}" for remark in _target_remarks(seen)]
    if _parts(list(seen.raw.sources)):
        remarks.append("files named train and test: split/strategy=predefined tests on that test part")
    about: dict[str, list[str]] = {}
    for name, each in seen.found.items():
        for remark in _column_remarks(seen, name, each) if name != seen.target else []:
            about.setdefault(remark, []).append(name)
    return remarks + [f"{', '.join(names)}: {remark}" for remark, names in about.items()]


def _target_remarks(seen: Look) -> list[str]:
    remarks = _missing_remarks(seen.raw.frame[seen.target])
    try:
        read = seen_target(seen)
    except ValueError:  # said in the first line of the YAML
        return remarks
    unclear = len(read.classes) > 2 or (read.task == "regression" and read.values.nunique() <= FEW_VALUES)
    return [*remarks, *filter(None, (read.remark, read.hint if unclear else ""))]


def _missing_remarks(cells: pd.Series) -> list[str]:
    text = trimmed(written(cells))
    markers = [mark for mark in MISSING if mark]
    held = {mark: pc.sum(pc.equal(text, mark)).as_py() or 0 for mark in markers}
    shown = [f"{mark!r} ({count:,})" for mark, count in held.items() if count]
    return [f"taken for missing: {', '.join(shown)}"] if shown else []


def _column_remarks(seen: Look, name: str, found: Found) -> list[str]:
    cells = seen.raw.frame[name]
    remarks = [remark for remark in (found.remark, found.hint) if remark]
    remarks += _missing_remarks(cells)
    if found.use == "numeric":
        remarks += _sentinel_remarks(cells, seen.notation)
    if found.use == "date":
        remarks.append("dates; if the rows are ordered by it, name it under time")
    if _may_group(cells, found):
        remarks.append("repeats and is named like a group; if its rows belong together, name it under group")
    return remarks


def _sentinel_remarks(cells: pd.Series, notation: Notation) -> list[str]:
    values = Cells(cells, notation).numbers.values
    evident = evident_sentinels(values)
    suspect = [mark for mark in suspected_sentinels(values) if mark not in evident]
    return [f"{number_text(mark)} is taken for missing" for mark in evident] + [
        f"{number_text(mark)} may stand for missing; if so, list it under missing_values" for mark in suspect
    ]


def _may_group(cells: pd.Series, found: Found) -> bool:
    name = str(cells.name)
    like_a_group = any(word in name.casefold() for word in GROUP_NAMES) and found.use != "numeric"
    rows = len(cells) / max(int(cells.nunique()), 1)
    return (like_a_group or is_named_like_an_id(name)) and GROUP_ROWS[0] <= rows <= GROUP_ROWS[1]
