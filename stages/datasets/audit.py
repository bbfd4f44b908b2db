"""The audit: every row left out or excluded and every cell changed, with the reason, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.datasets.cells import Reason
from stages.datasets.columns import ReadColumn
from stages.datasets.faults import Fault
from stages.datasets.names import shortened
from stages.datasets.tables import RawTable
from stages.datasets.written import number_text

COLUMNS: Final = ("file", "row", "column", "action", "reason", "before", "after")
REASONS: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.MARKER: ("cell to missing", "marker of a missing value"),
    Reason.MEANS: ("missing cell filled", "dataset.missing_means"),
    Reason.DECORATED: ("cell read", "number written as text"),
    Reason.TRIMMED: ("cell trimmed", "white space at the ends"),
    Reason.INFINITE: ("cell to missing", "infinite"),
    Reason.NO_NUMBER: ("cell to missing", "not a number"),
    Reason.NO_DATE: ("cell to missing", "not a date of the column's formats"),
    Reason.NO_BOOLEAN: ("cell to missing", "neither true nor false"),
    Reason.TOO_LONG: ("cell to missing", "too long for a level"),
}

Line = tuple[Any, ...]


def file_lines(raw: RawTable, *, limit: int) -> list[Line]:
    """Return a line for each remark on a file and each record that could not be read."""
    lines: list[Line] = [
        (name, None, "", "noted", remark, "", "")
        for name, remarks in raw.remarks.items()
        for remark in remarks
    ]
    for name, records in raw.unreadable.items():
        lines += [
            (name, each.row, "", "row dropped", f"cannot be read: {each.reason}", shortened(each.text), "")
            for each in records[:limit]
        ]
        if len(records) > limit:
            lines.append(_rest(name, "", "row dropped", "cannot be read", len(records) - limit))
    return lines


def dropped_lines(raw: RawTable, rows: NDArray[np.int64], column: ReadColumn, *, limit: int) -> list[Line]:
    """Return a line for each row left out because it has no target."""
    lines: list[Line] = [
        (*_place(raw, row), column.name, "row dropped", "no target", _before(raw, column.name, row), "")
        for row in rows[:limit]
    ]
    if len(rows) > limit:
        lines.append(_rest("", column.name, "row dropped", "no target", len(rows) - limit))
    return lines


def fault_lines(raw: RawTable, fault: Fault, kept: NDArray[np.int64], *, limit: int) -> list[Line]:
    """Return a line for each faulty row; `kept` holds the raw row of each example."""
    action = "row excluded from training" if fault.excluded else "row flagged"
    lines: list[Line] = [
        (*_place(raw, kept[row]), "", action, f"{fault.reason}: {fault.detail[row]}", "", "")
        for row in fault.rows[:limit]
    ]
    if len(fault.rows) > limit:
        lines.append(_rest("", "", action, fault.reason, len(fault.rows) - limit))
    return lines


def cell_lines(raw: RawTable, column: ReadColumn, *, limit: int) -> list[Line]:
    """Return a line for each changed cell of a column: at most `limit` a reason, the rest counted."""
    lines: list[Line] = []
    for reason, (action, text) in REASONS.items():
        rows = np.flatnonzero(column.reasons == reason)
        lines += [
            (
                *_place(raw, row),
                column.name,
                action,
                text,
                _before(raw, column.name, row),
                _after(column, row),
            )
            for row in rows[:limit]
        ]
        if len(rows) > limit:
            lines.append(_rest("", column.name, action, text, len(rows) - limit))
    return lines


def lost_cells(column: ReadColumn) -> list[str]:
    """Return a sentence for each reason for which cells of a column became missing, markers left out."""
    counts = {
        reason: int((column.reasons == reason).sum()) for reason in REASONS if reason >= Reason.INFINITE
    }
    return [
        f"{column.name}: {count:,} cells became missing: {REASONS[reason][1]}"
        for reason, count in counts.items()
        if count
    ]


def audit_table(lines: Iterable[Line]) -> pd.DataFrame:
    """Return the lines as the table that is written."""
    table = pd.DataFrame(list(lines), columns=list(COLUMNS))
    return table.astype({"row": "Int64"})


def _rest(file: str, column: str, action: str, reason: str, count: int) -> Line:
    return (file, None, column, action, reason, f"... and {count:,} more (clean.audit_limit)", "")


def _place(raw: RawTable, row: int) -> tuple[str, int]:
    return str(raw.files[row]), int(raw.rows[row])


def _before(raw: RawTable, name: str, row: int) -> str:
    value = raw.frame[name].iloc[int(row)]
    return "" if pd.isna(value) else shortened(_quoted(value))


def _quoted(value: Any) -> str:
    text = str(value)
    return repr(text) if text != text.strip() else text


def _after(column: ReadColumn, row: int) -> str:
    value = column.values.iloc[int(row)]
    if pd.isna(value):
        return ""
    return number_text(value) if isinstance(value, float) else shortened(value)
