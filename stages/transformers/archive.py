"""Write and read a fitted estimator with skops, byte for byte the same for equal state.

skops names the arrays in its zip archive by their memory addresses, keeps those addresses in
``schema.json`` and stamps the time of writing. None of it is state: it is left out here, so that an
unchanged result stops the rerun of the stages after it.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

SCHEMA = "schema.json"
EARLIEST_DATE = (1980, 1, 1, 0, 0, 0)
"""What a zip archive can hold at the earliest; the same for every file written."""
VOLATILE = frozenset({"_stop_words_id"})
"""Attributes that hold a memory address (scikit-learn's ``TfidfVectorizer`` keeps one)."""


def dump(estimator: Any, path: Path) -> None:
    """Write `estimator` to `path`.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.preprocessing import StandardScaler
    >>> path = Path(tempfile.mkdtemp()) / "scaler.skops"
    >>> dump(StandardScaler().fit([[0.0], [2.0]]), path)
    >>> load(path).mean_
    array([1.])
    """
    import skops.io

    with zipfile.ZipFile(BytesIO(skops.io.dumps(estimator))) as written:
        members = {name: written.read(name) for name in written.namelist()}
    document = _without_addresses(json.loads(members.pop(SCHEMA)))
    names = _stable_names(document, members)
    files = {names[name]: content for name, content in members.items() if name in names}
    files[SCHEMA] = json.dumps(_renamed(document, names), separators=(",", ":")).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(files):
            _write_member(archive, name, files[name])


def load(path: Path, trusted: Sequence[str] = ()) -> Any:
    """Return the estimator at `path`; of types not trusted by skops itself, only those in `trusted`.

    Raises
    ------
    ValueError
        Where the archive holds any other type.
    """
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        return skops.io.load(path, trusted=list(trusted))
    except UntrustedTypesFoundException as error:
        unknown = sorted(set(skops.io.get_untrusted_types(file=path)) - set(trusted))
        raise ValueError(
            f"{path.name} holds types that are not on the list of those trusted: {', '.join(unknown)}. "
            "Loading would run their code. If you added them yourself (a transformer of your own, say), add "
            "their full names to TRUSTED in stages/transformers/trusted.py; otherwise do not use this file."
        ) from error


def _write_member(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name, date_time=EARLIEST_DATE)
    member.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(member, content)


def _without_addresses(node: Any) -> Any:
    """Return a schema node without memory addresses, and with the members of sets in a fixed order."""
    if isinstance(node, list):
        return [_without_addresses(each) for each in node]
    if not isinstance(node, dict):
        return node
    cleaned = {
        key: _without_addresses(value) for key, value in _without_volatile(node).items() if key != "__id__"
    }
    if cleaned.get("__loader__") == "SetNode":
        cleaned["content"] = sorted(cleaned["content"], key=lambda member: json.dumps(member, sort_keys=True))
    return cleaned


def _without_volatile(node: dict[str, Any]) -> dict[str, Any]:
    """Return a node that describes a dict without its volatile keys and their entries in ``key_types``."""
    content = node.get("content")
    if node.get("__loader__") != "DictNode" or not isinstance(content, dict) or VOLATILE.isdisjoint(content):
        return node
    stays = [key not in VOLATILE for key in content]
    types = node["key_types"]["content"]
    return node | {
        "content": {key: value for key, value in content.items() if key not in VOLATILE},
        "key_types": node["key_types"]
        | {"content": [kind for kind, keep in zip(types, stays, strict=True) if keep]},
    }


def _stable_names(document: Any, members: Mapping[str, bytes]) -> dict[str, str]:
    """Return a name for each file in use, numbered as the schema mentions them; equal files share one."""
    numbers: dict[bytes, int] = {}
    names: dict[str, str] = {}
    for old in _files(document):
        digest = hashlib.sha256(members[old]).digest()
        names[old] = f"{numbers.setdefault(digest, len(numbers)):04d}{Path(old).suffix}"
    return names


def _files(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("file"), str) and "__loader__" in node:
            yield node["file"]
        for value in node.values():
            yield from _files(value)
    elif isinstance(node, list):
        for each in node:
            yield from _files(each)


def _renamed(node: Any, names: Mapping[str, str]) -> Any:
    if isinstance(node, list):
        return [_renamed(each, names) for each in node]
    if not isinstance(node, dict):
        return node
    renamed = {key: _renamed(value, names) for key, value in node.items()}
    if isinstance(node.get("file"), str) and "__loader__" in node:
        renamed["file"] = names[node["file"]]
    return renamed
