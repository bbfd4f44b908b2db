"""Reading of Excel files (.xlsx): the stored values of one sheet."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any, Final
from xml.etree.ElementTree import ParseError

import numpy as np
import pandas as pd

from stages.datasets.names import listed, nearest, shortened
from stages.datasets.tables import FileTable
from stages.settings.dataset import DatasetFiles

# What openpyxl lets through of a damaged archive, of damaged XML in it, and of XML that is no workbook.
DAMAGED: Final = (
    *(zipfile.BadZipFile, zlib.error, ParseError, EOFError, OSError, NotImplementedError, RuntimeError),
    *(KeyError, ValueError, TypeError, AttributeError, IndexError),
)


def read_excel(name: str, content: bytes, settings: DatasetFiles) -> FileTable:
    """Return the records of one sheet; wholly empty rows and columns are left out, formulas are values.

    Raises ValueError where the sheet does not exist or holds nothing.
    """
    sheets = _sheets(name, content)
    chosen = settings.sheet if settings.sheet is not None else next(iter(sheets))
    if chosen not in sheets:
        raise ValueError(
            f"{name} has no sheet {chosen!r}; it has {listed(list(sheets))}. Correct dataset.sheet."
            f"{nearest(chosen, sheets)}"
        )
    lines = sheets[chosen][settings.skip_rows :]
    filled = [number for number, line in enumerate(lines) if any(cell is not None for cell in line)]
    if not filled:
        full = [
            label for label, rows in sheets.items() if any(any(c is not None for c in row) for row in rows)
        ]
        raise ValueError(
            f"{name}: the sheet {chosen!r} is empty. "
            + (
                f"Sheets with content: {listed(full)}; say which: dataset.sheet={full[0]}."
                if full
                else "All are."
            )
        )
    remarks = _other_sheets(settings, sheets, chosen)
    return _table(lines, filled, settings, remarks=remarks, sheet=chosen)


def _sheets(name: str, content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    # openpyxl takes 0.2 s to import, which only those who read Excel should pay.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
    except (InvalidFileException, *DAMAGED) as error:
        raise ValueError(
            f"{name} cannot be read as an Excel file: {shortened(error, limit=200)}. Save it again as .xlsx, "
            "or as CSV."
        ) from error


def _other_sheets(settings: DatasetFiles, sheets: dict[str, Any], chosen: str) -> tuple[str, ...]:
    others = [label for label in sheets if label != chosen]
    if settings.sheet is not None or not others:
        return ()
    return (f"read the first sheet {chosen!r}; not read: {listed(others)} (dataset.sheet chooses)",)


def _table(
    lines: list[tuple[Any, ...]],
    filled: list[int],
    settings: DatasetFiles,
    *,
    remarks: tuple[str, ...],
    sheet: str,
) -> FileTable:
    first = filled[0]
    body = filled if settings.names else filled[1:]
    header = list(settings.names) or ["" if cell is None else str(cell) for cell in lines[first]]
    width = max(len(lines[number]) for number in filled)
    header += [""] * (width - len(header))
    frame = pd.DataFrame([lines[number] for number in body], columns=range(width), dtype=object)
    frame.columns = header
    used = [bool(label) or frame.iloc[:, number].notna().any() for number, label in enumerate(header)]
    rows = np.array([number - (0 if settings.names else first) for number in body], np.int64) + int(
        bool(settings.names)
    )
    return FileTable(frame.loc[:, used], rows, reading={"format": "excel", "sheet": sheet}, remarks=remarks)
