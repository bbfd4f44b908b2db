"""What each decision threshold would give, and which one was chosen."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from stages.figures.numbers import number
from stages.figures.style import INK, PURPLE, SERIES, legend_above, stacked, styled

CURVES = ("precision", "recall", "f1")


@styled
def threshold_curve(table: pd.DataFrame, *, threshold: float) -> Figure:
    """Draw precision, recall and F1 against the threshold; below, where there is one, the cost.

    Parameters
    ----------
    table
        ``threshold``, ``precision``, ``recall``, ``f1`` and, where costs decide, ``cost``.
    threshold
        The chosen one, to be marked.
    """
    costly = "cost" in table and table["cost"].notna().any()
    figure, plots = stacked(2 if costly else 1, height=4.3 if costly else 3.4)
    axes = plots[0]
    for name, colour in zip(CURVES, SERIES, strict=False):
        axes.plot(table["threshold"], table[name], color=colour, label="F1" if name == "f1" else name)
    axes.set(ylim=(-0.03, 1.03), xlim=(-0.02, 1.02), ylabel="on validation")
    axes.set_title(f"Decision threshold: {number(threshold)}")
    legend_above(axes, columns=3)
    if costly:
        plots[1].plot(table["threshold"], table["cost"], color=PURPLE)
        plots[1].set_ylabel("cost")
    for each in plots:
        _mark(each, threshold)
    plots[-1].set_xlabel("threshold")
    return figure


def _mark(axes: Axes, threshold: float) -> None:
    axes.axvline(threshold, color=INK, linewidth=1, linestyle=(0, (3, 2)))
