"""Files of any size, read in batches of rows, their cells as `clean` reads them.

Small files, and kinds that have no order to stream in (Excel, a JSON list, UTF-16), go through the very
reader of `clean`, with all its checks; large CSV, TSV, JSON lines, Parquet and Feather files are streamed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from stages.bundle.textstream import delimited_tables, is_streamable_text, line_tables
from stages.datasets.columnar import plain_frame
from stages.datasets.files import FORMATS, MAGIC, suffix
from stages.datasets.headers import tidy_header
from stages.datasets.reading import read_table
from stages.datasets.tables import FileTable, Unreadable
from stages.settings.dataset import DatasetFiles

ROWS: Final = 32_768
"""Rows of a batch: 100 encoded columns of them are 13 MB."""
WHOLE: Final = 8 * 2**20
"""Bytes of a file, packed or not, up to which it is read as a whole."""


class Batch(NamedTuple):
    """Some rows of a file, in order.

    Attributes
    ----------
    table
        Cells by their trimmed column names, and the number of each record in the file, from 1.
    done
        Share of the file that has been read, [0, 1].
    """

    table: FileTable
    done: float


def read_batches(
    path: Path, settings: DatasetFiles, *, rows: int = ROWS, whole: int = WHOLE
) -> Iterator[Batch]:
    """Yield the records of the file at `path` in batches of at most `rows` rows.

    Parameters
    ----------
    settings
        How the file is written: delimiter, encoding, lines before the names.
    whole
        Bytes up to which a file is read as a whole.

    Raises
    ------
    ValueError
        Where the file cannot be read: damaged, no text, of an unknown kind.
    """
    kind = _kind(path)
    size = path.stat().st_size
    if size <= whole or kind is None:
        table = read_table(path.name, path.read_bytes(), settings)
        yield from sliced(table, rows)
    elif kind in ("parquet", "feather"):
        yield from _columnar(path, kind, rows)
    else:
        with path.open("rb") as raw:
            for table in _texts(path, raw, kind, settings, rows):
                yield Batch(tidy_header(path.name, table), raw.tell() / size)


def _kind(path: Path) -> str | None:
    """Return the kind of a file that can be streamed, else None: told by its first bytes, then its name."""
    with path.open("rb") as file:
        head = file.read(8)
    by_content = next((kind for magic, kind in MAGIC.items() if head.startswith(magic)), None)
    if by_content:
        return by_content
    kind = FORMATS.get(suffix(path.name))
    return kind if kind in ("csv", "tsv", "jsonl") and is_streamable_text(path, kind) else None


def _texts(path: Path, raw: BinaryIO, kind: str, settings: DatasetFiles, rows: int) -> Iterator[FileTable]:
    if kind == "jsonl":
        return line_tables(path.name, raw, settings, rows=rows)
    return delimited_tables(path.name, raw, settings, tabs=kind == "tsv", rows=rows)


def sliced(table: FileTable, rows: int) -> Iterator[Batch]:
    """Yield a table in batches; one without rows gives one batch, for its columns."""
    total = len(table.frame)
    unreadable: tuple[Unreadable, ...] = table.unreadable
    for start in range(0, max(total, 1), rows):
        part = slice(start, start + rows)
        frame = table.frame.iloc[part].reset_index(drop=True)
        yield Batch(
            FileTable(frame, table.rows[part], unreadable, table.reading, table.remarks if not start else ()),
            min(1.0, (start + rows) / max(total, 1)),
        )
        unreadable = ()


def _columnar(path: Path, kind: str, rows: int) -> Iterator[Batch]:
    try:
        total, batches = _record_batches(path, kind, rows)
        read = 0
        for batch in batches:
            frame = plain_frame(path.name, pa.Table.from_batches([batch]))
            numbers = np.arange(read + 1, read + len(frame) + 1, dtype=np.int64)
            read += len(frame)
            yield Batch(tidy_header(path.name, FileTable(frame, numbers)), read / max(total, 1))
    except (pa.ArrowException, OSError) as error:
        raise ValueError(
            f"{path.name} cannot be read as {kind}: {error}. It is damaged, cut off or of another format; "
            "write it again."
        ) from error


def _record_batches(path: Path, kind: str, rows: int) -> tuple[int, Iterator[Any]]:
    """Return the number of rows and the record batches of a file, each of at most `rows` rows."""
    if kind == "parquet":
        file = parquet.ParquetFile(path)
        return file.metadata.num_rows, file.iter_batches(rows)
    reader = pa.ipc.open_file(pa.memory_map(str(path)))
    held = (reader.get_batch(number) for number in range(reader.num_record_batches))
    pieces = (batch.slice(at, rows) for batch in held for at in range(0, batch.num_rows, rows))
    return sum(reader.get_batch(number).num_rows for number in range(reader.num_record_batches)), pieces
