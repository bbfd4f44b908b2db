"""Reading of a data set's files into one raw table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.datasets.array_files import read_arrays
from stages.datasets.columnar import read_columnar
from stages.datasets.delimited import read_delimited
from stages.datasets.excel import read_excel
from stages.datasets.files import find_files, format_of, unpack, verify
from stages.datasets.headers import tidy_header
from stages.datasets.json_lines import read_json_lines
from stages.datasets.kinds import MEDIA_KINDS, kind_of
from stages.datasets.media_folders import COLUMN, Kind, read_media_folder
from stages.datasets.members import is_archive
from stages.datasets.names import listed, nearest, shortened
from stages.datasets.picture_files import with_pictures
from stages.datasets.tables import FileTable, RawTable, Unreadable
from stages.settings.dataset import DatasetFiles, DatasetSettings


def read_table(name: str, content: bytes, settings: DatasetFiles) -> FileTable:
    """Return the records of one file, its columns by their trimmed, unique names."""
    inner, unpacked = unpack(name, content)
    if not unpacked:
        raise ValueError(f"{name} is empty: it holds no bytes. Put the data there.")
    kind = format_of(inner, unpacked, settings.format)
    if kind in ("csv", "tsv"):
        table = read_delimited(name, unpacked, settings, tabs=kind == "tsv")
    elif kind == "jsonl":
        table = read_json_lines(name, unpacked, settings)
    elif kind == "excel":
        table = read_excel(name, unpacked, settings)
    else:
        table = read_columnar(name, unpacked, kind)
    return tidy_header(name, table)


def read_raw(folder: Path, settings: DatasetSettings) -> RawTable:
    """Return all records of the data set in `folder`; the files are only read.

    Raises ValueError where a file is missing, is not the stated one, cannot be read, or has other columns.
    """
    kind = kind_of(folder, settings)
    if kind in MEDIA_KINDS:
        parts = _parts(folder, settings)
        if kind in COLUMN:
            return read_media_folder(folder, settings, cast("Kind", kind), parts=parts)
        return read_arrays(folder, settings, kind, parts=parts)
    raw = _read_tables(folder, settings)
    return with_pictures(raw, folder, settings) if settings.columns.image else raw


def _read_tables(folder: Path, settings: DatasetSettings) -> RawTable:
    given = settings.parts.files()
    setting = "dataset.parts" if given else "dataset.files"
    paths = find_files(folder, given or settings.files, setting=setting)
    labels = [path.relative_to(folder).as_posix() for path in paths]
    if settings.columns.image:
        # The archive of the pictures is no table, and has a digest of its own.
        paths = [path for path in paths if not is_archive(path.name)] or paths
        labels = [path.relative_to(folder).as_posix() for path in paths]
    else:
        _check_digests(settings.sha256, labels)
    contents = ((label, path.read_bytes()) for label, path in zip(labels, paths, strict=True))
    return read_contents(contents, settings, parts=_parts(folder, settings) if given else None)


def read_contents(
    contents: Iterable[tuple[str, bytes]], settings: DatasetFiles, *, parts: Mapping[str, str] | None = None
) -> RawTable:
    """Return all records of the files `contents` (name and bytes), which must have the same columns."""
    tables: dict[str, FileTable] = {}
    sources: dict[str, dict[str, str]] = {}
    for name, content in contents:
        digest = verify(name, content, settings.sha256)
        tables[name] = read_table(name, content, settings)
        sources[name] = {"sha256": digest, **tables[name].reading}
    return _joined(tables, sources, parts)


def check_records(raw: RawTable, *, max_unreadable_share: float) -> None:
    """Raise ValueError where a file holds no records, or too many that cannot be read."""
    counts = pd.Series(raw.files, dtype="str").value_counts()
    for name, records in raw.unreadable.items():
        total = len(records) + int(counts.get(name, 0))
        if len(records) > max_unreadable_share * total:
            raise ValueError(_unreadable(name, records, total))
    if raw.frame.empty:
        raise ValueError(
            f"{listed(list(raw.sources))} holds column names but no records: "
            f"{listed(list(raw.frame.columns))}. Put the rows there; where the first line is a record "
            "already, give dataset.names."
        )


def _unreadable(name: str, records: Sequence[Unreadable], total: int) -> str:
    first = records[0]
    what = f"{name}: {len(records):,} of {total:,} records cannot be read; the first is record {first.row:,}"
    if "cells" not in first.reason:
        mend = "Mend the file."
    else:
        mend = (
            "Is the delimiter another (dataset.delimiter), do lines stand before the column names "
            "(dataset.skip_rows), does the line of names lack one (dataset.names with dataset.skip_rows=1), "
            "or is a cell with the delimiter in it not quoted?"
        )
    return (
        f"{what} ({first.reason}): {shortened(first.text)!r}. {mend} To leave such records out, raise "
        "clean.max_unreadable_share."
    )


def _check_digests(sha256: Mapping[str, str], labels: Iterable[str]) -> None:
    known = list(labels)
    for name in (name for name in sha256 if name not in known):
        raise ValueError(
            f"dataset.sha256 states a digest for {name!r}, but the files of the data set are "
            f"{listed(known)}.{nearest(name, known)} Correct the name or take the line out."
        )


def _parts(folder: Path, settings: DatasetSettings) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part, patterns in settings.parts:
        setting = f"dataset.parts.{part}"
        for path in find_files(folder, patterns, setting=setting) if patterns else []:
            label = path.relative_to(folder).as_posix()
            if label in parts:
                both = f"{parts[label]} and {part}"
                raise ValueError(
                    f"dataset.parts puts {label!r} into both {both}. A file belongs to one part."
                )
            parts[label] = part
    return parts


def _joined(
    tables: Mapping[str, FileTable], sources: Mapping[str, Mapping[str, str]], parts: Mapping[str, str] | None
) -> RawTable:
    first_name, first = next(iter(tables.items()))
    for name, table in tables.items():
        _check_columns(name, list(table.frame.columns), first_name, list(first.frame.columns))
    frame = pd.concat([table.frame[first.frame.columns] for table in tables.values()], ignore_index=True)
    files = _repeated({name: name for name in tables}, tables)
    return RawTable(
        frame=frame,
        files=files,
        rows=np.concatenate([table.rows for table in tables.values()]),
        parts=None if parts is None else _repeated(parts, tables),
        unreadable={name: table.unreadable for name, table in tables.items() if table.unreadable},
        remarks={name: table.remarks for name, table in tables.items() if table.remarks},
        sources=sources,
    )


def _repeated(values: Mapping[str, str], tables: Mapping[str, FileTable]) -> NDArray[np.object_]:
    labels = np.array([values[name] for name in tables], dtype=object)
    return np.repeat(labels, [len(table.rows) for table in tables.values()])


def _check_columns(name: str, columns: list[str], first_name: str, first: list[str]) -> None:
    lacking = [column for column in first if column not in columns]
    more = [column for column in columns if column not in first]
    if lacking or more:
        raise ValueError(
            f"{name} has other columns than {first_name}: "
            + "; ".join(
                f"{what} {listed(which)}"
                for what, which in (("it lacks", lacking), ("it adds", more))
                if which
            )
            + ". The files of a data set have the same columns, in any order. Mend the file, or choose files "
            "with dataset.files."
        )
