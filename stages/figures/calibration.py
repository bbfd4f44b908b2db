"""The reliability diagram: whether probabilities are as often right as they say."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from stages.figures.style import BLUE, MUTED, legend_above, stacked, styled


@styled
def calibration(table: pd.DataFrame) -> Figure:
    """Draw the observed share against the predicted probability, and how many rows stand behind each.

    Parameters
    ----------
    table
        ``predicted`` (mean probability), ``observed`` (share that came true) and ``rows``, a row a bin.
    """
    figure, (axes, counts) = stacked(2, height=4.3, ratios=[3.2, 1])
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.9, linestyle=(0, (3, 3)), label="perfectly calibrated")
    axes.plot(table["predicted"], table["observed"], "o-", color=BLUE, markersize=5, label="network")
    axes.set(ylabel="observed share", ylim=(-0.03, 1.03), xlim=(-0.02, 1.02))
    axes.set_title("Calibration")
    legend_above(axes, columns=2)
    counts.vlines(table["predicted"], 0, table["rows"], color=BLUE, linewidth=6)
    counts.set(xlabel="predicted probability", ylabel="rows", ylim=(0, None))
    counts.set_xticks(np.linspace(0, 1, 6))
    counts.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    return figure
