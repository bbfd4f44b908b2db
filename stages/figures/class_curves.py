"""What the ROC and the precision-recall curve share: one line a class, the worst ones named."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from stages.figures.numbers import number
from stages.figures.style import GRID, INK, PAPER, SERIES, shortened

NAMED = 4
"""Curves that have a colour and a name of their own; of more classes, those with the least area."""
UNNAMED = re.compile(r"_child\d+")
"""What matplotlib calls a line without a label."""


def draw_curves(
    axes: Axes, table: pd.DataFrame, *, x: str, y: str, areas: Mapping[str, float | None], area: str
) -> None:
    """Draw ``table[y]`` against ``table[x]``, one line a ``class``; `areas` by class, named `area`."""
    curves: dict[str, pd.DataFrame] = {str(name): curve for name, curve in table.groupby("class", sort=False)}
    worst = sorted(curves, key=lambda name: (areas.get(name) is None, areas.get(name) or 0.0))
    named = [name for name in curves if name in worst[:NAMED] or len(curves) <= len(SERIES)]
    for name, curve in curves.items():
        if name not in named:
            axes.plot(curve[x], curve[y], color=GRID, linewidth=1.2, zorder=1.5)
    for name, colour in zip(named, SERIES, strict=False):
        label = f"{shortened(name)}: {area} {number(areas.get(name))}"
        axes.plot(curves[name][x], curves[name][y], color=colour, label=label)
    if len(named) < len(curves):
        axes.plot([], [], color=GRID, label=f"{len(curves) - len(named)} other classes, none worse")


def name_curves(axes: Axes, *, place: str) -> None:
    """Show the legend in a corner, on a ground of its own: many curves may run below it.

    Every line with a label of its own is in it: left to itself, matplotlib leaves out those that begin with
    an underscore, as names of classes may.
    """
    lines = [line for line in axes.lines if not UNNAMED.fullmatch(str(line.get_label()))]
    labels = [str(line.get_label()) for line in lines]
    if lines:
        axes.legend(
            lines, labels, loc=place, frameon=True, facecolor=PAPER, framealpha=0.85, edgecolor="none"
        )


def mark_threshold(axes: Axes, table: pd.DataFrame, *, x: str, y: str, threshold: float) -> None:
    """Mark the point of the curve at which `threshold` decides."""
    distance = (table["threshold"] - threshold).abs()
    if distance.notna().any():
        point = table.loc[[int(np.nanargmin(distance.to_numpy()))]]
        label = f"threshold {number(threshold)}"
        axes.plot(point[x], point[y], "o", color=INK, markersize=6, label=label, zorder=4)


def unit_square(axes: Axes) -> None:
    """Show both axes from 0 to 1 at the same scale."""
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    axes.set_xticks(np.linspace(0, 1, 6))
    axes.set_yticks(np.linspace(0, 1, 6))
