"""Where in the data the network is worse than on the whole."""

from __future__ import annotations

from collections.abc import Mapping

from stages.figures.numbers import number, with_interval
from stages.reporting.blocks import Cell, Column, Paragraph, Section, Sides, capped, pictured, table
from stages.reporting.contents import Contents, bounds
from stages.reporting.names import label
from stages.reporting.ranking import SMALL, ranked_slices

MOST = 12


def slices(contents: Contents, figures: Mapping[str, str]) -> Section | None:
    """Return the worst slices of the test part, with intervals and sizes."""
    ranked = ranked_slices(contents.tables["slices"], metric=contents.main)
    if not len(ranked):
        return None
    shown = ranked.head(MOST)
    rows: list[tuple[str | Cell, ...]] = []
    for row in shown.to_dict("records"):
        interval = bounds((row["low"], row["high"])) if row["low"] == row["low"] else None
        value, _, rest = with_interval(row["value"], interval).partition(" ")
        size = Cell(number(row["rows"]), below="few rows" if row["small"] else "")
        rows.append((str(row["column"]), str(row["slice"]), Cell(value, below=rest), size))
    name = label(contents.main)
    text = (
        f"The test rows by the values of each column, the worst first: ranked by the better end of the "
        f"interval of {name}, so that a slice leads where it is bad beyond chance. Slices of fewer than "
        f"{SMALL} rows come last. With many slices some look bad by chance alone."
    )
    head = ("column", "slice", Column(name), Column("rows"))
    note = capped(len(shown), len(ranked), "slices", where="data/evaluate/slices.csv")
    drawn = pictured(figures, {"slices": "Bars are intervals; the dashed line is the whole test part."})
    listing = table(head, rows, caption="Each slice", note=note, inline=True)
    return Section("slices", "Slices", (Paragraph(text, small=True), Sides((listing,), drawn)))
