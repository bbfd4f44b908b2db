"""Generate ``docs/parameters.md``: every section, group, choice and parameter, from the models and the YAML.

Run: python -m stages.shell.parameters
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from stages.models.introspection import TARGET as OWN_MODEL
from stages.settings.choice import Choice
from stages.settings.dataset import DatasetSettings
from stages.settings.experiment import Settings
from stages.shell.compose import default_choices
from stages.shell.groups import choice_file, describe, find_groups, read_choice
from stages.shell.meaning import Parameter, keywords, model_of, of_model, sections
from stages.shell.page import replace_file
from stages.shell.rewrite import inline
from stages.shell.store import ROOT

PAGE = Path("docs/parameters.md")
BROUGHT = "dataset"
"""The group whose choices are the user's; the page shows their keywords once."""

HEAD = """\
# Every parameter

Generated from the types in `stages/settings/` and the YAML in `conf/`.
Do not edit; run `python -m stages.shell.parameters`.

* Values of a section: `upcurve run train.epochs=50`, or `train: {epochs: 50}` in params.yaml.
* A choice: `upcurve run train/optimizer=sgd`, or `train: {optimizer: sgd}` in params.yaml.
* A keyword of the active choice: `upcurve run train.optimizer.momentum=0.9`, or
  `options: {train: {optimizer: {sgd: {momentum: 0.9}}}}` in params.yaml, which counts while `sgd` is chosen.
* Back to the default: `upcurve run ~train.epochs`.
"""


def page(root: Path) -> str:
    """Return the text of the page for the project at `root`."""
    conf = root / "conf"
    groups = {group: _shipped(conf, group, names) for group, names in find_groups(conf).items()}
    found = sections(conf)
    names = list(dict.fromkeys([*found, *(group.split(".")[0] for group in groups)]))
    parts = [HEAD, *_overview(conf, names, found, groups)]
    for name in _in_order(names):
        parts.append(f"\n## {name}\n")
        parts += filter(None, [_summary(name)])
        parts += _table(found.get(name, []), prefix="" if name == "seed" else f"{name}.")
        for group in (each for each in groups if each.split(".")[0] == name):
            parts += (
                _table(of_model(DatasetSettings), prefix="dataset.")
                if group == BROUGHT
                else _group(conf, group, groups[group])
            )
    return "\n".join(parts).rstrip() + "\n"


def _shipped(conf: Path, group: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the choices that come with the pipeline; the user's own are not on the page."""
    if group == BROUGHT:
        return ()
    return tuple(name for name in names if read_choice(conf, group, name).get("_target_") != OWN_MODEL)


def _in_order(names: Sequence[str]) -> list[str]:
    """Return the sections as the stages read them."""
    known = ["seed", *(name for stage in Settings.__bases__ for name in getattr(stage, "model_fields", ()))]
    return sorted(names, key=lambda name: known.index(name) if name in known else len(known))


def _summary(name: str) -> str:
    model = model_of(name)
    text = (model.__doc__ or "").strip() if model and not issubclass(model, Choice) else ""
    return f"{text.splitlines()[0]}\n" if text else ""


def _overview(
    conf: Path,
    names: Sequence[str],
    found: Mapping[str, Sequence[Parameter]],
    groups: Mapping[str, Sequence[str]],
) -> Iterator[str]:
    defaults = default_choices(conf)
    yield "## Sections and groups\n"
    yield "| section | parameters | group | choices (the default in bold) |"
    yield "|---|---|---|---|"
    for name in _in_order(names):
        inside = [group for group in groups if group.split(".")[0] == name]
        count = len(found.get(name, [])) or ""
        for number, group in enumerate(inside or [""]):
            names_of = groups.get(group, ()) if group != BROUGHT else ("`upcurve choices dataset`",)
            shown = [f"**{each}**" if defaults.get(group) == each else each for each in names_of]
            first = f"[{name}](#{name}) | {count}" if number == 0 else " | "
            yield f"| {first} | {f'`{_slashed(group)}`' if group else ''} | {', '.join(shown)} |"


def _group(conf: Path, group: str, names: Iterable[str]) -> Iterator[str]:
    default = default_choices(conf).get(group)
    if "." in group:
        yield f"\n### {_slashed(group)}"
    for name in names:
        held = read_choice(conf, group, name)
        yield f"\n#### {_slashed(group)}={name}{' (default)' if name == default else ''}\n"
        yield f"{describe(conf, group, name)}"
        file = choice_file(group, name)
        yield f"([{file}](../{file}){_target(held.get('_target_'))})\n"
        yield from _table(keywords(conf, group, name), prefix=f"{group}.")


def _slashed(group: str) -> str:
    return group.replace(".", "/")


def _target(target: object) -> str:
    return f", `{target}`" if target else ""


def _table(parameters: Sequence[Parameter], *, prefix: str) -> Iterator[str]:
    if not parameters:
        return
    yield "| parameter | default | type | meaning |"
    yield "|---|---|---|---|"
    for each in parameters:
        default = each.default if isinstance(each.default, str) and each.default else inline(each.default)
        cells = [f"`{prefix}{each.key}`", f"`{default}`", each.kind, each.meaning.replace("<", "&lt;")]
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def main() -> int:
    """Write the page."""
    path = ROOT / PAGE
    path.parent.mkdir(exist_ok=True)
    replace_file(path, page(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
