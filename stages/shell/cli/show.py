"""``upcurve show``: the composed configuration, and where each value came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stages.shell.cli.overrides import overrides_argument

if TYPE_CHECKING:
    from stages.shell.compose import Composition

HIDDEN = ("_target_", "_partial_")
MODEL_DEFAULT = "stages/settings (where nothing else says it)"

EPILOG = """\b
Examples:
  upcurve show                   every parameter
  upcurve show train             one section
  upcurve show --changed         what differs from the defaults
  upcurve show model model=linear
"""


@click.command(epilog=EPILOG, short_help="Show the configuration and where each value came from.")
@overrides_argument
@click.option("--changed", is_flag=True, help="Only what differs from the defaults.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show(overrides: tuple[str, ...], changed: bool, as_json: bool) -> None:
    """Show the composed configuration with where each value came from.

    KEY, a word without `=`, shows one section or parameter.
    """
    from stages.shell.cli.project import find_root
    from stages.shell.cli.text import show_json, show_table, shown
    from stages.shell.compose import compose

    keys = [word.replace("/", ".") for word in overrides if "=" not in word and not word.startswith("~")]
    composition = compose(find_root(), [word for word in overrides if word.replace("/", ".") not in keys])
    rows = _rows(composition)
    if changed:
        rows = [row for row in rows if row["key"] in composition.changed]
    wanted = [row for row in rows if _within(row["key"], keys)]
    if not wanted and keys:
        raise ValueError(_unknown(keys, [row["key"] for row in _rows(composition)], changed=changed))
    if as_json:
        show_json(wanted)
        return
    if not wanted:
        click.echo("Nothing differs from the defaults.")
        return
    show_table(
        [[row["key"], shown(row["value"]), row["from"]] for row in wanted], ["parameter", "value", "from"]
    )


def _rows(composition: Composition) -> list[dict[str, Any]]:
    """Return a row for each choice and each leaf; a choice comes before its keywords."""
    from stages.shell.groups import group_above

    rows: list[dict[str, Any]] = []
    told: set[str] = set()
    for key, value in composition.leaves().items():
        group = group_above(key, composition.choices)
        if group is not None and group not in told:
            told.add(group)
            rows.append(
                {"key": group, "value": composition.choices[group], "from": composition.choice_origins[group]}
            )
        if key.split(".")[-1] not in HIDDEN:
            origin = composition.origins.get(key, MODEL_DEFAULT)
            taken = composition.interpolations.get(key)
            rows.append({"key": key, "value": value, "from": f"{origin} ({taken})" if taken else origin})
    return rows


def _within(key: str, wanted: list[str]) -> bool:
    return not wanted or any(key == each or key.startswith(each + ".") for each in wanted)


def _unknown(keys: list[str], known: list[str], *, changed: bool) -> str:
    from stages.shell.groups import nearest

    every = {part for key in known for part in (key, key.split(".")[0])}
    unknown = [key for key in keys if not any(_within(each, [key]) for each in known)]
    if changed and not unknown:
        return "Nothing there differs from the defaults."
    return "; ".join(f"There is no parameter or section `{key}`{nearest(key, every)}" for key in unknown)
