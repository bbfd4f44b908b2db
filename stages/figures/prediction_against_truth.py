"""Predicted values against the true ones."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from stages.figures.scatter import own_unit, points
from stages.figures.style import MUTED, one_plot, styled


@styled
def prediction_against_truth(table: pd.DataFrame) -> Figure:
    """Draw ``prediction`` against ``target``; on the dashed line the two are equal."""
    figure, axes = one_plot(height=4.1, title="Prediction against truth")
    ends = [table[["target", "prediction"]].min().min(), table[["target", "prediction"]].max().max()]
    axes.plot(ends, ends, color=MUTED, linewidth=1, linestyle=(0, (3, 3)))
    points(axes, table["target"], table["prediction"])
    own_unit(axes)
    axes.set(xlabel="truth", ylabel="prediction")
    return figure
