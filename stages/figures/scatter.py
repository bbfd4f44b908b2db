"""What the plots of predicted values share: points, and axes in the target's own unit."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from stages.figures.numbers import number
from stages.figures.style import BLUE

MOST_POINTS = 600


def points(axes: Axes, x: pd.Series, y: pd.Series) -> None:
    """Draw at most 600 points, evenly spread over the rows as they come, the ends among them."""
    kept = np.unique(np.linspace(0, len(x) - 1, min(len(x), MOST_POINTS)).round().astype(int))
    axes.plot(
        x.iloc[kept],
        y.iloc[kept],
        linestyle="none",
        marker="o",
        markersize=3.5,
        markeredgewidth=0,
        color=BLUE,
        alpha=0.45,
    )


def own_unit(axes: Axes) -> None:
    """Label both axes with few, readable numbers."""
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(5))
        axis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
