"""Reading of Parquet and Feather files: cells keep the types they were stored with."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds
from pyarrow import feather, parquet

from stages.datasets.names import shortened
from stages.datasets.tables import FileTable


def read_columnar(name: str, content: bytes, kind: str) -> FileTable:
    """Return the records of a Parquet or Feather file.

    Dictionaries become text, decimals and durations (in seconds) numbers, times with a zone UTC.
    Raises ValueError where the file is damaged or a column holds structures, or lists that are no series.
    """
    reader = parquet.read_table if kind == "parquet" else feather.read_table
    try:
        table = reader(pa.BufferReader(content))
        table.validate(full=True)
    except (pa.ArrowException, OSError, MemoryError) as error:
        raise ValueError(
            f"{name} cannot be read as {kind}: {shortened(error, limit=200)}. It is damaged, cut off or of "
            "another format; write it again."
        ) from error
    frame = plain_frame(name, table)
    return FileTable(frame, np.arange(1, table.num_rows + 1, dtype=np.int64), reading={"format": kind})


def plain_frame(name: str, table: pa.Table) -> pd.DataFrame:
    """Return the cells of a table of any types as text, numbers, booleans, times, lists or bytes.

    Lists of numbers, and lists of such lists, stay as they are (series), bytes too (pictures). Raises
    ValueError where a column holds other lists or structures.
    """
    columns = [
        _plain(name, field.name, column) for field, column in zip(table.schema, table.columns, strict=True)
    ]
    keep = [
        number for number, label in enumerate(table.column_names) if not label.startswith("__index_level_")
    ]
    plain = pa.table([columns[number] for number in keep], names=[str(number) for number in keep])
    frame: pd.DataFrame = plain.to_pandas()
    frame.columns = [table.column_names[number] for number in keep]
    return frame


def _plain(name: str, label: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column as text, numbers, booleans or times, series or the bytes of files."""
    kind = column.type
    if kinds.is_struct(kind) and kind.get_field_index("bytes") >= 0:
        # How the Hugging Face libraries store pictures: {bytes, path}.
        return _plain(name, label, pc.struct_field(column, "bytes"))
    if _is_series(kind) or _is_binary(kind):
        return column
    if kinds.is_nested(kind):
        raise ValueError(
            f"{name}: column {label!r} holds {kind}, which is no table cell. Flatten it into columns of "
            "numbers, text, booleans or dates, or leave it out of the file; a series is a list of numbers, "
            "or of equally long lists of numbers."
        )
    if kinds.is_dictionary(kind):
        return _plain(name, label, column.cast(kind.value_type))
    return _single(column)


def _single(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column of single values as text, numbers, booleans or times."""
    kind = column.type
    if kinds.is_duration(kind):
        return pc.divide(column.cast(pa.duration("us")).cast(pa.int64()).cast(pa.float64()), 1e6)
    if kinds.is_timestamp(kind) or kinds.is_date(kind):
        # A time with a zone is UTC inside: dropping the zone leaves that.
        zone = getattr(kind, "tz", None)
        return column.cast(pa.timestamp("us", tz=zone), safe=False).cast(pa.timestamp("us"))
    if kinds.is_decimal(kind) or kinds.is_null(kind):
        return column.cast(pa.float64())
    typed = kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_boolean(kind)
    return column if typed else column.cast(pa.large_string())


def _is_binary(kind: pa.DataType) -> bool:
    """Return whether a type is bytes: of pictures, if of anything that can be learnt from."""
    return bool(kinds.is_binary(kind) or kinds.is_large_binary(kind) or kinds.is_fixed_size_binary(kind))


def _is_series(kind: pa.DataType) -> bool:
    """Return whether a type is a list of numbers, or a list of lists of them."""
    depth = 0
    while kinds.is_list(kind) or kinds.is_large_list(kind) or kinds.is_fixed_size_list(kind):
        kind, depth = kind.value_type, depth + 1
    numbers = kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_boolean(kind)
    return 1 <= depth <= 2 and (numbers or kinds.is_null(kind))
