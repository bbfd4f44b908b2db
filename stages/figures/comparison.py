"""The network against the baselines."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from stages.figures.forest import LINE, forest
from stages.figures.style import BLUE, MUTED, WIDTH, styled

NETWORK = "network"


@styled
def comparison(table: pd.DataFrame) -> Figure:
    """Draw each metric of the network and of every baseline with its interval, one plot a metric.

    Parameters
    ----------
    table
        ``metric``, ``model`` (the network is called ``network``), ``value``, ``low`` and ``high``.
    """
    metrics = list(dict.fromkeys(table["metric"]))
    models = table["model"].nunique()
    height = 0.4 + len(metrics) * (0.55 + LINE * models)
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    plots = figure.subplots(len(metrics), 1, squeeze=False)
    for (axes,), metric in zip(plots, metrics, strict=True):
        rows = table[table["metric"] == metric]
        colours = [BLUE if model == NETWORK else MUTED for model in rows["model"]]
        forest(axes, rows, names=[str(model).replace("_", " ") for model in rows["model"]], colours=colours)
        axes.set_title(metric.replace("_", " "))
    return figure
