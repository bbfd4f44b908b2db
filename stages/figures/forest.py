"""A forest plot: one line a thing, its value as a point and its interval as a bar."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from stages.figures.numbers import number
from stages.figures.style import BLUE, shortened

LINE = 0.27
"""Height of a line in inches."""


def forest(
    axes: Axes, table: pd.DataFrame, *, names: Sequence[str], colours: Sequence[str] | None = None
) -> None:
    """Draw ``value``, ``low`` and ``high`` of each row of `table`, the first on top."""
    places = np.arange(len(table))
    colours = list(colours or [BLUE] * len(table))
    axes.hlines(places, table["low"], table["high"], colors=colours, linewidth=2.2)
    axes.scatter(table["value"], places, s=30, c=colours, zorder=3)
    axes.set_yticks(places, [shortened(name, limit=28) for name in names])
    axes.set_ylim(len(table) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
