"""Every column of the raw table: its role, how its cells are read, and the cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.datasets.cells import FALSE, TRUE, UNREADABLE, parse_column
from stages.datasets.names import listed, nearest, shortened
from stages.datasets.roles import Found, infer_column, stated_column
from stages.datasets.sentinels import evident_sentinels, suspected_sentinels
from stages.datasets.series import find_channels
from stages.datasets.written import number_text, written
from stages.examples.schema import MEDIA, Column, Notation, Role
from stages.settings.clean import CleanSettings
from stages.settings.dataset import DatasetSettings

ROLES: Final = get_args(Role)


@dataclass(frozen=True)
class ReadColumn:
    """One column of the raw table.

    Attributes
    ----------
    name, use, stated
        Its name, what it is for, and whether the user said so.
    column
        How its cells are read, None for one that is ignored.
    values
        Cells in the table's dtype, or as they were in a column that is ignored.
    reasons
        The `Reason` of each changed cell, ``(n_rows,)`` int8.
    remark, hint
        What deviates in it, and what could be otherwise; both stand in the profile.
    free_text
        Whether an ignored column holds words: `with_texts` makes it a feature where nothing else is left.
    """

    name: str
    use: str
    stated: bool
    column: Column | None
    values: pd.Series
    reasons: NDArray[np.int8]
    remark: str = ""
    hint: str = ""
    free_text: bool = False


def check_names(names: Iterable[str], settings: DatasetSettings) -> None:
    """Raise ValueError where the data set names a column that the files do not have."""
    known = list(names)
    named = settings.roles() | {"dataset.missing_means": list(settings.missing_means)}
    for role, columns in named.items():
        for column in (column for column in columns if column not in known):
            raise ValueError(
                f"{role} names the column {column!r}, but the files have {listed(known)}."
                f"{nearest(column, known)}{_header_hint(known)}"
            )


def _header_hint(known: list[str]) -> str:
    if len(known) == 1:
        return (
            " A single column means that the delimiter is another (dataset.delimiter), or that lines stand "
            "above the column names (dataset.skip_rows)."
        )
    if 2 * sum(name.startswith("column_") for name in known) >= len(known):
        return " Most columns have no name: do lines stand above the names? Then state dataset.skip_rows."
    numbers = sum(name.replace(".", "", 1).lstrip("+-").isdigit() for name in known)
    if 2 * numbers >= len(known):
        return " The first line looks like data: where the file has no line of names, give dataset.names."
    return ""


@dataclass(frozen=True)
class Rules:
    """By what columns are read: how cells are written, what the user stated, what `clean` is to do."""

    notation: Notation
    dataset: DatasetSettings
    settings: CleanSettings


def read_feature(cells: pd.Series, role: Role | None, rules: Rules) -> ReadColumn:
    """Return a feature column of stated `role`, or of the inferred one (it may be ignored).

    Raises ValueError where more than ``max_unreadable_share`` of its cells do not fit a stated role.
    """
    found = _stated(cells, role, rules) if role is not None else _inferred(cells, rules)
    if found.column is None:
        ignored = ignored_column(cells, remark=found.remark)
        return replace(ignored, hint=found.hint, free_text=found.free_text)
    parsed, column, remark = parse_column(cells, found.column, rules.notation), found.column, found.remark
    if column.role == "numeric" and rules.settings.sentinels != "keep":
        marks, about = _sentinels(parsed.values.to_numpy(), rules)
        column = column.model_copy(update={"missing": marks})
        parsed = parse_column(cells, column, rules.notation) if marks else parsed
        remark = "; ".join(filter(None, (remark, about)))
    where = f"dataset.columns.{column.role}"
    check_readable(cells, column, parsed.reasons, where, rules.settings.max_unreadable_share)
    return ReadColumn(column.name, column.role, role is not None, column, *parsed, remark, found.hint)


def ignored_column(cells: pd.Series, *, remark: str = "", stated: bool = False) -> ReadColumn:
    """Return a column that is no feature, its cells as they are."""
    return ReadColumn(str(cells.name), "ignored", stated, None, cells, np.zeros(len(cells), np.int8), remark)


def with_texts(columns: Sequence[ReadColumn], rules: Rules) -> list[ReadColumn]:
    """Return `columns` with those of free text as features where nothing else is left to learn from."""
    features = [each for each in columns if each.use in ROLES and each.values.notna().any()]
    if features:
        return list(columns)
    return [_as_text(each, rules) if each.free_text else each for each in columns]


def _as_text(ignored: ReadColumn, rules: Rules) -> ReadColumn:
    """Return a column of free text read as text."""
    read = read_feature(ignored.values, "text", rules)
    remark = "free text, the only thing there is to learn from: taken as text"
    return replace(read, stated=False, remark=remark)


def _stated(cells: pd.Series, role: Role, rules: Rules) -> Found:
    dataset = rules.dataset
    column = stated_column(
        cells, role, rules.notation, date_format=dataset.date_format, channels=dataset.sequence.channels
    )
    return Found(role, _with_means(_as_asked(column, rules), rules))


def _inferred(cells: pd.Series, rules: Rules) -> Found:
    found = infer_column(
        cells,
        rules.notation,
        max_unreadable_share=rules.settings.max_unreadable_share,
        date_format=rules.dataset.date_format,
    )
    if found.column is None:
        return found
    if found.use == "sequence":
        channels = find_channels(cells, rules.dataset.sequence.channels)
        return found._replace(column=found.column.model_copy(update={"channels": channels}))
    return found._replace(column=_with_means(found.column, rules))


def _as_asked(column: Column, rules: Rules) -> Column:
    """Return a column of text with what is to be done to its cells; other columns as they are.

    ``?`` and ``none`` may be texts, so that only markers that the user stated count as missing there.
    """
    if column.role != "text":
        return column
    settings, stated = rules.settings, rules.dataset.missing_values
    marks = () if stated == "auto" else tuple(str(mark) for mark in stated if str(mark))
    asked = {"unicode": settings.unicode, "html": settings.html, "mojibake": settings.mojibake}
    return column.model_copy(update={**asked, "missing": marks})


def _with_means(column: Column, rules: Rules) -> Column:
    """Return `column` with what a missing cell stands for, where the user says so."""
    stated = rules.dataset.missing_means.get(column.name)
    if stated is None:
        return column
    means = str(stated).lower() if isinstance(stated, bool) else stated
    text = number_text(means) if isinstance(means, int | float) else means
    fits = dict.fromkeys((*MEDIA, "date"), False) | {"categorical": True}
    fits["boolean"] = text.lower() in (*TRUE, *FALSE)
    fits["numeric"] = bool(np.isfinite(pd.to_numeric(text, errors="coerce")))
    if not fits[column.role]:
        raise ValueError(
            f"dataset.missing_means says that a missing cell of {column.name!r} means {text!r}, which is "
            f"no value of a {column.role} column. Correct it, or the column's role in dataset.columns."
        )
    return column.model_copy(update={"means": text})


def _sentinels(values: NDArray[np.float64], rules: Rules) -> tuple[tuple[str, ...], str]:
    """Return the evident sentinels of a column of numbers, and a remark on these and suspected ones."""
    replace = rules.settings.sentinels == "replace" and rules.dataset.missing_values == "auto"
    marks = evident_sentinels(values) if replace else []
    suspects = [mark for mark in suspected_sentinels(values) if mark not in marks]
    counts = {mark: f"{number_text(mark)} ({(values == mark).sum():,} cells)" for mark in (*marks, *suspects)}
    remarks = [f"{counts[mark]} taken for missing" for mark in marks]
    remarks += [
        f"{counts[mark]} may stand for missing; if so, list it in dataset.missing_values" for mark in suspects
    ]
    return tuple(number_text(mark) for mark in marks), "; ".join(remarks)


def check_readable(
    cells: pd.Series, column: Column, reasons: NDArray[np.int8], setting: str, max_unreadable_share: float
) -> None:
    """Raise ValueError where too many of the filled cells do not fit the role that `setting` gives."""
    wrong = np.isin(reasons, UNREADABLE)
    if not wrong.any():
        return
    text = written(cells)
    filled = len(cells) - int(text.null_count)
    if wrong.sum() <= max_unreadable_share * filled:
        return
    rows = np.flatnonzero(wrong)
    examples = list(dict.fromkeys(shortened(text[int(row)].as_py(), limit=30) for row in rows[:50]))[:3]
    raise ValueError(
        f"Column {column.name!r} is to be {column.role} ({setting}), but {len(rows):,} of its {filled:,} "
        f"filled cells ({len(rows) / filled:.0%}) are not, e.g. {listed(examples)}. "
        f"{_mend(column, setting)}, or raise clean.max_unreadable_share to read them as missing."
    )


def _mend(column: Column, setting: str) -> str:
    """Return what may be done about cells that do not fit their role."""
    if column.role == "sequence":
        width = len(column.channels)
        return (
            f"Give each step {width} value(s), one a channel, list the column under dataset.columns.ignored"
        )
    if column.role in MEDIA:
        return "Mend the file, list the column under dataset.columns.ignored"
    target = setting.startswith("dataset.task")
    role = "Say dataset.task=classification" if target else "Give it another role (categorical, ignored)"
    return f"{role}, list such cells in dataset.missing_values, state dataset.decimal or dataset.date_format"
