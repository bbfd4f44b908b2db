"""``upcurve choices``: what can be chosen, and what each choice's keywords mean."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

EPILOG = """\b
Examples:
  upcurve choices                     every group and its choices; * marks the active one
  upcurve choices train/optimizer     one group
  upcurve choices model mlp           the keywords of one choice: default, type, meaning
"""


LONGEST = 60
"""Characters of a type from which it stands below the table."""
MANY = "one of {}, see below"


class _Group(click.ParamType):  # type: ignore[type-arg]
    name = "GROUP"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from stages.shell.cli.project import find_root
        from stages.shell.groups import find_groups

        names = (group.replace(".", "/") for group in find_groups(find_root() / "conf"))
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


class _Choice(click.ParamType):  # type: ignore[type-arg]
    name = "CHOICE"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from stages.shell.cli.project import find_root
        from stages.shell.groups import find_groups

        group = str(ctx.params.get("group") or "").replace("/", ".")
        names = find_groups(find_root() / "conf").get(group, ())
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


@click.command(epilog=EPILOG, short_help="List what can be chosen, and what each keyword means.")
@click.argument("group", required=False, type=_Group())
@click.argument("choice", required=False, type=_Choice())
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def choices(group: str | None, choice: str | None, as_json: bool) -> None:
    """List what can be chosen, one line each; or the keywords of one CHOICE."""
    from stages.shell.cli.project import find_root
    from stages.shell.groups import check_choice, find_groups, nearest

    root = find_root()
    groups = find_groups(root / "conf")
    name = (group or "").strip("/").replace("/", ".")
    within = [each for each in groups if not name or each == name or each.startswith(name + ".")]
    if not within:
        raise ValueError(
            f"There is no group `{name}`{nearest(name, groups) or '.'} Groups: {', '.join(groups)}."
        )
    if choice is None:
        _list(root, {each: groups[each] for each in within}, as_json=as_json)
        return
    if problem := check_choice(name, choice, groups, "command line") if name in groups else None:
        raise ValueError(str(problem))
    if name not in groups:
        raise ValueError(f"`{name}` holds several groups: name one of {', '.join(within)}.")
    _describe(root, name, choice, as_json=as_json)


def _list(root: Path, groups: dict[str, tuple[str, ...]], *, as_json: bool) -> None:
    from stages.shell.cli.overrides import active_choices
    from stages.shell.cli.text import show_json, show_table
    from stages.shell.groups import describe

    active = active_choices(root)
    rows = [
        {
            "group": group,
            "choice": name,
            "active": active.get(group) == name,
            "description": describe(root / "conf", group, name),
        }
        for group, names in groups.items()
        for name in names
    ]
    if as_json:
        show_json(rows)
        return
    width = max(len(str(row["choice"])) for row in rows)
    for group in groups:
        click.secho(group.replace(".", "/"), bold=True)
        inside = [row for row in rows if row["group"] == group]
        lines = [
            ["*" if row["active"] else " ", str(row["choice"]).ljust(width), row["description"]]
            for row in inside
        ]
        show_table(lines, bold=[number for number, row in enumerate(inside) if row["active"]])


def _describe(root: Path, group: str, name: str, *, as_json: bool) -> None:
    from stages.shell.cli.text import show_json, show_table, shown
    from stages.shell.groups import choice_file, describe
    from stages.shell.meaning import keywords

    rows: list[dict[str, Any]] = [each._asdict() for each in keywords(root / "conf", group, name)]
    if as_json:
        show_json(rows)
        return
    click.secho(f"{group}={name}", bold=True, nl=False)
    click.echo(f"  {describe(root / 'conf', group, name)}\n({choice_file(group, name)})\n")
    if not rows:
        click.echo("It has no parameters.")
        return
    long = [row for row in rows if len(row["kind"]) > LONGEST]
    kinds = [MANY.format(row["kind"].count(",") + 2) if row in long else row["kind"] for row in rows]
    table = [
        [row["key"], shown(row["default"]), kind, row["meaning"]]
        for row, kind in zip(rows, kinds, strict=True)
    ]
    show_table(table, ["keyword", "default", "type", "meaning"])
    for row in long:
        click.echo(f"\n{row['key']}: {row['kind']}")
    example = shlex.quote(f"{group}.{rows[-1]['key']}={shown(rows[-1]['default'])}")
    click.echo(f"\nSet one: upcurve run {group}={name} {example}")
