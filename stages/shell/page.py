"""``params.yaml``: the experiment on one page, written by people.

A name at a group's place chooses (``model: mlp``, ``encode: {imputer: knn}``); any mapping lays values over
a section (``train: {epochs: 50}``); values inside a choice stand under
``options: {model: {mlp: {units: [64]}}}`` and count only while that choice is active.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from stages.shell.groups import Problem, check_choice, group_above, nearest

PAGE = "params.yaml"
OPTIONS = "options"

Key = tuple[str, ...]
"""Place of a value: one part a level, since the name of a class or file may hold a dot itself."""

PLAIN = (str, bool, int, float, type(None))


class Layer(NamedTuple):
    """What one page (or command line) lays over the defaults."""

    choices: dict[str, str]
    """Choice by group, dotted."""
    values: dict[Key, Any]
    """Value by key, outside of every group."""
    options: dict[tuple[str, str], dict[Key, Any]]
    """Value by key within the choice, by (group, choice)."""


def read_page(path: Path) -> Any:
    """Return the document in `path`, as DVC reads it (YAML 1.2).

    Raises
    ------
    ValueError
        Where it is not YAML, or no mapping.
    """
    try:
        return parse_page(read_text(path), path.name)
    except FileNotFoundError as error:
        raise ValueError(
            f"{path.name} is not there. It holds the experiment and may be as short as `dataset: credit`; "
            "`upcurve use credit` writes one."
        ) from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name} is not UTF-8 text ({error}): save it as UTF-8.") from error


def parse_page(text: str, name: str = PAGE) -> Any:
    """Return the document that `text` holds; an empty one is an empty mapping."""
    try:
        page = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError) as error:
        said = " ".join(str(error).split()).partition(" To suppress this check")[0]
        raise ValueError(f"{name} is not valid YAML: {said}") from error
    if page is not None and not isinstance(page, Mapping):
        raise ValueError(f"{name} must be a mapping (`key: value` lines), but is a {type(page).__name__}.")
    return page or {}


def split_page(
    page: Mapping[str, Any], groups: Mapping[str, tuple[str, ...]], file: str = PAGE
) -> tuple[Layer, list[Problem]]:
    """Sort what `page` says into choices, values and options; list what is wrong with it."""
    layer = Layer({}, {}, {})
    problems: list[Problem] = []
    for key, value in leaves({k: v for k, v in page.items() if k != OPTIONS}, stop=groups):
        name = ".".join(key)
        if name in groups:
            problem = check_choice(name, value, groups, file)
            layer.choices.update({} if problem else {name: value})
        elif problem := check_leaf(name, value, groups, file):
            pass
        else:
            layer.values[key] = value
        problems.extend([problem] if problem else [])
    options, found = split_options(page.get(OPTIONS) or {}, groups, file)
    return layer._replace(options=options), problems + found


def split_options(
    tree: Any, groups: Mapping[str, tuple[str, ...]], file: str = PAGE
) -> tuple[dict[tuple[str, str], dict[Key, Any]], list[Problem]]:
    """Sort what stands under ``options`` by (group, choice); list what is wrong with it."""
    options: dict[tuple[str, str], dict[Key, Any]] = {}
    problems: list[Problem] = []
    for group, name, keywords, problem in _options(tree, groups, file):
        found = [problem] if problem else []
        for key, value in leaves(keywords) if not problem else ():
            bad = check_leaf(".".join([OPTIONS, group, name, *key]), value, groups, file)
            found += [bad] if bad else []
        problems += found
        if not found:
            options.setdefault((group, name), {}).update(leaves(keywords))
    return options, problems


def leaves(
    tree: Mapping[Any, Any], *, stop: Mapping[str, Any] | None = None, above: Key = ()
) -> Iterator[tuple[Key, Any]]:
    """Yield the key and the value of every leaf; lists and empty mappings are leaves.

    Parameters
    ----------
    tree
        Nested mappings.
    stop
        Dotted keys (the groups) that are leaves whatever stands there.
    above
        The key of `tree` itself.
    """
    for name, value in tree.items():
        key = (*above, _spelled(name))
        if isinstance(value, Mapping) and value and ".".join(key) not in (stop or {}):
            yield from leaves(value, stop=stop, above=key)
        else:
            yield key, value


def nested(key: Key, value: Any) -> Any:
    """Return `value` within one mapping for each part of `key`.

    Examples
    --------
    >>> nested(("train", "epochs"), 5)
    {'train': {'epochs': 5}}
    """
    for part in reversed(key):
        value = {part: value}
    return value


def _spelled(name: object) -> str:
    """Return a key as YAML spells it: a class may be called true, null or 1."""
    return (
        {True: "true", False: "false", None: "null"}.get(name, str(name))
        if isinstance(name, bool | None)
        else str(name)
    )


def check_leaf(key: str, value: Any, groups: Mapping[str, Any], file: str) -> Problem | None:
    """Return what is wrong with a value wherever it stands, or None."""
    if key.replace("/", ".") in groups and "/" in key:
        inner = "{".join(f"{part}: " for part in key.split("/"))
        return Problem(key, f"write it nested: {inner}{value}{'}' * key.count('/')}", file)
    for item in _items(value):
        if isinstance(item, datetime.date):
            return Problem(key, f"a bare date breaks every DVC command; write it in quotes: '{item}'", file)
        if not isinstance(item, PLAIN):
            kind = type(item).__name__
            return Problem(
                key, f"expected a string, number, list or mapping, received a {kind}: {item!r}", file
            )
    return None


def _items(value: Any) -> Iterator[Any]:
    """Yield every scalar in `value`."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _items(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _items(item)
    else:
        yield value


def _options(
    tree: Any, groups: Mapping[str, tuple[str, ...]], file: str, prefix: str = ""
) -> Iterator[tuple[str, str, dict[str, Any], Problem | None]]:
    """Yield (group, choice, keywords, problem) for all that stands under ``options``."""
    if not isinstance(tree, Mapping):
        place = f"{OPTIONS}.{prefix}".rstrip(".")
        message = f"expected a mapping of choices to their keywords, received {tree!r}"
        yield "", "", {}, Problem(place, message, file)
        return
    for name, value in tree.items():
        path = f"{prefix}{name}"
        above = group_above(path, groups)
        if above == path or (above is None and any(group.startswith(path + ".") for group in groups)):
            yield from _options({} if value is None else value, groups, file, path + ".")
        elif above is None:
            hint = nearest(path, groups) or f"; groups are: {', '.join(groups)}"
            yield "", "", {}, Problem(f"{OPTIONS}.{path}", f"no such group{hint}", file)
        else:
            yield _choice_options(above, path.removeprefix(above + "."), value, groups, file)


def _choice_options(
    group: str, name: str, keywords: Any, groups: Mapping[str, tuple[str, ...]], file: str
) -> tuple[str, str, dict[str, Any], Problem | None]:
    place = f"{OPTIONS}.{group}.{name}"
    if problem := check_choice(group, name, groups, file):
        return group, name, {}, problem._replace(key=place)
    if keywords is not None and not isinstance(keywords, Mapping):
        message = f"expected a mapping of the choice's keywords, received {keywords!r}"
        return group, name, {}, Problem(place, message, file)
    return group, name, dict(keywords or {}), None


def read_text(path: Path) -> str:
    """Return the text of `path` with its own line ends."""
    return path.read_bytes().decode("utf-8")


def replace_file(path: Path, text: str) -> None:
    """Write `text` to `path` in one step: readers see the old file or the new one, never half of it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(text.encode())
    temporary.replace(path)
