"""Permutation importances: what the network leans on."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from stages.figures.forest import LINE, forest
from stages.figures.style import BLUE, INK, MUTED, one_plot, styled

SHOWN = 15


@styled
def importances(table: pd.DataFrame) -> Figure:
    """Draw the most important columns, at most 15, with their intervals.

    Parameters
    ----------
    table
        ``column``, ``metric``, ``importance``, ``low`` and ``high``: how much worse the metric is when
        the column's values are shuffled.
    """
    shown = table.sort_values("importance", ascending=False, kind="stable").head(SHOWN)
    figure, axes = one_plot(height=1.1 + LINE * max(len(shown), 2), title="Importance of the columns")
    axes.axvline(0, color=INK, linewidth=0.9)
    colours = [BLUE if low > 0 else MUTED for low in shown["low"]]
    forest(axes, shown.rename(columns={"importance": "value"}), names=list(shown["column"]), colours=colours)
    axes.set_xlabel(f"{table['metric'].iloc[0]}: worse by how much when shuffled")
    return figure
