"""The most wrong examples as a person sees them: pictures, drawings of series, texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from stages.examples.schema import Column
from stages.figures.numbers import number
from stages.figures.sparkline import MOST_CHANNELS, sparkline
from stages.figures.style import shortened
from stages.figures.thumbnail import thumbnail
from stages.reporting.blocks import Card, Cards, capped
from stages.reporting.contents import Contents

MOST, MOST_TEXTS = 24, 12
LONGEST_NAME = 44


def example_cards(contents: Contents) -> Cards | None:
    """Return the most wrong examples of pictures, texts or series; None where the data are a plain table."""
    media = contents.features("image", "text", "sequence")
    worst = contents.tables["worst"]
    if not media or not len(worst):
        return None
    wide = any(column.role == "text" for column in media)
    shown = worst.head(MOST_TEXTS if wide else MOST)
    cards = tuple(_card(row, media, contents) for row in shown.to_dict("records"))
    notes = [_undrawn(column) for column in media if column.role == "sequence"]
    notes.append(capped(len(shown), len(worst), "rows", where="data/evaluate/worst.csv"))
    return Cards(cards, " ".join(filter(None, notes)), wide=wide)


def _undrawn(column: Column) -> str:
    """Return a sentence where a series has more channels than are drawn."""
    count = len(column.channels)
    return f"Drawn are the first {MOST_CHANNELS} of {count} channels." if count > MOST_CHANNELS else ""


def _card(row: Mapping[Any, Any], media: list[Column], contents: Contents) -> Card:
    title, below = _said(row, classes=bool(contents.classes))
    name = shortened(str(row["example_id"]), limit=LONGEST_NAME)
    texts = [str(row[column.name]) for column in media if column.role == "text" and row.get(column.name)]
    card = Card(title, below, name, text="\n".join(texts))
    if row["example_id"] not in contents.wrong.index:
        return card
    held = contents.wrong.loc[row["example_id"]]
    for column in media:
        cell = held.get(column.key) if column.role != "text" else None
        if cell is None:
            continue
        if column.role == "image":
            made = thumbnail(cell)
            card = card._replace(photo=made.source, small=made.small)
        else:
            steps = np.asarray(cell).reshape(-1, max(len(column.channels), 1))
            card = card._replace(drawing=sparkline(steps), below=f"{card.below}, {len(steps):,} steps")
    return card


def _said(row: Mapping[Any, Any], *, classes: bool) -> tuple[str, str]:
    """Return what is true and what was predicted, and how wrong that is."""
    if classes:
        right = row["target"] == row["prediction"]
        title = f"{row['target']} ✓" if right else f"{row['target']} → {row['prediction']}"
        return title, f"{_share(row['probability'])} for {row['target']}"
    told = [number(float(row[name])) for name in ("target", "prediction", "loss")]
    return f"{told[0]} → {told[1]}", f"off by {told[2]}"


def _share(text: str) -> str:
    try:
        return f"{float(text):.1%}"
    except ValueError:
        return text
