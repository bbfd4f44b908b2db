"""The confusion matrix: which class is taken for which."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from stages.figures.numbers import number
from stages.figures.style import BLUE, GRID, INK, MUTED, PAPER, WIDTH, one_plot, shortened, styled

MOST_CLASSES = 20
"""More are not legible: the least confused are then taken together."""
MOST_WITH_SHARES = 6
OTHER = "(all others)"
DARK = 0.7
"""Share from which on a cell is written on in the colour of the paper."""


@styled
def confusion_matrix(table: pd.DataFrame) -> Figure:
    """Draw counts, and the share of each actual class as shade and per cent.

    Parameters
    ----------
    table
        ``actual``, ``predicted`` (class names) and ``rows``, a row for each pair.
    """
    counts = confused(table)
    values = counts.to_numpy(dtype=float)
    totals = values.sum(axis=1, keepdims=True)
    shares = np.divide(values, totals, out=np.zeros_like(values), where=totals > 0)
    size = len(counts)
    height = 3.4 if size <= MOST_WITH_SHARES else min(0.8 + 0.3 * size, WIDTH * 1.25)
    figure, axes = one_plot(height=height, title="Confusion matrix")
    for row, column in np.ndindex(size, size):
        _cell(axes, (row, column), float(values[row, column]), share=float(shares[row, column]), size=size)
    _label(axes, counts)
    return figure


def confused(table: pd.DataFrame, *, limit: int = MOST_CLASSES) -> pd.DataFrame:
    """Return the matrix of counts, actual by predicted, of at most `limit` classes.

    Of more, the `limit` - 1 with the most wrong rows are kept, the rest are taken together.

    Examples
    --------
    >>> pairs = {"actual": ["a", "a", "b", "b"], "predicted": ["a", "b", "a", "b"], "rows": [5, 1, 2, 3]}
    >>> confused(pd.DataFrame(pairs)).to_numpy().tolist()
    [[5, 1], [2, 3]]
    """
    classes = list(dict.fromkeys(table["actual"]))
    if len(classes) > limit:
        wrong = table[table["actual"] != table["predicted"]]
        errors = wrong.groupby("actual")["rows"].sum() + wrong.groupby("predicted")["rows"].sum()
        worst = set(errors.reindex(classes).sort_values(ascending=False, kind="stable").index[: limit - 1])
        kept = [name for name in classes if name in worst]
        named = {name: name if name in worst else OTHER for name in classes}
        table = table.assign(actual=table["actual"].map(named), predicted=table["predicted"].map(named))
        classes = [*kept, OTHER]
    summed = table.groupby(["actual", "predicted"], sort=False)["rows"].sum().unstack(fill_value=0)
    return summed.reindex(index=classes, columns=classes, fill_value=0)


def _cell(axes: Axes, place: tuple[int, int], rows: float, *, share: float, size: int) -> None:
    row, column = place
    corner = (column - 0.5, row - 0.5)
    if rows or size <= MOST_WITH_SHARES:
        axes.add_patch(Rectangle(corner, 1, 1, facecolor=BLUE, alpha=0.9 * share, linewidth=0))
    colour = PAPER if share > DARK else INK
    if size > MOST_WITH_SHARES:
        if rows:
            axes.text(column, row, number(rows), ha="center", va="center", color=colour, fontsize=7)
        return
    font = 11 if size <= 3 else 9.5
    lines = ((number(rows), 1, "bottom"), (f"{share:.1%}", -2, "top"))
    for text, offset, side in lines:  # not two lines of one text: each is centred in the reader's own font
        axes.annotate(
            text, (column, row), xytext=(0, offset), textcoords="offset points", ha="center", va=side,
            color=colour, fontsize=font,
        )  # fmt: skip


def _label(axes: Axes, counts: pd.DataFrame) -> None:
    size = len(counts)
    wide = size > MOST_WITH_SHARES
    names = [shortened(str(name), limit=16 if wide else 14) for name in counts.index]
    upright = wide or sum(map(len, names)) > 36
    font = 7.5 if wide else 9.5
    axes.set_xticks(range(size), names, rotation=90 if upright else 0, fontsize=font)
    axes.set_yticks(range(size), names, fontsize=font)
    axes.set(xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5), xlabel="predicted", ylabel="actual")
    axes.tick_params(length=0, which="both")
    axes.grid(visible=False)
    for between in np.arange(size - 1) + 0.5:
        axes.axhline(between, color=GRID, linewidth=0.6)
        axes.axvline(between, color=GRID, linewidth=0.6)
    for spine in axes.spines.values():
        spine.set(visible=True, color=MUTED, linewidth=0.8)
