"""How well each class is recognised."""

from __future__ import annotations

from collections.abc import Mapping

from stages.figures.numbers import number, with_interval
from stages.reporting.blocks import Cell, Column, Section, capped, table
from stages.reporting.contents import Contents
from stages.reporting.names import label

METRICS = ("precision", "recall", "f1", "roc_auc", "pr_auc")
MOST = 30


def classes(contents: Contents, figures: Mapping[str, str]) -> Section | None:
    """Return precision, recall and the like of each class; of many classes the worst ones by F1."""
    measured = contents.metrics().get("per_class")
    if not measured:
        return None
    worst = sorted(measured, key=lambda name: (measured[name]["f1"] is None, measured[name]["f1"]))[:MOST]
    shown = [name for name in measured if name in set(worst)]
    rows: list[tuple[str | Cell, ...]] = [_row(contents, name, measured[name]) for name in shown]
    head: list[str | Column] = ["class", *(Column(label(metric)) for metric in METRICS), Column("rows")]
    note = capped(len(shown), len(measured), "classes, the worst by F1", where="data/evaluate/metrics.json")
    return Section("classes", "Classes", (table(head, rows, caption="Each class, test part", note=note),))


def _row(contents: Contents, name: str, measured: Mapping[str, float | None]) -> tuple[str | Cell, ...]:
    cells = []
    for metric in METRICS:
        text = with_interval(measured.get(metric), contents.interval(metric, label=name))
        value, _, rest = text.partition(" ")
        cells.append(Cell(value, below=rest))
    return (name, *cells, number(measured["rows"]))
