"""The OVERRIDES argument, with its completion in the shell."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from stages.shell.cli.project import find_root


class Override(click.ParamType):  # type: ignore[type-arg]
    """One ``key=value`` in Hydra's grammar."""

    name = "KEY=VALUE"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the keys, or after ``=`` the choices, that begin like `incomplete`."""
        words = ctx.params.get(param.name or "") or ()
        try:
            return complete(find_root(), incomplete, [str(word) for word in words])
        except (ValueError, OSError):
            return []


def overrides_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the argument ``OVERRIDES``."""
    return click.argument("overrides", nargs=-1, type=Override(), metavar="[KEY=VALUE]...")(function)


def complete(root: Path, incomplete: str, before: list[str]) -> list[CompletionItem]:
    """Return what can stand in the place of `incomplete`.

    Parameters
    ----------
    root
        The project.
    incomplete
        The word under the cursor.
    before
        The words before it. Bash makes words of their own of what stands around ``=``.
    """
    split_by_bash = os.environ.get("_UPCURVE_COMPLETE", "").startswith("bash")
    if split_by_bash and incomplete == "=" and before:
        return _values(root, before[-1], "", "")
    if split_by_bash and before and before[-1] == "=":
        return _values(root, before[-2] if len(before) > 1 else "", "", incomplete)
    key, equals, value = incomplete.partition("=")
    if equals:
        return _values(root, key, f"{key}=", value)
    return _keys(root, incomplete)


def _values(root: Path, key: str, prefix: str, value: str) -> list[CompletionItem]:
    from stages.shell.groups import describe, find_groups

    group = key.lstrip("+~").replace("/", ".")
    names = find_groups(root / "conf").get(group, ())
    begun = [name for name in names if name.startswith(value)]
    return [CompletionItem(f"{prefix}{name}", help=describe(root / "conf", group, name)) for name in begun]


def _keys(root: Path, incomplete: str) -> list[CompletionItem]:
    mark = incomplete[: len(incomplete) - len(incomplete.lstrip("+~"))]
    begun = incomplete[len(mark) :].replace("/", ".")
    ending = "" if mark == "~" else "="
    matching = [key for key in known_keys(root) if key.startswith(begun)]
    if begun.count(".") == 0:
        # One level at a time: two hundred keys at once are no help.
        sections = dict.fromkeys(key.split(".")[0] + ("." if "." in key else "") for key in matching)
        matching = matching if len(sections) == 1 else list(sections)
    return [
        CompletionItem(f"{mark}{key}" if key.endswith(".") else f"{mark}{key}{ending}") for key in matching
    ]


def known_keys(root: Path) -> list[str]:
    """Return every key that an override may name, read from the files alone."""
    import yaml

    from stages.shell.groups import find_groups, read_choice
    from stages.shell.page import leaves

    conf = root / "conf"
    sections = yaml.safe_load((conf / "config.yaml").read_text(encoding="utf-8"))
    active = active_choices(root)
    keys = {
        ".".join(key)
        for key, _ in leaves({k: v for k, v in sections.items() if k != "defaults" and v is not None})
    }
    keys |= set(find_groups(conf))
    for group, name in active.items():
        keywords = leaves(read_choice(conf, group, name), above=tuple(group.split(".")))
        keys |= {".".join(key) for key, _ in keywords if not key[-1].startswith("_")}
    return sorted(keys)


def active_choices(root: Path) -> dict[str, str]:
    """Return the choice of each group, passing over whatever is wrong with the page."""
    from stages.shell.compose import default_choices
    from stages.shell.groups import find_groups
    from stages.shell.page import PAGE, read_page, split_page

    chosen = default_choices(root / "conf")
    try:
        layer, _ = split_page(read_page(root / PAGE), find_groups(root / "conf"))
    except ValueError:
        return chosen
    return chosen | layer.choices
