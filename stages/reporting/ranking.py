"""Which slices are the worst."""

from __future__ import annotations

import pandas as pd

from stages.metrics.direction import gain

SMALL = 30
"""Rows below which a slice says little: flagged, and after the others."""


def ranked_slices(table: pd.DataFrame, *, metric: str) -> pd.DataFrame:
    """Return the slices measured by `metric`, the worst first, with a column ``small``.

    They are ranked by the better end of their interval, so that a slice leads where it is bad beyond
    chance; small ones come after the others.

    Examples
    --------
    >>> rows = [("a", "x", 90, "accuracy", 0.7, 0.6, 0.8), ("a", "y", 40, "accuracy", 0.6, 0.4, 0.9)]
    >>> slices = pd.DataFrame(rows, columns=["column", "slice", "rows", "metric", "value", "low", "high"])
    >>> ranked_slices(slices, metric="accuracy")["slice"].tolist()
    ['x', 'y']
    """
    measured = table[(table["metric"] == metric) & table["value"].notna()]
    better_end = measured["high"] if gain(metric) > 0 else -measured["low"]
    ranked = measured.assign(
        small=measured["rows"] < SMALL, rank=better_end.fillna(measured["value"] * gain(metric))
    )
    return ranked.sort_values(["small", "rank"], kind="stable").drop(columns="rank").reset_index(drop=True)
