"""What the page of a model in MLflow says: the rows it takes and what it gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stages.examples.schema import Role, Schema

CELLS: Mapping[Role, str] = {
    "image": "A picture: the bytes of an image file, the same as base64 text, the path of a file where the "
    "model runs, or its pixels 0 to 255, (height, width[, channels]), as an array or nested lists.",
    "text": "A text: a string.",
    "sequence": "A series: (steps, channels), or (steps,) of a single channel, as an array, nested lists, or "
    "such lists as JSON text; null is a missing value.",
}
"""What a cell may hold that is no number, level or date."""
LONGEST = 5000
"""Characters of a tag that MLflow takes everywhere."""


def model_card(schema: Schema, decision: Mapping[str, Any]) -> str:
    """Return, as Markdown, the columns with their roles and how an answer becomes a prediction.

    Examples
    --------
    >>> from stages.examples.schema import Column
    >>> columns = (Column(name="a", role="numeric"),)
    >>> card = model_card(Schema(dataset="d", task="regression", target="y", features=columns), {})
    >>> card.splitlines()[-1]
    '| a | numeric |'
    """
    classes = ", ".join(map(_cell, schema.classes))
    what = f", one of {classes}," if classes else ", in its own unit,"
    lines = [
        f"Predicts **{_cell(schema.target)}**{what} from raw rows: the columns of the data set's files, "
        "cells as they stand there. Each column may be left out.",
        *(each for role, each in CELLS.items() if schema.keys(role)),
        *_rule(schema, decision),
        "\n".join(
            ["| column | role |", "|---|---|", *(f"| {_cell(c.name)} | {c.role} |" for c in schema.features)]
        ),
    ]
    text = "\n\n".join(lines)
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition("\n")[0] + "\n\n..."


def _rule(schema: Schema, decision: Mapping[str, Any]) -> list[str]:
    if schema.task != "binary" or "threshold" not in decision:
        return []
    positive = _cell(schema.classes[-1])
    return [f"{positive} is predicted where its probability is at least {decision['threshold']:.4g}."]


def _cell(name: str) -> str:
    return name.replace("|", "\\|").replace("\n", " ")
