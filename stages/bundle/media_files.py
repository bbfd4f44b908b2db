"""What holds rows to predict, of every modality: a table, a picture, a text, arrays, a folder of files."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from stages.bundle.array_rows import array_table, holds_arrays
from stages.bundle.step_rows import gathered, is_step_table
from stages.bundle.streaming import Batch, read_batches, sliced
from stages.datasets.members import Content, endings, is_archive, members_of, read_members
from stages.datasets.reading import read_table
from stages.datasets.tables import FileTable
from stages.examples.schema import Column, Role, Schema
from stages.settings.dataset import DatasetFiles

FILE: Final = "file"
"""Column: the name of the file a row was read from, its path within the folder or the archive."""
AT_ONCE: Final = 256
"""Pictures or texts in a batch: they are held in memory as they lie on the disk."""
PICTURES: Final = (
    ".jpg", ".jpeg", ".jfif", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm",
)  # fmt: skip
TEXTS: Final = (".txt",)
ENDINGS: Final[dict[Role, tuple[str, ...]]] = {"image": PICTURES, "text": TEXTS}
OF_FILES: Final = {"rows": "files"}
"""How a table was read whose rows are files."""


class Form(NamedTuple):
    """How the files of new rows are written, as those of the data set were.

    `step_id` and `time` are the columns that say which steps are one series, and their order, where the rows
    of a table are steps.
    """

    files: DatasetFiles
    step_id: str | None = None
    time: str | None = None


def raw_batches(path: Path, schema: Schema, form: Form) -> Iterator[Batch]:
    """Yield the rows to predict that `path` holds, each named by its file where a row is a file.

    Parameters
    ----------
    path
        A table (pictures in it as paths beside it), a picture, a ``.txt`` that holds one text, a folder or an
        archive of either, or an ``.npz`` or ``.idx`` of pictures or series.

    Raises
    ------
    ValueError
        Where nothing there is what the model takes.
    """
    column = medium(schema)
    if column is not None and _holds_files(path, column.role):
        return _of_files(path, column)
    if path.is_dir():
        raise ValueError(
            f"{path} is a folder, and this model takes the rows of a table. Give the file with the rows."
        )
    if column is not None and holds_arrays(path):
        return sliced(array_table(path, column, form.files), AT_ONCE)
    if column is not None and is_step_table(path, column, form.files):
        table = gathered(read_table(path.name, path.read_bytes(), form.files), column, schema.cells, form)
        return sliced(table, AT_ONCE)
    images = [each.name for each in schema.features if each.role == "image"]
    batches = read_batches(path, form.files)
    return (_located(batch, images, path.parent) for batch in batches) if images else batches


def are_files(table: FileTable) -> bool:
    """Return whether each row is a file, named in the column ``file``."""
    return table.reading == OF_FILES


def medium(schema: Schema) -> Column | None:
    """Return the column that a file by itself stands for: the picture, else the series, else the one text."""
    for role in ("image", "sequence", "text"):
        columns = [column for column in schema.features if column.role == role]
        if len(columns) == 1:
            return columns[0]
    return None


def _holds_files(path: Path, role: Role) -> bool:
    """Return whether `path` is a picture or a text, or holds such files and no table."""
    wanted = ENDINGS.get(role, ())
    if not wanted:
        return False
    if path.is_dir():
        return True
    if is_archive(path.name):
        return any(_ends(member.name, wanted) for member in members_of(path))
    return _ends(path.name, wanted)


def _of_files(path: Path, column: Column) -> Iterator[Batch]:
    members = members_of(path)
    chosen = [member for member in members if _ends(member.name, ENDINGS[column.role])]
    if not chosen:
        raise ValueError(
            f"{path} holds no file that ends in {', '.join(ENDINGS[column.role])}, but "
            f"{endings([member.name for member in members])}. Name another folder or file."
        )
    contents = read_members(path if path.is_dir() else path.parent, chosen)
    done = 0
    while some := list(islice(contents, AT_ONCE)):
        yield Batch(_table(some, column, first=done + 1), (done + len(some)) / len(chosen))
        done += len(some)


def _table(contents: list[Content], column: Column, *, first: int) -> FileTable:
    frame = pd.DataFrame({FILE: [each.member.name for each in contents]})
    frame[column.name] = pd.Series([each.content for each in contents], dtype=object)
    return FileTable(frame, np.arange(first, first + len(frame), dtype=np.int64), reading=OF_FILES)


def _located(batch: Batch, names: list[str], folder: Path) -> Batch:
    """Return a batch whose pictures are found where the table lies, not where the command was given."""

    def find(cell: Any) -> Any:
        beside = folder / cell if isinstance(cell, str) and 0 < len(cell) < 1024 else None
        return beside if beside is not None and beside.is_file() else cell

    table = batch.table
    there = {name: table.frame[name].map(find) for name in names if name in table.frame}
    moved = FileTable(table.frame.assign(**there), table.rows, table.unreadable, table.reading, table.remarks)
    return Batch(moved, batch.done)


def _ends(name: str, wanted: tuple[str, ...]) -> bool:
    return PurePosixPath(name.lower()).suffix in wanted
