"""The account of a cleaned data set: the lines of its audit, and notes on what deviates."""

from __future__ import annotations

from typing import Final

import numpy as np

from stages.datasets.assembly import Assembled
from stages.datasets.audit import (
    Line,
    cell_lines,
    dropped_lines,
    fault_lines,
    file_lines,
    files_by_remark,
    lost_cells,
)
from stages.datasets.columns import ReadColumn
from stages.datasets.reasons import Reason
from stages.datasets.tables import RawTable
from stages.examples.schema import MEDIA, TARGET

FEW_FILES: Final = 3
"""Files with the same remark that are named; of more, the number."""
MEDIUM: Final = {
    "image": "a picture that can be read", "text": "a text", "sequence": "a series of numbers",
}  # fmt: skip


def account_lines(
    raw: RawTable, columns: list[ReadColumn], assembled: Assembled, *, limit: int
) -> list[Line]:
    """Return the lines of the audit: files, rows left out, faulty rows, changed cells."""
    target = next(column for column in columns if column.use == TARGET)
    lines = file_lines(raw, limit=limit)
    lines += dropped_lines(raw, assembled.dropped, target, limit=limit)
    lines += _lacking_lines(raw, columns, assembled, limit=limit)
    for fault in assembled.faults:
        lines += fault_lines(raw, fault, assembled.kept, limit=limit)
    lacking = set(assembled.lacking.tolist())
    for column in columns:
        lines += cell_lines(raw, column, limit=limit, lacking=lacking)
    return lines


def _lacking_lines(
    raw: RawTable, columns: list[ReadColumn], assembled: Assembled, *, limit: int
) -> list[Line]:
    """Return a line for each row left out because its cells were empty from the first."""
    media = [column for column in columns if column.use in MEDIA]
    if not media:
        return []
    untouched = np.logical_and.reduce([column.reasons == Reason.AS_IT_WAS for column in media])
    rows = assembled.lacking[untouched[assembled.lacking]]
    return dropped_lines(raw, rows, media[0], limit=limit, reason=f"without {MEDIUM[media[0].use]}")


def account_notes(raw: RawTable, columns: list[ReadColumn], assembled: Assembled) -> list[str]:
    """Return what deviates, one sentence each."""
    notes = []
    for remark, names in files_by_remark(raw).items():
        many = len(names) > FEW_FILES
        notes += [f"{len(names):,} files: {remark}"] if many else [f"{name}: {remark}" for name in names]
    notes += [
        f"{name}: {len(rows):,} records cannot be read and were left out"
        for name, rows in raw.unreadable.items()
    ]
    if len(assembled.dropped):
        notes.append(f"{len(assembled.dropped):,} rows without a target were left out")
    if len(assembled.lacking):
        medium = MEDIUM[next(column.use for column in columns if column.use in MEDIA)]
        notes.append(f"{len(assembled.lacking):,} rows without {medium} were left out")
    for fault in assembled.faults:
        done = "excluded from training" if fault.excluded else "flagged only"
        notes.append(fault.note or f"{fault.reason}: {len(fault.rows):,} rows, {done}")
    notes += [f"{column.name}: {column.remark}" for column in columns if column.remark]
    return notes + [note for column in columns for note in lost_cells(column)]
