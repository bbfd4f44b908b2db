"""A model's four files and the code that reads them, packed so that nothing else of the project is needed."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from stages.bundle.closure import PACKAGE, closure, imported_libraries
from stages.bundle.parts import NETWORK, PARTS, PREPROCESSING, SCHEMA
from stages.bundle.renaming import own_modules, renamed_network, renamed_skops, renamed_source
from stages.bundle.requirements import needed_libraries, requirements
from stages.examples.schema import Schema

ROOTS: Final = ("stages.bundle.predictor",)
DIGITS: Final = 16
EARLIEST_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""What a zip archive can hold at the earliest; the same for every file written."""


class Packed(NamedTuple):
    """What `pack` wrote.

    Attributes
    ----------
    package
        Name of the package that holds the code, ``upcurve_<digest of the code>``.
    code, parts
        The zip archive that the package is imported from, and the folder of the model's files. One file:
        a model is sent file by file, and 50 modules took a tracking server several seconds.
    requirements
        Distributions the code needs, each with the version installed here.
    """

    package: str
    code: Path
    parts: Path
    requirements: list[str]


def pack(parts: Mapping[str, bytes], folder: Path, *, code: Path) -> Packed:
    """Write the files `parts` (by name, see `stages.bundle.parts`) and their code into `folder`.

    Parameters
    ----------
    code
        Where the package ``stages`` lies: the folder above it.
    """
    schema = Schema.model_validate_json(parts[SCHEMA])
    modules = closure([*ROOTS, *own_modules(parts[NETWORK])], code)
    sources = {path.relative_to(code).as_posix(): path.read_bytes() for path in modules.values()}
    package = f"upcurve_{_digest(sources)}"
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / f"{package}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, source in sources.items():
            member = zipfile.ZipInfo(name.replace(PACKAGE, package, 1), date_time=EARLIEST_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(member, renamed_source(source, package))
    renamed = {
        PREPROCESSING: renamed_skops(parts[PREPROCESSING], package),
        NETWORK: renamed_network(parts[NETWORK], package),
    }
    (folder / "parts").mkdir()
    for name in PARTS:
        (folder / "parts" / name).write_bytes(renamed.get(name, parts[name]))
    return Packed(
        package,
        archive,
        folder / "parts",
        requirements(needed_libraries(imported_libraries(modules), schema)),
    )


def _digest(sources: Mapping[str, bytes]) -> str:
    """Return a digest of the code; files are told apart by name and length."""
    digest = hashlib.sha256()
    for name in sorted(sources):
        digest.update(f"{name}\n{len(sources[name])}\n".encode() + sources[name])
    return digest.hexdigest()[:DIGITS]
