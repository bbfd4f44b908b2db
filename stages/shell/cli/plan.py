"""``upcurve plan``: what would rerun, why, and how long it took last time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stages.shell.cli.overrides import overrides_argument

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stages.shell.cli.staleness import Plan

EPILOG = """\b
Examples:
  upcurve plan                          what is stale now
  upcurve plan resample=smote           what this change would rerun
  upcurve plan train.epochs=5 --json
"""
SHOWN = 4
"""Parameters, and files, shown for one stage; the rest is counted (all of them with --json)."""


@click.command(epilog=EPILOG, short_help="Tell which stages would rerun, and why; run nothing.")
@overrides_argument
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def plan(overrides: tuple[str, ...], as_json: bool) -> None:
    """Tell which stages would rerun, and why; run nothing, change nothing.

    A stage `runs` where a parameter or file it reads has changed; it `may run` where it reads the output of
    one that runs, and does so only if that output comes out changed; what DVC's run cache holds is restored.
    """
    from stages.shell.cli.edit import page_with
    from stages.shell.cli.project import find_root
    from stages.shell.cli.staleness import UP_TO_DATE
    from stages.shell.cli.staleness import plan as plan_stages
    from stages.shell.cli.text import show_json, show_table, shown_seconds
    from stages.shell.compose import compose
    from stages.shell.page import parse_page

    root = find_root()
    page = page_with(root, overrides)
    composition = compose(root, page=parse_page(page))
    plans = plan_stages(root, page, composition)
    if as_json:
        show_json([each._asdict() for each in plans])
        return
    before = _choices_before(root)
    rows = [[each.stage, each.verdict, shown_seconds(each.seconds), ""] for each in plans]
    for row, each in zip(rows, plans, strict=True):
        row[-1] = "; ".join(_reasons(each, before, composition.choices))
    show_table(
        rows,
        ["stage", "", "last time", "why"],
        bold=[n for n, p in enumerate(plans) if p.verdict != UP_TO_DATE],
    )
    click.echo(_summary(plans))


def _choices_before(root: Any) -> dict[str, str]:
    """Return the choices of the configuration that ran last."""
    import yaml

    try:
        document = yaml.load((root / "data/config.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        return dict(document["choices"])
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError):
        return {}


def _reasons(each: Plan, before: Mapping[str, str], choices: Mapping[str, str]) -> Iterator[str]:
    """Yield why a stage is stale, a switched choice in one line instead of all its keywords."""
    from stages.shell.groups import group_above

    if each.reason:
        yield each.reason
    switched = {group for group, name in choices.items() if group in before and before[group] != name}
    groups = dict.fromkeys(group_above(key, dict.fromkeys(switched)) for key in each.parameters)
    yield from (f"{group}: {before[group]} -> {choices[group]}" for group in groups if group)
    single = {
        key: pair
        for key, pair in each.parameters.items()
        if group_above(key, dict.fromkeys(switched)) is None
    }
    yield from (f"{key}: {_change(pair)}" for key, pair in list(single.items())[:SHOWN])
    if len(single) > SHOWN:
        yield f"{len(single) - SHOWN} more parameters"
    yield from (f"{path} ({status})" for path, status in list(each.files.items())[:SHOWN])
    if len(each.files) > SHOWN:
        yield f"{len(each.files) - SHOWN} more files"
    if each.reads and not (each.parameters or each.files or each.reason):
        yield f"only if {' or '.join(each.reads)} comes out changed"


def _change(pair: Mapping[str, Any]) -> str:
    from stages.shell.cli.text import shown

    old, new = (shown(pair[when]) if when in pair else "not set" for when in ("old", "new"))
    return f"{old} -> {new}"


def _summary(plans: list[Plan]) -> str:
    from stages.shell.cli.staleness import MAY_RUN, RUNS, total
    from stages.shell.cli.text import shown_seconds

    surely, perhaps = total(plans, [RUNS]), total(plans, [MAY_RUN])
    if not any(each.verdict in (RUNS, MAY_RUN) for each in plans):
        return "\nNothing would run."
    more = f", and up to {shown_seconds(perhaps)} more" if perhaps else ""
    return f"\nLast time these took {shown_seconds(surely)}{more}." if surely or perhaps else ""
