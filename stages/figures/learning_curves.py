"""Learning curves: loss and a metric by epoch, with the best epoch marked."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from stages.figures.style import BLUE, INK, ORANGE, legend_above, stacked, styled

PREFERRED = ("accuracy", "root_mean_squared_error", "mean_absolute_error", "auc")


def watched_metric(history: pd.DataFrame) -> str | None:
    """Return the metric to show beside the loss; None where none was measured on both parts.

    Examples
    --------
    >>> watched_metric(pd.DataFrame(columns=["epoch", "loss", "val_loss", "auc", "val_auc"]))
    'auc'
    """
    both = [name for name in map(str, history.columns) if name != "loss" and f"val_{name}" in history]
    return next((name for name in PREFERRED if name in both), both[0] if both else None)


@styled
def learning_curves(history: pd.DataFrame, *, best_epoch: int) -> Figure:
    """Draw the loss and the main metric of training and validation.

    Parameters
    ----------
    history
        ``epoch``, ``loss``, ``val_loss`` and metrics with their ``val_`` twins, a row an epoch.
    best_epoch
        The epoch to mark, from 1; 0 where there is none.
    """
    metric = watched_metric(history)
    names = ["loss", *([metric] if metric else [])]
    figure, plots = stacked(len(names), height=1.0 + 1.75 * len(names))
    for axes, name in zip(plots, names, strict=True):
        _draw(axes, history, name=name, best_epoch=best_epoch)
    plots[0].set_title("Learning curves")
    legend_above(plots[0], columns=3)
    plots[-1].set_xlabel("epoch")
    plots[-1].xaxis.set_major_locator(MaxNLocator(6, integer=True))
    return figure


def _draw(axes: Axes, history: pd.DataFrame, *, name: str, best_epoch: int) -> None:
    few = "o" if len(history) < 3 else ""  # a line through one point is invisible
    axes.plot(history["epoch"], history[name], color=BLUE, marker=few, label="training")
    column = f"val_{name}"
    if column in history:
        axes.plot(history["epoch"], history[column], color=ORANGE, marker=few, label="validation")
        best = history[history["epoch"] == best_epoch]
        if len(best) and np.isfinite(best[column].iloc[0]):
            axes.axvline(best_epoch, color=INK, linewidth=0.9, linestyle=(0, (2, 2)))
            axes.plot(
                best["epoch"], best[column], "o", color=INK, markersize=5, label=f"best epoch ({best_epoch})"
            )
    axes.set_ylabel(name.replace("_", " "))
    axes.margins(x=0.02)
