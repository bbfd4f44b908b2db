"""The files of a data set: which they are, whether they are the stated ones, and their bytes."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from stages.datasets.names import listed, nearest

_ENDINGS: Final = {
    "csv": (".csv", ".txt", ".data", ".dat"),
    "tsv": (".tsv", ".tab"),
    "parquet": (".parquet", ".pq"),
    "feather": (".feather", ".arrow"),
    "jsonl": (".jsonl", ".ndjson", ".json"),
    "excel": (".xlsx", ".xlsm"),
}
FORMATS: Final = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings}
PACKED: Final = (".gz", ".xz", ".bz2", ".zip")
MAGIC: Final = {b"PAR1": "parquet", b"ARROW1": "feather"}


def find_files(folder: Path, patterns: Sequence[str], *, setting: str = "dataset.files") -> list[Path]:
    """Return the files in `folder` that `patterns` name, in their order, globs sorted, each once.

    Without patterns: every table there. `setting` is what the user calls the patterns. Raises ValueError
    where a pattern matches nothing.
    """
    if not folder.is_dir():
        raise ValueError(
            f"The data set's folder data/raw/{folder.name}/ does not exist. Put its files there "
            "(upcurve new data FILE does it), or correct dataset.name."
        )
    there = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    names = [path.relative_to(folder).as_posix() for path in there]
    if not patterns:
        return _all_tables(folder, names)
    found: dict[str, Path] = {}
    for pattern in patterns:
        matching = [name for name in names if name == pattern or PurePosixPath(name).match(pattern)]
        if not matching:
            raise ValueError(
                f"{setting} names {pattern!r}, but data/raw/{folder.name}/ holds only "
                f"{listed(names) or 'nothing'}.{nearest(pattern, names)}"
            )
        found |= {name: folder / name for name in matching}
    return list(found.values())


def _all_tables(folder: Path, names: Sequence[str]) -> list[Path]:
    # A zip tells its content only when opened, and an old Excel file is refused by its own message.
    tables = [name for name in names if suffix(name) in FORMATS or name.lower().endswith((".zip", ".xls"))]
    if not tables:
        raise ValueError(
            f"data/raw/{folder.name}/ holds no table ({', '.join(FORMATS)}, also as .gz, .xz, .bz2 or "
            f".zip); it holds {listed(names) or 'nothing'}. Name the files in dataset.files."
        )
    return [folder / name for name in tables]


def suffix(name: str) -> str:
    """Return the ending that tells the format, a compression left out.

    Examples
    --------
    >>> suffix("credit_data.csv.gz"), suffix("A.TSV")
    ('.csv', '.tsv')
    """
    path = PurePosixPath(name.lower())
    return PurePosixPath(path.stem).suffix if path.suffix in PACKED else path.suffix


def verify(name: str, content: bytes, sha256: Mapping[str, str]) -> str:
    """Return the SHA-256 of `content`; raise ValueError where another one is stated for `name`."""
    digest = hashlib.sha256(content).hexdigest()
    check_digest(name, digest, sha256)
    return digest


def check_digest(name: str, digest: str, sha256: Mapping[str, str]) -> None:
    """Raise ValueError where another SHA-256 than `digest` is stated for `name`."""
    stated = sha256.get(name, digest)
    if stated != digest:
        raise ValueError(
            f"{name} is not the file this data set was described for: its SHA-256 is {digest}, while "
            f"dataset.sha256 says {stated}. Fetch the right file again, or, where the change is "
            "wanted, write the new digest into the data set's YAML."
        )


def unpack(name: str, content: bytes) -> tuple[str, bytes]:
    """Return the name and the bytes of the table within `content`, told by its bytes, not its name.

    Raises ValueError where a compressed file is damaged or a zip does not hold exactly one file.
    """
    try:
        if content[:2] == b"\x1f\x8b":
            return _stem(name, ".gz"), gzip.decompress(content)
        if content[:6] == b"\xfd7zXZ\x00":
            return _stem(name, ".xz"), lzma.decompress(content)
        if content[:3] == b"BZh" and content[4:10] == b"1AY&SY":
            return _stem(name, ".bz2"), bz2.decompress(content)
        if content[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
            return _unzip(name, content)
    except (EOFError, OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError) as error:
        raise ValueError(
            f"{name} is compressed, but damaged or cut off ({error}). Fetch or pack it again; nothing "
            "was read from it."
        ) from error
    if PurePosixPath(name.lower()).suffix in PACKED and content:
        raise ValueError(
            f"{name} ends like a compressed file, but its content is not compressed as gz, xz, bz2 or "
            "zip. Fetch it again, or correct its name."
        )
    return name, content


def _stem(name: str, ending: str) -> str:
    return name[: -len(ending)] if name.lower().endswith(ending) else name


def _unzip(name: str, content: bytes) -> tuple[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [each for each in archive.namelist() if not each.endswith("/")]
        if "xl/workbook.xml" in members:
            return name, content
        tables = [each for each in members if not each.startswith("__MACOSX/")]
        if len(tables) != 1:
            raise ValueError(
                f"{name} must hold exactly one file, but holds {len(tables)}: {listed(tables) or 'none'}. "
                "Unpack it into the data set's folder and name the tables in dataset.files."
            )
        return f"{name}/{tables[0]}", archive.read(tables[0])


def format_of(name: str, content: bytes, stated: str) -> str:
    """Return the format of an unpacked file: as stated, else by its first bytes, else by its name."""
    by_content = next((kind for magic, kind in MAGIC.items() if content.startswith(magic)), None)
    if content[:4] == b"PK\x03\x04":
        by_content = "excel"
    ending = suffix(name)
    told = by_content or FORMATS.get(ending)
    if ending == ".xls" or content.startswith(b"\xd0\xcf\x11\xe0"):
        raise ValueError(f"{name} is an Excel file of the old kind (.xls). Save it as .xlsx or CSV.")
    if stated != "auto":
        _check_stated(name, stated, by_content)
        return stated
    if told is None:
        raise ValueError(
            f"{name}: the ending {ending or '(none)'!r} tells no format. Known are {', '.join(FORMATS)}, "
            "also as .gz, .xz, .bz2 or .zip. Say which it is: dataset.format=csv."
        )
    return told


def _check_stated(name: str, stated: str, by_content: str | None) -> None:
    if by_content is not None and by_content != stated:
        raise ValueError(
            f"dataset.format says {stated}, but the content of {name} is {by_content}. "
            "Leave dataset.format=auto, or correct it."
        )
