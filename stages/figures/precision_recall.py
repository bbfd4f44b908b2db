"""The precision-recall curve."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from stages.figures.class_curves import draw_curves, mark_threshold, name_curves, unit_square
from stages.figures.style import one_plot, styled


@styled
def precision_recall(
    table: pd.DataFrame, *, areas: Mapping[str, float | None], threshold: float | None
) -> Figure:
    """Draw precision against recall, one line a class.

    Parameters
    ----------
    table
        ``recall``, ``precision``, ``threshold`` and ``class``.
    areas
        Average precision by class.
    threshold
        Two classes: where to mark the decision; None marks nothing.
    """
    figure, axes = one_plot(height=4.3, title="Precision and recall")
    draw_curves(axes, table, x="recall", y="precision", areas=areas, area="area")
    if threshold is not None:
        mark_threshold(axes, table, x="recall", y="precision", threshold=threshold)
    unit_square(axes)
    axes.set(xlabel="recall", ylabel="precision")
    name_curves(axes, place="lower left")
    return figure
