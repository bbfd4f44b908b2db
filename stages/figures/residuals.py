"""Residuals: how far off the predictions are, and where."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from stages.figures.scatter import own_unit, points
from stages.figures.style import INK, one_plot, styled


@styled
def residuals(table: pd.DataFrame) -> Figure:
    """Draw ``residual`` (truth minus prediction) against ``prediction``."""
    figure, axes = one_plot(height=3.5, title="Residuals")
    axes.axhline(0, color=INK, linewidth=1)
    points(axes, table["prediction"], table["residual"])
    own_unit(axes)
    axes.set(xlabel="prediction", ylabel="truth - prediction")
    return figure
