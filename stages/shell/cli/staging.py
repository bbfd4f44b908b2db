"""Gather the files of a new data set in a temporary folder, those of a large folder packed into one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from stages.datasets.class_folders import placed, tell_apart
from stages.datasets.files import suffix
from stages.datasets.idx import is_idx_name
from stages.datasets.kinds import kind_of_files, kind_of_names
from stages.datasets.media_folders import PICTURES, TABLES, is_media
from stages.datasets.members import digests, endings, find_members, is_archive
from stages.datasets.names import listed
from stages.datasets.packing import files_in, pack
from stages.datasets.proposal import Proposal, propose
from stages.datasets.proposal_media import propose_arrays, propose_folder
from stages.shell.cli.bring import fetch


@contextmanager
def staging(root: Path) -> Iterator[Path]:
    """Give an empty folder on the disk of data/raw/, which is gone afterwards, whatever happens."""
    folder = root / "data" / "raw" / f".new.{os.getpid()}.tmp"
    made = [each for each in (folder.parent, folder.parent.parent) if not each.exists()]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        for each in made:
            if not any(each.iterdir()):
                each.rmdir()


def stage(addresses: Sequence[str], folder: Path) -> str:
    """Lay the files of `addresses` into `folder`; return the name of the first, of a folder its own.

    Raises
    ------
    ValueError
        As `fetch`; and where a folder holds nothing that can be learned from.
    """
    names = [_stage_one(address, folder) for address in addresses]
    return names[0]


def _stage_one(address: str, folder: Path) -> str:
    path = Path(address).expanduser()
    if path.is_dir():
        _stage_folder(path.resolve(), folder)
        return path.resolve().name
    if path.is_file() and is_archive(path.name):
        shutil.copyfile(path, _new(folder / path.name))
        return path.name
    contents = fetch([str(path.resolve()) if path.exists() else address])
    for name, content in contents.items():
        _new(folder / name).write_bytes(content)
    return next(iter(contents))


def _stage_folder(source: Path, folder: Path) -> None:
    """Lay what `source` holds into `folder`: pictures and texts packed, tables and arrays as they are."""
    names = files_in(source)
    top = [name for name in names if "/" not in name]
    tables = [name for name in top if suffix(name) in TABLES]
    pictures = [name for name in names if name.lower().endswith(PICTURES)]
    arrays = [name for name in top if name.lower().endswith(".npz") or is_idx_name(name) or is_archive(name)]
    if _has_classes(names, alone=not tables):
        packed, beside = names, []
    elif tables and pictures:
        packed, beside = pictures, tables
    elif arrays:
        packed, beside = [], arrays
    else:
        raise ValueError(_nothing_there(source, names))
    for name in beside:
        shutil.copyfile(source / name, _new(folder / name))
    if packed:
        pack(source, packed, _new(folder / f"{source.name}.zip"))


def _has_classes(names: Sequence[str], *, alone: bool) -> bool:
    """Return whether files lie in class folders; beside a table one alone is none, nor are train and test.

    Raises ValueError where there are only files without class folders.
    """
    kind = kind_of_files(names)
    if kind is None:
        return False
    media = [name for name in names if is_media(name, kind)]
    if alone:
        return bool(placed(media))
    try:
        return tell_apart(placed(media))
    except ValueError:
        return False


def _nothing_there(source: Path, names: Sequence[str]) -> str:
    pictures = sum(name.lower().endswith(PICTURES) for name in names)
    if pictures:
        return (
            f"{source} is a folder of {pictures:,} pictures that lie in no class folders, and there is no "
            "table that tells what each shows. Put those of each class into a folder of that name, or a CSV "
            "with the columns path and label beside them."
        )
    said = f"its {len(names):,} files end in {endings(names)}" if names else "it is empty"
    return (
        f"{source} is a folder: name its files, e.g. FOLDER/*.csv. (A folder as a whole is brought where it "
        f"holds pictures or texts in one folder a class, or arrays; {said}.)"
    )


def _new(path: Path) -> Path:
    if path.exists():
        raise ValueError(
            f"Two of the files are called {path.name}; rename one, since both go into one folder."
        )
    return path


def propose_staged(name: str, folder: Path, *, target: str | None) -> Proposal:
    """Return the YAML for the files in `folder`.

    Raises
    ------
    ValueError
        Where they cannot be read, or hold no column `target`.
    """
    names = sorted(path.name for path in folder.iterdir())
    kind = kind_of_names(folder, ())
    if kind in ("image_folder", "text_folder"):
        _refuse_target(target, kind)
        members = find_members(folder, ())
        return propose_folder(name, members, sha256=digests(folder, members, {}))
    if kind in ("npz", "idx"):
        _refuse_target(target, kind)
        return propose_arrays(name, _contents(folder, names), kind)
    tables = [each for each in names if not (is_archive(each) and len(names) > 1)] or names
    pictures = [each for each in find_members(folder, ()) if each.inner] if len(tables) < len(names) else []
    return propose(name, _contents(folder, tables), target=target, pictures=pictures)


def _contents(folder: Path, names: Sequence[str]) -> Mapping[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names}


def _refuse_target(target: str | None, kind: str) -> None:
    if target not in (None, "label"):
        raise ValueError(
            f"--target {target} names a column of a table, but this is a data set of kind {kind}: its target "
            f"is {listed(['label'])}, the folder's or the array's. Leave --target out."
        )
