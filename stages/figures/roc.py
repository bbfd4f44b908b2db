"""The ROC curve."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from stages.figures.class_curves import draw_curves, mark_threshold, name_curves, unit_square
from stages.figures.style import MUTED, one_plot, styled


@styled
def roc(table: pd.DataFrame, *, areas: Mapping[str, float | None], threshold: float | None) -> Figure:
    """Draw the share of positives found against the share of false alarms, one line a class.

    Parameters
    ----------
    table
        ``false_positive_rate``, ``true_positive_rate``, ``threshold`` and ``class``.
    areas
        ROC-AUC by class.
    threshold
        Two classes: where to mark the decision; None marks nothing.
    """
    figure, axes = one_plot(height=4.3, title="ROC curve")
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.9, linestyle=(0, (3, 3)))
    x, y = "false_positive_rate", "true_positive_rate"
    draw_curves(axes, table, x=x, y=y, areas=areas, area="area")
    if threshold is not None:
        mark_threshold(axes, table, x=x, y=y, threshold=threshold)
    unit_square(axes)
    axes.set(xlabel="false positive rate", ylabel="true positive rate")
    name_curves(axes, place="lower right")
    return figure
