"""Reading of CSV and TSV files: every cell as text, nothing converted, ragged records left out."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from stages.datasets.encodings import decode
from stages.datasets.names import listed, shortened
from stages.datasets.tables import FileTable, Unreadable
from stages.settings.dataset import DatasetFiles

DELIMITERS: Final = (",", ";", "\t", "|")
SAMPLE_RECORDS: Final = 50
BLOCK: Final = 64 * 2**20
RECORDS_IN_A_CELL: Final = 20
"""Lines within one cell that look like records, from which on a quotation mark must be unclosed."""
ALIKE: Final = 0.9
DECIMAL_COMMA: Final = re.compile(r"^[^,]*\d,\d[^,]*$")


def read_delimited(name: str, content: bytes, settings: DatasetFiles, *, tabs: bool = False) -> FileTable:
    """Return the records of a delimited text file; its cells are text, an empty one an empty text.

    Raises ValueError where the file is empty, is no text, or a quotation mark is never closed.
    """
    text, encoding, remark = decode(name, content, settings.encoding)
    text = _without_head(text, settings.skip_rows)
    if not text.strip():
        raise ValueError(f"{name} is empty: there is not even a line of column names. Put the data there.")
    delimiter = _delimiter(text, settings, tabs=tabs)
    header = list(settings.names) or _header(name, text, delimiter)
    table, unreadable = _read(name, text, delimiter, len(header), skip=not settings.names)
    _check_quotes(name, table, unreadable, delimiter=delimiter, odd=text.count(b'"') % 2 == 1)
    _check_names(name, table, settings)
    gone = np.array([each.row for each in unreadable], np.int64)
    rows = np.delete(np.arange(1, table.num_rows + len(gone) + 1, dtype=np.int64), gone - 1)
    frame = table.to_pandas()
    frame.columns = header
    reading = {"encoding": encoding, "delimiter": delimiter}
    return FileTable(frame, rows, unreadable, reading, (remark,) if remark else ())


def _without_head(text: bytes, lines: int) -> bytes:
    return b"".join(text.splitlines(keepends=True)[lines:]) if lines else text


def _delimiter(text: bytes, settings: DatasetFiles, *, tabs: bool) -> str:
    stated = settings.delimiter.replace("\\t", "\t")
    if stated != "auto":
        if not stated.isascii():
            raise ValueError(f"dataset.delimiter={stated} must be an ASCII character, e.g. , or ;.")
        return stated
    return "\t" if tabs else guess_delimiter(text)


def guess_delimiter(text: bytes) -> str:
    r"""Return the delimiter under which most of the first records have equally many cells, and most cells.

    A comma that is the decimal mark of the cells between other delimiters is none.

    Examples
    --------
    >>> guess_delimiter(b"a;b\n1,5;2,5\n3,5;4,5\n")
    ';'
    """
    records = {delimiter: _first_records(text, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: _agreement(records[delimiter]))
    other = max(DELIMITERS[1:], key=lambda delimiter: _agreement(records[delimiter]))
    if best == "," and _are_decimal_commas(records[","], records[other]):
        return other
    return best


def _agreement(records: list[list[str]]) -> tuple[bool, float, int]:
    """Return whether records have cells, the share that has equally many, and how many."""
    widths = [len(record) for record in records]
    width, times = Counter(widths).most_common(1)[0] if widths else (1, 1)
    return width > 1, round(times / max(len(widths), 1), 1), width


def _are_decimal_commas(by_comma: list[list[str]], by_other: list[list[str]]) -> bool:
    """Return whether commas are the decimal mark of numbers that another delimiter parts."""
    parts, share, width = _agreement(by_other)
    named_by_commas = len(by_comma[0]) == _agreement(by_comma)[2] and len(by_other[0]) != width
    if not parts or share < ALIKE or named_by_commas:
        return False
    cells = [cell for record in by_other for cell in record if "," in cell]
    return sum(map(bool, map(DECIMAL_COMMA.match, cells))) >= ALIKE * len(cells)


def _first_records(text: bytes, delimiter: str) -> list[list[str]]:
    """Return the first non-empty records; a record cut off by the end of the sample is left out."""
    sample = io.StringIO(text[: 2**20].decode(errors="replace"), newline="")
    records = csv.reader(sample, delimiter=delimiter)
    csv.field_size_limit(2**31 - 1)
    return list(itertools.islice((record for record in records if record), SAMPLE_RECORDS))


def _header(name: str, text: bytes, delimiter: str) -> list[str]:
    records = _first_records(text, delimiter)
    if not records:
        raise ValueError(f"{name} holds no records. Put a table with a line of column names there.")
    return records[0]


def _read(
    name: str, text: bytes, delimiter: str, width: int, *, skip: bool
) -> tuple[pa.Table, tuple[Unreadable, ...]]:
    found: list[Unreadable] = []

    def leave_out(record: pacsv.InvalidRow) -> str:
        reason = f"{record.actual_columns} cells, expected {record.expected_columns}"
        found.append(Unreadable(record.number - skip, reason, record.text))
        return "skip"

    names = [str(number) for number in range(width)]
    try:
        table = pacsv.read_csv(
            pa.BufferReader(text),
            # One thread: only then is the number of an invalid record known.
            read_options=pacsv.ReadOptions(
                use_threads=False, block_size=BLOCK, column_names=names, skip_rows_after_names=int(skip)
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=leave_out
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()),
                null_values=[],
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        raise ValueError(
            f"{name} cannot be read as delimited text ({shortened(error, limit=200)}). Is a quotation mark "
            f"unclosed, or a cell longer than {BLOCK // 2**20} MiB? Mend the file there."
        ) from error
    return table, tuple(found)


def _check_names(name: str, table: pa.Table, settings: DatasetFiles) -> None:
    if not settings.names or not table.num_rows:
        return
    first = [str(column[0]).strip().casefold() for column in table.columns]
    alike = sum(cell == label.casefold() for cell, label in zip(first, settings.names, strict=True))
    if 2 * alike >= len(first):
        raise ValueError(
            f"dataset.names gives the column names, but the first line of {name} is a line of names too: "
            f"{listed(first)}. Say dataset.skip_rows=1 to pass over it, or take dataset.names out."
        )


def _check_quotes(
    name: str, table: pa.Table, unreadable: tuple[Unreadable, ...], *, delimiter: str, odd: bool
) -> None:
    """Refuse a file in which an unclosed quotation mark swallows the records after it.

    `odd` says that the file's quotation marks are odd in number, so that one more line is evidence enough.
    """
    left_out = [(each.row, each.text) for each in unreadable if "\n" in each.text]
    cells = [_most_lines(column) for column in table.columns if len(column)]
    least = 1 if odd else RECORDS_IN_A_CELL
    for row, cell in [*left_out, *cells]:
        if _holds_records(cell, delimiter * (table.num_columns - 1), least=least):
            raise ValueError(
                f"{name}: a quotation mark opened about record {row:,} is not closed, so that the records "
                'after it run into one cell. Close it, or double it ("") where it belongs to the text.'
            )


def _holds_records(cell: str, delimiters: str, *, least: int) -> bool:
    """Return whether the lines of a cell after its first have as many delimiters as a record."""
    lines = [line for line in cell.split("\n")[1:] if line.strip()]
    alike = sum(line.count(delimiters[:1] or "\0") == len(delimiters) for line in lines)
    return len(lines) >= least and alike >= ALIKE * len(lines)


def _most_lines(column: pa.ChunkedArray) -> tuple[int, str]:
    """Return the cell with the most line breaks and the number of its record."""
    breaks = pc.count_substring(column, "\n")
    row = pc.index(breaks, pc.max(breaks)).as_py()
    return row + 1, column[row].as_py()
