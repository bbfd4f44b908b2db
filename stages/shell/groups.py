"""The groups of ``conf/`` and their choices, read from the folder itself.

A group is a folder of YAML files, named by its path: ``model``, ``train/optimizer``. In the composed
configuration its choice stands at the same place with dots: ``train.optimizer``.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

import yaml

DEFAULTS = "conf/config.yaml"
"""Every parameter with its default; its defaults list names the choice of each group."""

NOT_GROUPS = ("experiment", "search")
"""Folders of conf/ that hold whole experiments, not choices of one place."""


class Problem(NamedTuple):
    """One thing wrong with the configuration."""

    key: str
    message: str
    file: str

    def __str__(self) -> str:
        """Return the line shown to the user."""
        return f"{self.key} ({self.file}): {self.message}"


def find_groups(conf: Path) -> dict[str, tuple[str, ...]]:
    """Return the names of the choices of every group, by the group's dotted path."""
    groups: dict[str, list[str]] = {}
    for file in sorted(conf.glob("*/**/*.yaml")):
        folder = file.parent.relative_to(conf)
        if folder.parts[0] not in NOT_GROUPS and not file.name.startswith("."):
            groups.setdefault(".".join(folder.parts), []).append(file.stem)
    return {group: tuple(names) for group, names in groups.items()}


def choice_file(group: str, name: str) -> str:
    """Return the path of a choice below the root of the project."""
    return f"conf/{group.replace('.', '/')}/{name}.yaml"


def describe(conf: Path, group: str, name: str) -> str:
    """Return the one line that a choice's file opens with."""
    path = conf.parent / choice_file(group, name)
    with path.open(encoding="utf-8", errors="replace") as lines:
        first = lines.readline().strip()
    return first.removeprefix("#").strip() if first.startswith("#") else ""


def read_choice(conf: Path, group: str, name: str) -> dict[str, Any]:
    """Return what a choice's file holds; nothing where it cannot be read."""
    try:
        text = (conf.parent / choice_file(group, name)).read_text(encoding="utf-8")
        held = yaml.load(text, Loader=yaml.CSafeLoader)
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return dict(held) if isinstance(held, Mapping) else {}


def group_above(key: str, groups: Mapping[str, object]) -> str | None:
    """Return the group in whose choice the dotted `key` lies, or None."""
    parts = key.split(".")
    return next((g for n in range(len(parts), 0, -1) if (g := ".".join(parts[:n])) in groups), None)


def nearest(word: str, known: object) -> str:
    """Return ``; did you mean `x`?`` for the nearest of the `known` words, or nothing."""
    candidates = [str(each) for each in known] if hasattr(known, "__iter__") else []
    close = get_close_matches(word, candidates, n=1, cutoff=0.5)
    return f"; did you mean `{close[0]}`?" if close else ""


def check_choice(
    group: str, name: object, groups: Mapping[str, tuple[str, ...]], file: str
) -> Problem | None:
    """Return what is wrong with choosing `name` for `group`, or None."""
    known = groups[group]
    if isinstance(name, str) and name in known:
        return None
    if isinstance(name, str):
        hint = nearest(name, known) or f"; there are: {', '.join(known)}"
        return Problem(group, f"no choice `{name}` in conf/{group.replace('.', '/')}/{hint}", file)
    if str(name) in known:
        return Problem(group, f"the name of a choice is a string: write it in quotes, '{name}'", file)
    inner = "".join(f"{part}: {{" for part in group.split("."))
    return Problem(
        group,
        f"expected the name of a choice (one of: {', '.join(known)}), received {name!r}. A value inside the "
        f"choice is upcurve run {group}.KEYWORD=...; in params.yaml it stands under options: "
        f"{{{inner}<choice>: {{...}}{'}' * inner.count('{')}}}",
        file,
    )
