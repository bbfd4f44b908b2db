"""Which of the project's modules a module needs, read from their source; nothing is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

PACKAGE: Final = "stages"
PROSE: Final = frozenset(" \n/")
"""Signs that no dotted name holds."""
EXCLUDED: Final = "stages.shell"
"""What never travels: the only code that knows Hydra, DVC and MLflow."""


class Named(NamedTuple):
    """What a source names: its imports, and its strings that are dotted names in the package."""

    imports: tuple[ast.Import | ast.ImportFrom, ...]
    strings: tuple[str, ...]


def closure(roots: Iterable[str], folder: Path) -> dict[str, Path]:
    """Return the modules that those named in `roots` need, their packages and themselves, by dotted name.

    A string that begins with ``stages.`` and names a module, or something in one, counts like an import:
    the list of trusted types and what `importlib` is asked for are such strings.

    Parameters
    ----------
    folder
        Where the package ``stages`` lies: the folder above it.

    Raises
    ------
    ValueError
        Where one of `roots` is no module.
    """
    found: dict[str, Path] = {}
    waiting = list(roots)
    for name in waiting:
        if _module(name, folder) is None:
            raise ValueError(
                f"the code of {name} is not there: it made this model, and a model travels with its code. "
                "Bring the file back (git checkout), or train again."
            )
    while waiting:
        module = _module(waiting.pop(), folder)
        if module is None or module in found or f"{module}.".startswith(f"{EXCLUDED}."):
            continue
        found[module] = _path(module, folder)
        parent = module.rpartition(".")[0]
        waiting += [*([parent] if parent else []), *_references(found[module], module)]
    return dict(sorted(found.items()))


def imported_libraries(modules: Mapping[str, Path]) -> list[str]:
    """Return the top-level modules that `modules` import, the project's own left out."""
    imports = (each for module, path in modules.items() for each in _imports(path, module=module))
    names = {name.partition(".")[0] for name, _ in imports}
    return sorted(names - {PACKAGE, "__future__"})


def _module(reference: str, folder: Path) -> str | None:
    """Return the module that `reference` names, or holds what it names; None where there is none."""
    name = reference.partition(":")[0]
    while name.partition(".")[0] == PACKAGE:
        if _path(name, folder).is_file():
            return name if name != PACKAGE or reference == PACKAGE else None
        name = name.rpartition(".")[0]
    return None


def _path(name: str, folder: Path) -> Path:
    path = folder.joinpath(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _references(path: Path, module: str) -> Iterator[str]:
    for name, members in _imports(path, module=module):
        yield name
        yield from (f"{name}.{member}" for member in members)
    yield from _read(path.read_bytes()).strings


def _imports(path: Path, *, module: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each imported module and the names taken from it; relative ones in full."""
    for node in _read(path.read_bytes()).imports:
        members = [alias.name for alias in node.names]
        if isinstance(node, ast.Import):
            yield from ((name, []) for name in members)
            continue
        parts = module.split(".")
        upwards = node.level - (path.name == "__init__.py")
        base = ".".join(parts[: len(parts) - upwards]) if node.level else ""
        name = ".".join(filter(None, (base, node.module)))
        if name:
            yield name, members


@cache
def _read(source: bytes) -> Named:
    nodes = list(ast.walk(ast.parse(source)))
    texts = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    dotted = (text.rstrip(".") for text in texts if text.startswith(f"{PACKAGE}.") and not set(text) & PROSE)
    return Named(
        tuple(node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)), tuple(dotted)
    )
