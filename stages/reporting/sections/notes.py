"""What the stages noted on their way."""

from __future__ import annotations

from collections.abc import Mapping

from stages.reporting.blocks import Points, Section
from stages.reporting.contents import Contents


def notes(contents: Contents, figures: Mapping[str, str]) -> Section | None:
    """Return the notes of every stage that has some."""
    blocks = tuple(Points(said, heading=stage) for stage, said in contents.notes.items() if said)
    return Section("notes", "Notes of the stages", blocks) if blocks else None
