"""The project's code, and the files that name it, under another package name.

A model that is loaded where another version of the project can be imported must use its own code: under
the common name ``stages`` Python would silently take whichever comes first.
"""

from __future__ import annotations

import io
import json
import re
import tokenize
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from stages.bundle.closure import PACKAGE

LITERAL: Final = re.compile(rf"""\w*(?:'''|\"\"\"|'|"){PACKAGE}\.(?!\s)""")
"""The beginning of a string literal that is a dotted name in the package, or the beginning of one."""
FORMATTED: Final = getattr(tokenize, "FSTRING_START", None)
"""What begins a formatted literal; before Python 3.12 it is a string like others."""
NAMED_BY_SKOPS: Final = ("__module__", "module_path")
"""Keys of a skops schema that hold the name of a module."""
OWN_MODELS: Final = re.compile(rf"(?<![\w.]){PACKAGE}\.models\.(?=\w)")
"""What a saved network can name: its function, its own layers, the class `Rebuilt`."""
STARTS: Final = (tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)


class Place(NamedTuple):
    """Where the package's name stands in a source: line from 0, column."""

    line: int
    column: int


def renamed_source(source: bytes, package: str) -> bytes:
    """Return Python source with every import of the package ``stages`` as one of `package`.

    String literals that begin with a dotted name in it are renamed too; other words ``stages`` stay.

    Examples
    --------
    >>> renamed_source(b"from stages.models import mlp", "other").decode()
    'from other.models import mlp'
    """
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    lines = io.StringIO(source.decode(encoding), newline="\n").readlines()  # lines as tokenize counts them
    for place in sorted(_places(source), reverse=True):
        line = lines[place.line]
        lines[place.line] = line[: place.column] + package + line[place.column + len(PACKAGE) :]
    return "".join(lines).encode(encoding)


def renamed_skops(archive: bytes, package: str) -> bytes:
    """Return a skops archive whose types come from `package` in place of ``stages``."""
    return _rewritten(archive, "schema.json", lambda document: _renamed_modules(document, package))


def renamed_network(archive: bytes, package: str) -> bytes:
    """Return a ``.keras`` archive that names functions and layers of `package` in place of ``stages``."""

    def rename(document: Any) -> Any:
        return json.loads(OWN_MODELS.sub(f"{package}.models.", json.dumps(document)))

    return _rewritten(archive, "config.json", rename)


def own_modules(archive: bytes) -> list[str]:
    """Return the modules of ``stages.models`` that a ``.keras`` archive names: your own model's, mostly."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        text = opened.read("config.json").decode()
    return sorted(set(re.findall(rf"(?<![\w.]){PACKAGE}\.models(?:\.\w+)+", text)))


def _places(source: bytes) -> Iterator[Place]:
    tokens = list(tokenize.tokenize(io.BytesIO(source).readline))
    imports = list(_imports(tokens))
    by_name = any(plain for _, plain in imports)  # `import stages.x` binds the name: all its uses move
    for index, _ in imports:
        yield Place(tokens[index].start[0] - 1, tokens[index].start[1])
    moved = {index for index, _ in imports}
    for index, token in enumerate(tokens):
        line, column = token.start[0] - 1, token.start[1]
        match = LITERAL.match(token.string) if token.type == tokenize.STRING else None
        if match:
            yield Place(line, column + match.end() - len(PACKAGE) - 1)
        elif tokens[index - 1].type == FORMATTED and token.string.startswith(f"{PACKAGE}."):
            yield Place(line, column)
        elif by_name and index not in moved and _is_package(tokens, index):
            yield Place(line, column)


def _imports(tokens: list[tokenize.TokenInfo]) -> Iterator[tuple[int, bool]]:
    """Yield where an import names the package, and whether it binds that very name."""
    word = ""
    for index, token in enumerate(tokens):
        if token.type in STARTS or token.string in (";", ":"):
            word = ""
        elif not word and token.type != tokenize.COMMENT:
            word = token.string
        elif token.string == PACKAGE and tokens[index - 1].string in {
            "from": ("from",),
            "import": ("import", ","),
        }.get(word, ()):
            yield index, word == "import" and not _has_alias(tokens[index:])


def _has_alias(tokens: list[tokenize.TokenInfo]) -> bool:
    ends = (token for token in tokens if token.string in (",", ";", "as") or token.type in STARTS)
    return next(ends).string == "as"


def _is_package(tokens: list[tokenize.TokenInfo], index: int) -> bool:
    """Return whether the name at `index` is the package: followed by a dot, an attribute of nothing."""
    is_name = tokens[index].type == tokenize.NAME and tokens[index].string == PACKAGE
    return is_name and tokens[index - 1].string != "." and tokens[index + 1].string == "."


def _renamed_modules(node: Any, package: str) -> Any:
    if isinstance(node, list):
        return [_renamed_modules(each, package) for each in node]
    if not isinstance(node, dict):
        return node
    renamed = {key: _renamed_modules(value, package) for key, value in node.items()}
    for key in NAMED_BY_SKOPS:
        if str(node.get(key)).startswith(f"{PACKAGE}."):
            renamed[key] = package + str(node[key]).removeprefix(PACKAGE)
    return renamed


def _rewritten(archive: bytes, member: str, change: Callable[[Any], Any]) -> bytes:
    """Return a zip archive with one JSON document changed, all else as it was."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(target, "w") as copy:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == member:
                content = json.dumps(change(json.loads(content)), separators=(",", ":")).encode()
            copy.writestr(entry, content)
    return target.getvalue()
