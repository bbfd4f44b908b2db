"""The rows the network was most wrong about."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from stages.figures.numbers import number
from stages.figures.style import shortened
from stages.reporting.blocks import Cell, Column, Paragraph, Section, capped, table
from stages.reporting.contents import Contents
from stages.reporting.examples import example_cards

MOST = 15
MOST_COLUMNS = 12
LONGEST_NUMBER = 10
LEADING = ("example_id", "target", "prediction", "probability", "loss")
OF_CLASSES = (
    "Wrong labels show up here first. What is true → what was predicted (✓ where that is right, but "
    "doubtful), and the probability that the network gave to the truth; the most wrong first."
)
OF_VALUES = (
    "Wrong targets show up here first. What is true → what was predicted, and how far off that is; the most "
    "wrong first."
)
"""What explains the examples of a classification, of a regression."""


def mistakes(contents: Contents, figures: Mapping[str, str]) -> Section | None:
    """Return the worst rows, with the columns that matter most."""
    worst = contents.tables["worst"]
    if not len(worst):
        return None
    leading = [name for name in LEADING if name in worst.columns]
    cards = example_cards(contents)
    features = [each["name"] for each in contents.documents["schema"]["features"]]
    columns = [name for name in worst.columns if name not in leading] if cards else features
    raw = _by_importance(
        [name for name in columns if name in worst.columns and name not in leading], contents
    )
    names = [*leading, *raw[:MOST_COLUMNS]]
    ours = {"loss", "probability"} if contents.classes else {"loss", "target", "prediction"}
    shown = worst.head(MOST)
    rows: list[tuple[str | Cell, ...]] = [
        tuple(_shown(row[name], own=name in ours) for name in names) for row in shown.to_dict("records")
    ]
    head = tuple(Column(name, numeric=_numeric(worst[name])) for name in names)
    where = "data/evaluate/worst.csv"
    notes = [
        capped(len(shown), len(worst), "rows", where=where),
        capped(min(len(raw), MOST_COLUMNS), len(raw), "columns, the most important", where=where),
    ]
    note = " ".join(filter(None, notes))
    if cards is not None:
        said = OF_CLASSES if contents.classes else OF_VALUES
        listing = table(head, rows, caption="The same rows as a table", note=note, folded=True)
        return Section("mistakes", "Most wrong rows", (Paragraph(said, small=True), cards, listing))
    text = (
        "Wrong labels show up here first. Probability: what the network gave to the true class. The columns "
        "are those it leans on most."
    )
    listing = table(head, rows, caption="Test part, the most wrong first", note=note)
    return Section("mistakes", "Most wrong rows", (Paragraph(text, small=True), listing))


def _by_importance(names: list[str], contents: Contents) -> list[str]:
    ranked = contents.tables["importance"].sort_values("importance", ascending=False, kind="stable")
    place = {name: rank for rank, name in enumerate(ranked["column"])}
    return sorted(names, key=lambda name: place.get(name, len(place)))


def _numeric(values: pd.Series) -> bool:
    filled = values[values != ""]
    return len(filled) > 0 and bool(pd.to_numeric(filled, errors="coerce").notna().all())


def _shown(value: str, *, own: bool) -> str:
    """Return the text of a cell: raw ones (not our `own`) as they are, but for the .0 of whole numbers."""
    try:
        exact = float(value)
    except ValueError:
        return shortened(value, limit=40)
    if own:
        return number(exact)
    return value.removesuffix(".0") if len(value) <= LONGEST_NUMBER else f"{exact:.6g}"
