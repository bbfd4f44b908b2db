"""What differs from the defaults, and how to make this run again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from stages.reporting.blocks import Block, Cell, Code, Facts, Paragraph, Section, Table, table
from stages.reporting.contents import Contents


def reproduction(contents: Contents, figures: Mapping[str, str]) -> Section | None:
    """Return the overrides, the commands, and the whole configuration."""
    overrides = list(contents.record["overrides"])
    blocks: list[Block] = [
        _overrides(overrides) if overrides else Paragraph("Nothing differs from the defaults."),
        Code(commands(contents)),
    ]
    if contents.record.get("changed"):
        text = "The code in stages/ or conf/ had changes that are not in this commit."
        blocks.append(Paragraph(text, small=True))
    facts = Facts((("key of the run in MLflow", contents.record["key"][:12]),))
    return Section(
        "reproduction",
        "Settings, and how to reproduce",
        (*blocks, facts, _choices(contents), Code(contents.config_text, caption="The whole configuration")),
    )


def commands(contents: Contents) -> str:
    """Return the commands that make this run again, quoted for a shell."""
    lines = [f"git checkout {contents.record['commit']}"] if contents.record.get("commit") else []
    words = ["upcurve", "run", "--once", *(shlex.quote(each) for each in contents.record["overrides"])]
    return "\n".join([*lines, " \\\n    ".join([" ".join(words[:3]), *words[3:]])])


def _overrides(overrides: list[str]) -> Table:
    rows: list[tuple[str | Cell, ...]] = []
    for override in overrides:
        key, _, value = override.partition("=")
        rows.append((key, value))
    return table(("parameter", "value"), rows, caption="What differs from the defaults")


def _choices(contents: Contents) -> Table:
    rows: list[tuple[str | Cell, ...]] = list(contents.config["choices"].items())
    return table(("group", "choice"), rows, caption="The choice of every group", folded=True)
