"""Slices of the data: where the network is worse than on the whole."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from stages.figures.forest import LINE, forest
from stages.figures.numbers import number
from stages.figures.style import INK, one_plot, shortened, styled

SHOWN = 12


@styled
def slices(table: pd.DataFrame, *, overall: float, metric: str) -> Figure:
    """Draw `metric` on the first rows of `table`, at most 12, beside its value on all rows.

    Parameters
    ----------
    table
        ``column``, ``slice``, ``rows``, ``value``, ``low`` and ``high``, the worst first.
    overall
        The metric on the whole part.
    """
    shown = table.head(SHOWN)
    figure, axes = one_plot(height=1.1 + LINE * max(len(shown), 2), title="The worst slices")
    axes.axvline(overall, color=INK, linewidth=1, linestyle=(0, (3, 2)))
    names = [
        f"{shortened(str(row.column), limit=12)}: {shortened(str(row.slice), limit=13)}"
        for row in shown.itertuples()
    ]
    forest(axes, shown, names=names)
    axes.set_xlabel(f"{metric.replace('_', ' ')} (dashed: all rows, {number(overall)})")
    return figure
