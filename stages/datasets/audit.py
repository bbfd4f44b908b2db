"""The audit: every row left out or excluded and every cell changed, with the reason, before and after."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.datasets.cells import Reason
from stages.datasets.columns import ReadColumn
from stages.datasets.faults import Fault
from stages.datasets.names import shortened
from stages.datasets.tables import RawTable
from stages.datasets.written import is_many, many_text, number_text

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
    Reason.NO_TEXT: ("cell to missing", "text without a visible sign, or markup alone"),
    Reason.NOT_TEXT: ("cell to missing", "bytes that are no text"),
    Reason.MOJIBAKE: ("text mended", "had been decoded wrongly"),
    Reason.MARKUP: ("text mended", "HTML taken out"),
    Reason.CONTROLS: ("text mended", "control characters taken out"),
    Reason.NORMALISED: ("text mended", "Unicode normal form"),
    Reason.WHITE_SPACE: ("text mended", "white space"),
    Reason.NO_SERIES: ("cell to missing", "not a series of numbers"),
    Reason.OTHER_CHANNELS: ("cell to missing", "a series with another number of channels"),
    Reason.NO_STEPS: ("cell to missing", "a series without any value"),
    Reason.STEPS_TO_MISSING: ("values of a series to missing", "text, or infinite"),
    Reason.STEPS_CUT: ("series shortened", "no value in its first or last steps"),
    Reason.NO_PICTURE: ("cell to missing", "not an image"),
    Reason.EMPTY_FILE: ("cell to missing", "a file without bytes"),
    Reason.NO_FILE: ("cell to missing", "no such file"),
    Reason.MOSTLY_LOST: ("cell to missing", "an image cut off before half of its rows, or of one colour"),
    Reason.TOO_MANY_PIXELS: ("cell to missing", "an image of more than 64 million pixels"),
    Reason.PICTURE_CUT_OFF: ("picture mended", "cut off: the rows that are there are kept"),
    Reason.PICTURE_ANIMATED: ("picture mended", "several frames: the first is kept"),
    Reason.PICTURE_CMYK: ("picture mended", "CMYK made RGB"),
    Reason.PICTURE_DEEP: ("picture mended", "more than 8 bits a channel made 8"),
    Reason.PICTURE_TRANSPARENT: ("picture mended", "transparent: laid on white"),
    Reason.PICTURE_PALETTE: ("picture mended", "palette or 1 bit made grey or RGB"),
    Reason.PICTURE_CONVERTED: ("picture mended", "another format or colour space made PNG, grey or RGB"),
    Reason.PICTURE_TURNED: ("picture mended", "turned upright, as its EXIF says"),
}

Line = tuple[Any, ...]


def file_lines(raw: RawTable, *, limit: int) -> list[Line]:
    """Return a line for each remark on a file and each record that could not be read.

    Of many files with the same remark the first `limit` are named, the rest counted.
    """
    lines: list[Line] = []
    for remark, names in files_by_remark(raw).items():
        lines += [(name, None, "", "noted", remark, "", "") for name in names[:limit]]
        if len(names) > limit:
            lines.append(_rest("", "", "noted", remark, len(names) - limit))
    for name, records in raw.unreadable.items():
        lines += [
            (name, each.row, "", "row dropped", f"cannot be read: {each.reason}", shortened(each.text), "")
            for each in records[:limit]
        ]
        if len(records) > limit:
            lines.append(_rest(name, "", "row dropped", "cannot be read", len(records) - limit))
    return lines


def files_by_remark(raw: RawTable) -> dict[str, list[str]]:
    """Return each remark with the names of the files that it is made on."""
    found: dict[str, list[str]] = {}
    for name, remarks in raw.remarks.items():
        for remark in remarks:
            found.setdefault(remark, []).append(name)
    return found


def dropped_lines(
    raw: RawTable,
    rows: NDArray[np.int64],
    column: ReadColumn,
    *,
    limit: int,
    reason: str = "no target",
) -> list[Line]:
    """Return a line for each row left out because nothing stands in `column`."""
    lines: list[Line] = [
        (*_place(raw, row), column.name, "row dropped", reason, _before(raw, column.name, row), "")
        for row in rows[:limit]
    ]
    if len(rows) > limit:
        lines.append(_rest("", column.name, "row dropped", reason, len(rows) - limit))
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


def cell_lines(raw: RawTable, column: ReadColumn, *, limit: int, lacking: Collection[int] = ()) -> list[Line]:
    """Return a line for each changed cell of a column: at most `limit` a reason, the rest counted.

    Of a row in `lacking` nothing is left: it is dropped.
    """
    lines: list[Line] = []
    for reason, (action, text) in REASONS.items():
        rows = np.flatnonzero(column.reasons == reason)
        lines += [
            (
                *_place(raw, row),
                column.name,
                "row dropped" if row in lacking else action,
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
        reason: int((column.reasons == reason).sum())
        for reason, (action, _) in REASONS.items()
        if reason >= Reason.INFINITE and action == "cell to missing"
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


def _place(raw: RawTable, row: int) -> tuple[str, int | None]:
    # A row that is a whole file has no number in it.
    return str(raw.files[row]), int(raw.rows[row]) or None


def _before(raw: RawTable, name: str, row: int) -> str:
    value = raw.frame[name].iloc[int(row)]
    if is_many(value):
        return _many(value)
    return "" if pd.isna(value) else shortened(_quoted(value))


def _quoted(value: Any) -> str:
    text = str(value)
    return repr(text) if text != text.strip() else text


def _after(column: ReadColumn, row: int) -> str:
    value = column.values.iloc[int(row)]
    if is_many(value):
        return _many(value)
    if pd.isna(value):
        return ""
    return number_text(value) if isinstance(value, float) else shortened(value)


def _many(value: Any) -> str:
    if isinstance(value, bytes):
        from stages.datasets.image_repair import image_words

        return image_words(value)
    return many_text(value)
