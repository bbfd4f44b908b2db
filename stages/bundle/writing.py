"""A table written batch by batch, beside its place first and renamed into it when it is whole."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

KINDS: Final = (".parquet", ".csv", ".csv.gz")
Write = Callable[[pd.DataFrame], None]


def kind_of(path: Path) -> str:
    """Return which of `KINDS` the file at `path` is to be, by its ending.

    Raises
    ------
    ValueError
        Where it is none.
    """
    for kind in KINDS:
        if path.name.lower().endswith(kind):
            return kind
    raise ValueError(f"the output {path} must end in {', '.join(KINDS)}, which says how it is written.")


def write_batches(batches: Iterable[pd.DataFrame], path: Path) -> int:
    """Write `batches`, all of the same columns, one after another to `path`; return the number of rows.

    A run that fails or is stopped leaves nothing behind, and what was at `path` stays.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    rows = 0
    try:
        with ExitStack() as opened:
            write = opened.enter_context(_opened(beside, kind_of(path)))
            for batch in batches:
                write(batch)
                rows += len(batch)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return rows


@contextmanager
def _opened(path: Path, kind: str) -> Iterator[Write]:
    with ExitStack() as stack:
        if kind == ".parquet":
            yield _parquet(path, stack)
        else:
            yield _csv(path, stack, packed=kind.endswith(".gz"))


def _parquet(path: Path, stack: ExitStack) -> Write:
    writers: list[Any] = []

    def write(batch: pd.DataFrame) -> None:
        table = pa.Table.from_pandas(batch, preserve_index=False)
        if not writers:
            writers.append(stack.enter_context(parquet.ParquetWriter(path, table.schema, compression="zstd")))
        writers[0].write_table(table.cast(writers[0].schema))

    return write


def _csv(path: Path, stack: ExitStack, *, packed: bool) -> Write:
    raw = stack.enter_context(path.open("wb"))
    # No name and no time in the archive: the same predictions give the same bytes.
    file: Any = stack.enter_context(gzip.GzipFile("", "wb", 6, raw, mtime=0)) if packed else raw
    written: list[int] = []

    def write(batch: pd.DataFrame) -> None:
        file.write(batch.to_csv(index=False, header=not written, lineterminator="\n").encode())
        written.append(len(batch))

    return write
