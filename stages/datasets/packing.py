"""A folder of many small files as one archive, the same bytes for the same files."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from stages.datasets.members import is_junk

DATE: Final = (1980, 1, 1, 0, 0, 0)
"""Of every file in the archive: the oldest that a zip can hold."""
MODE: Final = 0o644 << 16


def files_in(folder: Path) -> list[str]:
    """Return the paths in `folder` of all its files, sorted; hidden ones and the system's are left out.

    Links are followed to files, not to folders. Raises ValueError where a name is not written in UTF-8.
    """
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    _check_written(names)
    return sorted(name for name in names if not is_junk(name))


def _check_written(names: Sequence[str]) -> None:
    """Raise ValueError where a name is not written in UTF-8: nothing can be called by it."""
    for name in names:
        try:
            name.encode()
        except UnicodeEncodeError as error:
            raise ValueError(
                f"The name of the file {name!r} is not written in UTF-8, but in the encoding of another "
                "system. Rename the file or its folder, or unpack the archive it came in again."
            ) from error


def pack(folder: Path, names: Sequence[str], archive: Path) -> None:
    """Write the files `names` of `folder` into a new zip `archive`, one at a time and uncompressed.

    Pictures are compressed already; what is not, DVC's cache and git compress better as a whole. Order, dates
    and rights are fixed, so that equal files give an equal archive wherever it is packed.
    """
    from tqdm import tqdm

    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for name in tqdm(sorted(names), desc="packing", unit=" files", delay=1.0, leave=False):
            entry = zipfile.ZipInfo(name, DATE)
            entry.create_system, entry.external_attr = 3, MODE  # as on Unix, wherever this runs
            packed.writestr(entry, (folder / name).read_bytes())
