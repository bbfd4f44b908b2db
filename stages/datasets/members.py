"""The files of a data set that holds many: loose in its folder, or packed in zip or tar archives."""

from __future__ import annotations

import hashlib
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from stages.datasets.files import check_digest, find_files
from stages.datasets.names import listed

ARCHIVES: Final = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2")
JUNK: Final = ("__macosx", "thumbs.db", "desktop.ini")
LARGEST: Final = 1 << 28
"""Bytes of one file in an archive; a larger one may be a decompression bomb."""


class Member(NamedTuple):
    """One small file.

    `name` is what people see: its path in the folder or in the archive. `source` is the file of the data
    set that holds it, `inner` its name there, empty where it is that file itself.
    """

    name: str
    source: str
    inner: str = ""


def find_members(folder: Path, patterns: Sequence[str]) -> list[Member]:
    """Return the files of the data set in `folder`, sorted by name; archives stand for their content.

    Without patterns: its archives, where it holds some, else every file there. Raises ValueError where a
    pattern matches nothing or an archive is damaged.
    """
    paths = find_files(folder, patterns or ("*",))
    labels = [path.relative_to(folder).as_posix() for path in paths]
    archives = [label for label in labels if is_archive(label)]
    chosen = labels if patterns else archives or labels
    members: list[Member] = []
    for label in chosen:
        if label in archives:
            prefix = _prefix(label) if len(archives) > 1 else ""
            members += _inside(folder / label, label, prefix)
        elif not is_junk(label):
            members.append(Member(label, label))
    return sorted(members)


def members_of(path: Path) -> list[Member]:
    """Return the files in a folder or an archive, or the single file at `path`, sorted by name.

    `read_members` takes them with the folder itself, else with the folder that `path` lies in.
    """
    if path.is_dir():
        return find_members(path, ())
    return sorted(_inside(path, path.name, "")) if is_archive(path.name) else [Member(path.name, path.name)]


def is_archive(name: str) -> bool:
    """Return whether a file is a zip or tar archive by its name.

    Examples
    --------
    >>> is_archive("photos.tar.gz"), is_archive("table.csv.gz")
    (True, False)
    """
    return name.lower().endswith(ARCHIVES)


def is_junk(name: str) -> bool:
    """Return whether a path is none of the user's files: hidden, or left by an operating system."""
    parts = PurePosixPath(name.lower()).parts
    return any(part.startswith(".") or part in JUNK for part in parts)


def _prefix(label: str) -> str:
    """Return what stands before the names of an archive that is one of several: ``train.zip`` is train/."""
    ending = next(each for each in sorted(ARCHIVES, key=len, reverse=True) if label.lower().endswith(each))
    return label[: -len(ending)] + "/"


def _inside(path: Path, label: str, prefix: str) -> list[Member]:
    names = {name: _usual(name) for name in _listing(path, label)}
    kept = {name: usual for name, usual in names.items() if not (is_junk(usual) or usual.endswith("/"))}
    last = PurePosixPath(prefix).name + "/"
    if all(usual.startswith(last) for usual in kept.values()):  # train.zip that holds train/ again
        prefix = prefix.removesuffix(last)
    return [Member(prefix + usual, label, name) for name, usual in kept.items()]


def _usual(name: str) -> str:
    r"""Return a name in an archive as a path in it: ``cat/1.png`` for ``cat\1.png`` and ``/cat/1.png``."""
    return name.replace("\\", "/").removeprefix("./").lstrip("/")


def _listing(path: Path, label: str) -> list[str]:
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return [each.filename for each in archive.infolist() if not each.is_dir()]
        with tarfile.open(path) as packed:
            return [each.name for each in packed if each.isfile()]
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, zlib.error, lzma.LZMAError) as error:
        raise ValueError(
            f"{label} is no zip or tar archive, or it is damaged or cut off ({error}). Fetch or pack it "
            "again; nothing was read from it."
        ) from error


class Content(NamedTuple):
    """The bytes of a member, empty where they cannot be read, and why not."""

    member: Member
    content: bytes
    fault: str = ""


def read_members(folder: Path, members: Iterable[Member]) -> Iterator[Content]:
    """Return the content of each of `members`, archive after archive, in the order of the archive."""
    by_source: dict[str, dict[str, Member]] = {}
    for member in members:
        by_source.setdefault(member.source, {})[member.inner] = member
    for source, wanted in by_source.items():
        path = folder / source
        if "" in wanted:
            yield Content(wanted[""], path.read_bytes())
        elif zipfile.is_zipfile(path):
            yield from _from_zip(path, wanted)
        else:
            yield from _from_tar(path, wanted)


def _from_zip(path: Path, wanted: Mapping[str, Member]) -> Iterator[Content]:
    with zipfile.ZipFile(path) as archive:
        for name, member in wanted.items():
            if archive.getinfo(name).file_size > LARGEST:
                yield Content(member, b"", f"larger than {LARGEST:,} bytes")
                continue
            try:
                yield Content(member, archive.read(name))
            except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
                yield Content(member, b"", f"damaged in the archive ({error})")


def _from_tar(path: Path, wanted: Mapping[str, Member]) -> Iterator[Content]:
    # One pass: to seek back in a compressed tar means to unpack it again from its beginning.
    with tarfile.open(path) as archive:
        for each in archive:
            if each.isfile() and each.name in wanted:
                file = archive.extractfile(each)
                small = file is not None and each.size <= LARGEST
                fault = "" if small else f"larger than {LARGEST:,} bytes"
                yield Content(wanted[each.name], file.read() if file and small else b"", fault)


def digests(folder: Path, members: Iterable[Member], stated: Mapping[str, str]) -> dict[str, str]:
    """Return the SHA-256 of each file of the data set that holds `members`.

    Raises ValueError where it is another than the stated one, or one is stated for a file that is not there.
    """
    found: dict[str, str] = {}
    for source in sorted({member.source for member in members}):
        with (folder / source).open("rb") as file:
            found[source] = hashlib.file_digest(file, "sha256").hexdigest()
        check_digest(source, found[source], stated)
    return found


def endings(names: Iterable[str]) -> str:
    """Return the endings of files as one phrase, the most frequent first."""
    counts: dict[str, int] = {}
    for name in names:
        ending = PurePosixPath(name.lower()).suffix or "(none)"
        counts[ending] = counts.get(ending, 0) + 1
    order = sorted(counts, key=lambda ending: (-counts[ending], ending))
    return listed([f"{ending} ({counts[ending]:,})" for ending in order], limit=6) or "nothing"
