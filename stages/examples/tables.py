"""Parquet tables some rows at a time: their cells may be whole pictures, and not all fit into memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stages.examples.blobs import on_disk

if TYPE_CHECKING:
    import pandas as pd

STREAMED_ROWS: Final = 1024
"""Rows of a streamed column that are in memory at once."""
STREAM_BYTES: Final = 2**20
"""What is read ahead of them; without it, a whole row group would be."""


def names_of_columns(path: Path) -> list[str]:
    """Return the names of the columns of a table, nothing else of it read."""
    from pyarrow.parquet import read_schema

    return list(read_schema(path).names)


def stream_cells(path: Path, column: str, *, rows: int = STREAMED_ROWS) -> Iterator[list[Any]]:
    """Yield the cells of one column, `rows` rows at a time."""
    from pyarrow.parquet import ParquetFile

    with ParquetFile(path, pre_buffer=False, buffer_size=STREAM_BYTES) as table:
        for batch in table.iter_batches(rows, columns=[column]):
            yield batch.column(0).to_pylist()


def read_with_blobs(
    path: Path, columns: Sequence[str] | None, *, blobs: Sequence[str], folder: Path
) -> pd.DataFrame:
    """Return a table, or only its `columns`; the bytes of the columns `blobs` stay in a file in `folder`."""
    import pandas as pd

    names = [each for each in names_of_columns(path) if columns is None or each in columns]
    frame = pd.read_parquet(path, columns=[each for each in names if each not in blobs])
    for column in (each for each in names if each in blobs):
        cells = chain.from_iterable(stream_cells(path, column))
        frame[column] = pd.Series(on_disk(cells, folder), index=frame.index, dtype=object)
    return frame[names]


def write_in_groups(path: Path, frame: pd.DataFrame, *, rows: int) -> None:
    """Write `frame` without its index, `rows` rows at a time: its cells are in memory once, not twice more.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> path = Path(tempfile.mkdtemp()) / "pictures.parquet"
    >>> write_in_groups(path, pd.DataFrame({"photo": [None, b"one", b"two"]}), rows=1)
    >>> list(stream_cells(path, "photo", rows=2))
    [[None, b'one'], [b'two']]
    """
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    # A group of empty cells alone would not tell their type: the first filled cell of each column does.
    filled = {int(frame[column].notna().to_numpy().argmax()) for column in frame.columns}
    schema = pa.Schema.from_pandas(frame.iloc[sorted(filled)], preserve_index=False)
    with ParquetWriter(path, schema, compression="zstd") as writer:
        for start in range(0, len(frame), rows):
            group = frame.iloc[start : start + rows]
            writer.write_table(pa.Table.from_pandas(group, schema=schema, preserve_index=False))
