"""What the network leans on."""

from __future__ import annotations

from collections.abc import Mapping

from stages.figures.numbers import with_interval
from stages.reporting.blocks import Cell, Column, Paragraph, Section, Sides, capped, pictured, table
from stages.reporting.contents import Contents, bounds
from stages.reporting.names import label

MOST = 15


def columns(contents: Contents, figures: Mapping[str, str]) -> Section | None:
    """Return the permutation importance of the raw columns."""
    ranked = contents.tables["importance"].sort_values("importance", ascending=False, kind="stable")
    if not len(ranked):
        return None
    metric = label(str(ranked["metric"].iloc[0]))
    rows: list[tuple[str | Cell, ...]] = []
    for row in ranked.head(MOST).to_dict("records"):
        interval = bounds((row["low"], row["high"])) if row["low"] == row["low"] else None
        value, _, rest = with_interval(row["importance"], interval).partition(" ")
        rows.append((str(row["column"]), Cell(value, below=rest)))
    text = (
        f"How much worse {metric} gets on the validation part when one raw column is shuffled. "
        "Of columns that say the same, each alone looks unimportant. Grey: not distinguishable from 0."
    )
    note = capped(len(rows), len(ranked), "columns", where="data/evaluate/importance.csv")
    head = ("column", Column(f"{metric} worse by"))
    listing = table(head, rows, caption="Importance by column", note=note, inline=True)
    drawn = pictured(figures, {"importances": f"Bars are {contents.confidence} intervals."})
    return Section(
        "columns", "Importance of the columns", (Paragraph(text, small=True), Sides((listing,), drawn))
    )
