"""Columns of paths: the files they name, beside the table or in an archive beside it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, Final

import numpy as np
import pandas as pd

from stages.datasets.media_folders import is_media
from stages.datasets.members import Member, digests, find_members, read_members
from stages.datasets.tables import RawTable
from stages.settings.dataset import DatasetSettings

LONGEST_PATH: Final = 1024
LOOKED_AT: Final = 200
MOST: Final = 0.8
"""Share of the cells that name a file, in a column of pictures."""


def with_pictures(raw: RawTable, folder: Path, settings: DatasetSettings) -> RawTable:
    """Return the raw table with the content of the files that ``dataset.columns.image`` names.

    A path counts from the data set's folder, or from that of an archive in it; a part of it is enough where
    only one file ends so, and its ending may be left out. The path of a file elsewhere becomes a
    `pathlib.Path`. A cell that names no file, or holds no path, stays as it is.
    """
    columns = [name for name in settings.columns.image if name in raw.frame.columns]
    paths = [name for name in columns if isinstance(raw.frame[name].dtype, pd.StringDtype)]
    frame, used = raw.frame.copy(), set[Member]()
    index = path_index(picture_members(folder)) if paths else {}
    for name in paths:
        found = [_found(cell, index) for cell in frame[name]]
        if any(found):
            used |= {each for each in found if isinstance(each, Member)}
            frame[name] = _contents(folder, frame[name], found)
    sources = {name: {"sha256": digest} for name, digest in digests(folder, used, settings.sha256).items()}
    return replace(raw, frame=frame, sources={**raw.sources, **sources})


def picture_members(folder: Path) -> list[Member]:
    """Return the pictures in `folder`, loose or in archives."""
    found = [*find_members(folder, ()), *find_members(folder, ("*",))]
    return list(dict.fromkeys(each for each in found if is_media(each.name, "image_folder")))


def path_index(members: Sequence[Member]) -> Mapping[str, Member]:
    """Return the member that each way to name it stands for; a way that fits several stands for none.

    Examples
    --------
    >>> index = path_index([Member("a/1.jpg", "photos.zip", "a/1.jpg"), Member("b/1.jpg", "b/1.jpg")])
    >>> sorted(index)
    ['a/1', 'a/1.jpg', 'b/1', 'b/1.jpg', 'photos/a/1', 'photos/a/1.jpg']
    """
    ways: dict[str, set[Member]] = {}
    for member in members:
        # Unpacked, photos.zip becomes the folder photos, which paths may begin with.
        within = member.source.partition(".")[0] if member.inner else ""
        parts = PurePosixPath(within, _key(member.name)).parts
        for start in range(len(parts)):
            path = PurePosixPath(*parts[start:])
            for way in {path.as_posix(), path.with_suffix("").as_posix()}:
                ways.setdefault(way, set()).add(member)
    whole = {_key(member.name): member for member in members}
    return {way: next(iter(found)) for way, found in ways.items() if len(found) == 1} | whole


def names_pictures(cells: pd.Series, index: Mapping[str, Member]) -> bool:
    """Return whether nearly all of the first cells of a column name a file of `index`."""
    if not isinstance(cells.dtype, pd.StringDtype):
        return False
    first = [_key(cell) for cell in cells.dropna().head(LOOKED_AT)]
    if all(key.replace(".", "").isdigit() for key in first) and cells.nunique() < len(cells):
        return False  # a count (7, 7, 3) may by chance be the name of a file, 7.png
    return bool(first) and sum(key in index for key in first) >= MOST * len(first)


def _key(path: str) -> str:
    return path.strip().replace("\\", "/").removeprefix("./").lstrip("/")[:LONGEST_PATH]


def _found(cell: Any, index: Mapping[str, Member]) -> Member | Path | None:
    """Return what a cell names: a file of the data set, one elsewhere, or nothing."""
    if not isinstance(cell, str):
        return None
    elsewhere = cell.strip() if len(cell) <= LONGEST_PATH else ""
    return index.get(_key(cell)) or (Path(elsewhere) if os.path.isfile(elsewhere) else None)


def _contents(folder: Path, cells: pd.Series, found: Sequence[Member | Path | None]) -> pd.Series:
    """Return the bytes of the members, and the paths, `found`, in place of the cells that name them."""
    rows: dict[Member, list[int]] = {}
    contents = np.array(cells.astype(object).where(cells.notna(), None), dtype=object)
    for row, each in enumerate(found):
        if isinstance(each, Member):
            rows.setdefault(each, []).append(row)
        elif each is not None:
            contents[row] = each
    for content in read_members(folder, rows):
        for row in rows[content.member]:
            contents[row] = content.content
    return pd.Series(contents, index=cells.index, name=cells.name)
