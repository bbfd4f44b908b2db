"""Large text files, packed or not, as tables of some rows at a time."""

from __future__ import annotations

import bz2
import csv
import gzip
import itertools
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from stages.datasets.delimited import guess_delimiter
from stages.datasets.encodings import decode
from stages.datasets.json_lines import read_json_lines
from stages.datasets.names import shortened
from stages.datasets.tables import FileTable, Unreadable
from stages.settings.dataset import DatasetFiles

SAMPLE: Final = 2**20
BLOCK: Final = 4 * 2**20
"""Bytes that are parsed at a time; no cell may be longer."""
UNPACKERS: Final[dict[bytes, Any]] = {b"\x1f\x8b": gzip.open, b"\xfd7zXZ\x00": lzma.open, b"BZh": bz2.open}
WIDE: Final = ("utf-16", "utf-32")
"""Encodings of several bytes a character, which need the whole file."""


def is_streamable_text(path: Path, kind: str) -> bool:
    """Return whether the text file at `path` can be read in pieces: no zip, no JSON list, no UTF-16."""
    with path.open("rb") as raw:
        if raw.read(2) == b"PK":
            return False
        sample = _sample(path.name, raw)
    _, encoding, _ = decode(path.name, sample, "auto")
    return encoding not in WIDE and not (kind == "jsonl" and sample.lstrip()[:1] == b"[")


def delimited_tables(
    name: str, raw: BinaryIO, settings: DatasetFiles, *, tabs: bool, rows: int
) -> Iterator[FileTable]:
    """Yield the records of a CSV or TSV file, every cell as text; ragged records are left out and named.

    Raises ValueError where it holds no records or a piece of it cannot be parsed.
    """
    sample = b"".join(_sample(name, raw).splitlines(keepends=True)[settings.skip_rows :])
    text, encoding, _ = decode(name, sample, settings.encoding)
    stated = settings.delimiter.replace("\\t", "\t")
    delimiter = stated if stated != "auto" else "\t" if tabs else guess_delimiter(text)
    header = list(settings.names) or next(csv.reader([*_lines(text)], delimiter=delimiter))
    left_out: list[Unreadable] = []
    with _mended(name):
        reader = _open_csv(_unpacked(raw), settings, (header, delimiter, encoding), left_out)
        yield from _numbered(header, reader, left_out, rows)


def line_tables(name: str, raw: BinaryIO, settings: DatasetFiles, *, rows: int) -> Iterator[FileTable]:
    """Yield the records of a JSON lines file; what is no JSON object is left out and named."""
    encoding = decode(name, _sample(name, raw), settings.encoding).encoding
    stated = settings.model_copy(update={"encoding": encoding})
    done = 0
    with _mended(name):
        lines = (line for line in _unpacked(raw) if line.strip())
        while piece := list(itertools.islice(lines, rows)):
            table = read_json_lines(name, b"".join(piece), stated)
            moved = tuple(each._replace(row=each.row + done) for each in table.unreadable)
            yield replace(table, rows=table.rows + done, unreadable=moved)
            done += len(piece)


def _sample(name: str, raw: BinaryIO) -> bytes:
    """Return the first lines of a file, unpacked; `raw` stands at its beginning afterwards."""
    with _mended(name):
        sample = _unpacked(raw).read(SAMPLE)
    raw.seek(0)
    return sample if len(sample) < SAMPLE else sample[: sample.rfind(b"\n") + 1]


def _unpacked(raw: BinaryIO) -> BinaryIO:
    raw.seek(0)
    head = raw.read(6)
    raw.seek(0)
    opener = next((each for magic, each in UNPACKERS.items() if head.startswith(magic)), None)
    return raw if opener is None else cast("BinaryIO", opener(raw))


def _lines(text: bytes) -> Iterator[str]:
    return (line for line in text.decode().splitlines(keepends=True) if line.strip())


def _open_csv(
    stream: BinaryIO, settings: DatasetFiles, form: tuple[list[str], str, str], left_out: list[Unreadable]
) -> Any:
    header, delimiter, encoding = form
    for _ in range(settings.skip_rows):
        stream.readline()
    named = not settings.names
    names = [str(number) for number in range(len(header))]

    def leave_out(record: pacsv.InvalidRow) -> str:
        reason = f"{record.actual_columns} cells, expected {record.expected_columns}"
        left_out.append(Unreadable(record.number - named, reason, record.text))
        return "skip"

    return pacsv.open_csv(
        stream,
        # One thread: only then is the number of an invalid record known.
        read_options=pacsv.ReadOptions(
            use_threads=False,
            block_size=BLOCK,
            column_names=names,
            skip_rows_after_names=int(named),
            encoding="utf-8" if encoding == "utf-8-sig" else encoding,
        ),
        parse_options=pacsv.ParseOptions(
            delimiter=delimiter, newlines_in_values=True, invalid_row_handler=leave_out
        ),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.large_string()), null_values=[], strings_can_be_null=False
        ),
    )


def _numbered(header: list[str], reader: Any, left_out: list[Unreadable], rows: int) -> Iterator[FileTable]:
    """Yield the tables of `reader`, each record with its number, those left out counted."""
    number, told = 1, 0
    for block in reader:
        for start in range(0, block.num_rows, rows):
            frame = block.slice(start, rows).to_pandas()
            frame.columns = header
            gone = np.array([each.row for each in left_out], np.int64)
            candidates = np.arange(number, number + len(frame) + len(gone), dtype=np.int64)
            numbers = candidates[~np.isin(candidates, gone)][: len(frame)]
            number = int(numbers[-1]) + 1
            new, told = tuple(left_out[told:]), len(left_out)
            yield FileTable(frame, numbers, new)
    if told < len(left_out):
        empty = reader.schema.empty_table().to_pandas().set_axis(header, axis=1)
        yield FileTable(empty, np.empty(0, np.int64), tuple(left_out[told:]))


@contextmanager
def _mended(name: str) -> Iterator[None]:
    """Say in one sentence what is wrong with the file."""
    try:
        yield
    except (pa.ArrowInvalid, EOFError, OSError, zlib.error, lzma.LZMAError, UnicodeError) as error:
        raise ValueError(
            f"{name} cannot be read any further: {shortened(error, limit=200)}. It is damaged, cut off, not "
            "UTF-8 throughout, or a quotation mark in it is never closed. Mend it there, or save it anew."
        ) from error
