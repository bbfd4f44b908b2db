"""Reading of a folder per class: pictures or texts, loose or in an archive, into one raw table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Final, Literal

import numpy as np
import pandas as pd

from stages.datasets.class_folders import Placed, placed
from stages.datasets.encodings import text_of_bytes
from stages.datasets.files import FORMATS
from stages.datasets.members import ARCHIVES, Content, Member, digests, endings, find_members, read_members
from stages.datasets.names import listed
from stages.datasets.tables import RawTable
from stages.examples.schema import Role
from stages.settings.dataset import DatasetSettings

Kind = Literal["image_folder", "text_folder"]

LABEL: Final = "label"
COLUMN: Final[Mapping[Kind, Role]] = {"image_folder": "image", "text_folder": "text"}
"""Name of the column of each kind of folder, which is its role as well."""
PICTURES: Final = (
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm",
    ".pbm", ".ico", ".jp2", ".avif",
)  # fmt: skip
TEXTS: Final = (".text", ".md", ".html", ".htm", ".eml", ".log")
TABLES: Final = (*(ending for ending in FORMATS if ending not in (".txt", ".data", ".dat")),)
"""Endings that are those of a table wherever they stand; a .txt may be one of many texts."""
OTHER: Final = (
    *ARCHIVES, ".xml", ".mat", ".npy", ".npz", ".pdf", ".py", ".ini", ".db", ".yaml", ".yml", ".h5", ".gz",
)  # fmt: skip
"""Files that are neither: annotations, notes, programs, packed files."""
MAGIC: Final = {
    b"\xff\xd8\xff": ("jpeg", (".jpg", ".jpeg", ".jpe", ".jfif")),
    b"\x89PNG": ("png", (".png",)),
    b"GIF8": ("gif", (".gif",)),
    b"BM": ("bmp", (".bmp",)),
    b"RIFF": ("webp", (".webp",)),
}


def read_media_folder(
    folder: Path, settings: DatasetSettings, kind: Kind, *, parts: Mapping[str, str] | None = None
) -> RawTable:
    """Return a row for each file, its content and its folder's name, sorted by path.

    `parts` gives the part of each file of the data set where the user states it. Raises
    ValueError where there are no files of that kind or these lie in no class folders.
    """
    patterns = settings.parts.files() or settings.files
    members, found = class_members(find_members(folder, patterns), kind)
    if parts:
        found = [each._replace(part=parts[of.source]) for each, of in zip(found, members, strict=True)]
    sources = digests(folder, members, settings.sha256)
    position = {member: number for number, member in enumerate(members)}
    cells = np.full(len(members), None, dtype=object)
    remarks: dict[str, tuple[str, ...]] = {}
    for content in read_members(folder, members):
        cells[position[content.member]] = _cell(content, kind, settings.encoding)
        said = [content.fault, _misnamed(content)] if kind == "image_folder" else [content.fault]
        if any(said):
            remarks[content.member.name] = tuple(filter(None, said))
    return _table(members, found, cells, sources=sources, remarks=remarks)


def class_members(members: Sequence[Member], kind: Kind) -> tuple[list[Member], list[Placed]]:
    """Return those of `members` that are examples, and class and part of each.

    A file outside of the class folders is none. Raises ValueError where there are no files of that kind, or
    no class folders.
    """
    media = [member for member in members if is_media(member.name, kind)]
    if not media:
        raise ValueError(
            f"dataset.format={kind} stands for {COLUMN[kind]} files in one folder a class, but there are "
            f"none: the files end in {endings(member.name for member in members)}. Bring the folder with "
            "`upcurve new data FOLDER`, or state another dataset.format."
        )
    found = placed([member.name for member in media])
    # In a part without class folders (a test set without labels) the files are examples without a target.
    inside = [each.label is not None or each.part is not None for each in found]
    chosen = [number for number, is_inside in enumerate(inside) if is_inside]
    return [media[number] for number in chosen], [found[number] for number in chosen]


def is_media(name: str, kind: Kind) -> bool:
    """Return whether a file is a picture, or a text, by its ending; unknown endings are taken for one.

    Examples
    --------
    >>> is_media("a/1.JPG", "image_folder"), is_media("a/1.JPG", "text_folder")
    (True, False)
    """
    ending = PurePosixPath(name.lower()).suffix
    if kind == "image_folder":
        return ending in PICTURES or ending not in (*OTHER, *TEXTS, *FORMATS)
    return ending in TEXTS or ending not in (*OTHER, *PICTURES, *TABLES)


def _cell(content: Content, kind: Kind, encoding: str) -> bytes | str:
    if kind == "image_folder":
        return content.content
    return text_of_bytes(content.content, encoding).strip()  # the last line break is no part of the text


def _misnamed(content: Content) -> str:
    """Return a remark on a picture that its ending calls another format."""
    ending = PurePosixPath(content.member.name.lower()).suffix
    for magic, (name, right) in MAGIC.items():
        if content.content.startswith(magic) and ending in PICTURES and ending not in right:
            return f"named {ending}, but holds {name}; read by its content"
    return ""


def _table(
    members: Sequence[Member],
    found: Sequence[Placed],
    cells: np.ndarray,
    *,
    sources: Mapping[str, str],
    remarks: Mapping[str, tuple[str, ...]],
) -> RawTable:
    column: Role = "text" if any(isinstance(cell, str) for cell in cells[:1]) else "image"
    labels = pd.Series([each.label for each in found], dtype="str")
    media = pd.Series(cells, dtype="str" if column == "text" else object)
    counts = Counter(member.source for member in members)
    return RawTable(
        frame=pd.DataFrame({column: media, LABEL: labels}),
        files=np.array([member.name for member in members], dtype=object),
        rows=np.zeros(len(members), np.int64),
        parts=parts_of(each.part for each in found),
        unreadable={},
        remarks=remarks,
        sources={
            name: {"sha256": digest, "files": f"{counts[name]:,}"} if counts[name] > 1 else {"sha256": digest}
            for name, digest in sources.items()
        },
        roles={column: column},
    )


def parts_of(parts: Iterable[str | None]) -> np.ndarray | None:
    """Return the parts as the raw table holds them, None where nothing is said of any."""
    known = list(parts)
    if not any(known):
        return None
    if not all(known):
        raise ValueError(
            f"Some files belong to the parts {listed(sorted({part for part in known if part}))}, others to "
            "none. Name all of them by their part (train, validation, test), or none."
        )
    return np.array(known, dtype=object)
