"""The pages that were there before, in ``scratch/history/``: what ``upcurve undo`` goes back through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from stages.shell.page import PAGE, read_text, replace_file

KEPT = 100
"""Steps that can be undone."""


class Step(NamedTuple):
    """One change of the page."""

    file: Path
    command: str
    before: str


def history(root: Path) -> list[Step]:
    """Return the steps that can be undone, oldest first."""
    steps = []
    for file in sorted((root / "scratch" / "history").glob("[0-9]*.json")):
        try:
            held = json.loads(file.read_text(encoding="utf-8"))
            steps.append(Step(file, held["command"], held["before"]))
        except (ValueError, KeyError, TypeError):
            continue  # written by a process that was killed, or by hand: nothing to go back to
    return steps


def change_page(root: Path, after: str, command: str) -> Step | None:
    """Put the page `after` in place and keep the one before; None where nothing changes."""
    page = root / PAGE
    before = read_text(page) if page.exists() else ""
    if before == after:
        return None
    folder = root / "scratch" / "history"
    folder.mkdir(parents=True, exist_ok=True)
    numbers = [int(file.stem) for file in folder.glob("[0-9]*.json") if file.stem.isdigit()]
    step = Step(folder / f"{max(numbers, default=0) + 1:08d}.json", command, before)
    replace_file(step.file, json.dumps({"command": command, "before": before}, ensure_ascii=False))
    replace_file(page, after)
    for old in sorted(folder.glob("[0-9]*.json"))[:-KEPT]:
        old.unlink()
    return step


def take_back(root: Path, step: Step) -> None:
    """Put the page before `step` in place, and forget the step."""
    replace_file(root / PAGE, step.before)
    step.file.unlink(missing_ok=True)
