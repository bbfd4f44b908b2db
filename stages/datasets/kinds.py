"""What kind of data set lies in a folder: a table, a folder per class, or arrays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from stages.datasets.files import FORMATS, find_files, suffix
from stages.datasets.idx import is_idx_name
from stages.datasets.media_folders import PICTURES, TEXTS, Kind
from stages.datasets.members import find_members, is_archive
from stages.settings.dataset import DatasetSettings

MEDIA_KINDS: Final = ("image_folder", "text_folder", "npz", "idx")


def kind_of(folder: Path, settings: DatasetSettings) -> str:
    """Return how the data set in `folder` is read: one of MEDIA_KINDS, else table.

    As stated in ``dataset.format``; auto: by the names of the files, and of those in its archives.
    """
    if settings.format != "auto":
        return settings.format if settings.format in MEDIA_KINDS else "table"
    if settings.columns.image or settings.sequence.id is not None or not folder.is_dir():
        return "table"
    patterns = settings.parts.files() or settings.files
    try:
        return kind_of_names(folder, patterns)
    except ValueError:  # a missing file, a damaged archive: the reader of tables says it best
        return "table"


def kind_of_names(folder: Path, patterns: Sequence[str]) -> str:
    """Return the kind of the files in `folder` that `patterns` name (none: all), told by their names."""
    paths = (
        find_files(folder, patterns) if patterns else [path for path in folder.rglob("*") if path.is_file()]
    )
    names = [path.relative_to(folder).as_posix() for path in paths if not path.name.startswith(".")]
    if any(suffix(name) in FORMATS and "/" not in name and not name.endswith(".txt") for name in names):
        return "table"
    kinds = {"npz": any(name.lower().endswith(".npz") for name in names), "idx": any(map(is_idx_name, names))}
    found = next((kind for kind, is_there in kinds.items() if is_there), None)
    if found is None and any(is_archive(name) or "/" in name for name in names):
        found = kind_of_files([member.name for member in find_members(folder, patterns)])
    return found or "table"


def kind_of_files(names: Sequence[str]) -> Kind | None:
    """Return whether most of the files in folders are pictures or texts; None: neither.

    Examples
    --------
    >>> kind_of_files(["a/1.jpg", "b/2.png", "README.md"]), kind_of_files(["a/1.txt", "b/2.txt"])
    ('image_folder', 'text_folder')
    """
    inside = [PurePosixPath(name.lower()).suffix for name in names if "/" in name]
    pictures = sum(ending in PICTURES for ending in inside)
    texts = sum(ending in (".txt", "", *TEXTS) for ending in inside)
    if 2 * max(pictures, texts) <= len(inside):
        return None
    return "image_folder" if pictures >= texts else "text_folder"
