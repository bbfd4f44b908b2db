"""What reading gives: one file's table, and all files' tables as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.examples.schema import Role


class Unreadable(NamedTuple):
    """A record that could not be read: its number in the file (from 1), why, and its text."""

    row: int
    reason: str
    text: str


@dataclass(frozen=True)
class FileTable:
    """The records of one file.

    Attributes
    ----------
    frame
        Cells as the file has them: text (``str``), numbers, booleans or dates; rows labelled 0, 1, ...
    rows
        Number of each record in its file, ``(n_rows,)``, from 1, the line of names not counted.
    unreadable
        Records left out.
    reading
        How the file was read: its encoding, delimiter, sheet.
    remarks
        What deviated, one sentence each.
    """

    frame: pd.DataFrame
    rows: NDArray[np.int64]
    unreadable: tuple[Unreadable, ...] = ()
    reading: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class RawTable:
    """The records of all files, one after another.

    Attributes
    ----------
    frame
        Columns by their trimmed, unique names.
    files, rows
        File name and record number of each row, ``(n_rows,)``; number 0 where the row is the whole file.
    parts
        Part of each row where the data set gives its split by files, else None.
    unreadable
        Records left out, by file.
    remarks
        What deviated, by file.
    sources
        SHA-256 and manner of reading, by file.
    roles
        Roles of columns that follow from the kind of file: ``image`` of a folder of pictures.
    """

    frame: pd.DataFrame
    files: NDArray[np.object_]
    rows: NDArray[np.int64]
    parts: NDArray[np.object_] | None
    unreadable: Mapping[str, tuple[Unreadable, ...]]
    remarks: Mapping[str, tuple[str, ...]]
    sources: Mapping[str, Mapping[str, str]]
    roles: Mapping[str, Role] = field(default_factory=dict)
