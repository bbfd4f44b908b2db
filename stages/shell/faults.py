"""What pydantic says about a configuration, in the words of the person who wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from stages.shell.groups import DEFAULTS, Problem, choice_file, group_above, nearest, read_choice

UNKNOWN = "extra_forbidden"
TARGET = "_target_"


def explain(
    error: ValidationError,
    conf: Path,
    choices: Mapping[str, str],
    origins: Mapping[str, str],
    plain: Mapping[str, Any],
) -> list[Problem]:
    """Return one problem for each wrong key; what each member of a union says is put together.

    Parameters
    ----------
    error
        What the settings said.
    conf
        The folder of choices.
    choices
        The active choice of each group.
    origins
        The file that each leaf comes from.
    plain
        The document that was refused.
    """
    messages: dict[str, list[str]] = {}
    for each in error.errors():
        path = _path([str(part) for part in each["loc"]], choices, plain, missing=each["type"] == "missing")
        message = _message(dict(each), path, conf, choices, plain)
        said = messages.setdefault(".".join(path), [])
        said.extend([] if message in said else [message])
    return [Problem(key, _together(said), file_of(key, origins)) for key, said in messages.items()]


def file_of(key: str, origins: Mapping[str, str]) -> str:
    """Return the file that the value at `key`, or the nearest one around it, comes from."""
    below = (name for leaf, name in origins.items() if leaf == key or leaf.startswith(key + "."))
    above = (name for leaf, name in origins.items() if key.startswith(leaf + "."))
    return next(below, None) or next(above, DEFAULTS)


def _path(
    location: list[str], choices: Mapping[str, str], plain: Mapping[str, Any], *, missing: bool
) -> list[str]:
    """Return an error's path without the names pydantic adds for a choice's target and a union's members."""
    path: list[str] = []
    tree: Any = plain
    for part in location:
        below = _below(tree, part)
        if below is _NOTHING:
            # A required key is not there; any other part that is not there is a name of pydantic's own.
            if missing and part == location[-1]:
                path.append(part)
            continue
        tree = below
        path.append(part)
    return path


class _Nothing:
    """Stands for what is not there."""


_NOTHING = _Nothing()


def _below(tree: Any, part: str) -> Any:
    if isinstance(tree, Mapping):
        return tree.get(part, _NOTHING)
    if isinstance(tree, list) and part.isdigit() and int(part) < len(tree):
        return tree[int(part)]
    return _NOTHING


def _message(
    error: dict[str, Any], path: list[str], conf: Path, choices: Mapping[str, str], plain: Mapping[str, Any]
) -> str:
    if error["type"] == UNKNOWN:
        return unknown_parameter(path, conf, choices, plain)
    if error["type"] == "missing" or error["input"] == "???":
        return "this parameter is required, and has no value"
    message = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    if error["type"] == "value_error":
        return message
    return f"expected {message}\0received {_shown(error['input'])}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}... ({len(text)} characters)"


def _together(messages: Sequence[str]) -> str:
    """Return ``expected a, or b, received x`` where several members of a union each said their own."""
    pairs = [message.split("\0") for message in messages]
    if not all(len(pair) == 2 for pair in pairs):
        return "; ".join(message.replace("\0", ", ") for message in messages)
    expected = ", or ".join(dict.fromkeys(pair[0].removeprefix("expected ") for pair in pairs))
    return f"expected {expected}, {pairs[0][1]}"


def unknown_parameter(
    path: Sequence[str], conf: Path, choices: Mapping[str, str], plain: Mapping[str, Any]
) -> str:
    """Return that there is no such parameter, and where one of that name is."""
    group = group_above(".".join(path), choices)
    if group is not None and TARGET in read_choice(conf, group, choices[group]):
        return unknown_keyword(conf, group, choices[group], path[-1])
    siblings: Any = plain
    for part in path[:-1]:
        siblings = _below(siblings, part)
    names = set(siblings) - {path[-1]} if isinstance(siblings, Mapping) else set()
    return f"no such parameter{nearest(path[-1], names) or _elsewhere(path[-1], plain, path)}"


def unknown_keyword(conf: Path, group: str, name: str, keyword: str) -> str:
    """Return that the choice has no such keyword, the nearest it has, and the choices that have it."""
    known = [each for each in read_choice(conf, group, name) if not each.startswith("_")]
    files = sorted((conf / group.replace(".", "/")).glob("*.yaml"))
    owners = [f"{group}={file.stem}" for file in files if keyword in read_choice(conf, group, file.stem)]
    hint = f"; it is a parameter of {', '.join(owners)}" if owners else nearest(keyword, known)
    return f"no such parameter of {group}={name} ({choice_file(group, name)}){hint}"


def _elsewhere(name: str, plain: Mapping[str, Any], path: Sequence[str]) -> str:
    """Return where else a parameter of that name is."""
    found = [".".join(key) for key in _keys(plain) if key[-1] == name and list(key) != list(path)]
    return f"; did you mean `{'`, `'.join(found)}`?" if found else ""


def _keys(tree: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, value in tree.items():
        yield (*above, str(name))
        if isinstance(value, Mapping):
            yield from _keys(value, (*above, str(name)))
