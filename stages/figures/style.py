"""How all figures look: colours that colour-blind readers tell apart, sizes legible on a phone."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, Final, ParamSpec

import matplotlib
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure

Arguments = ParamSpec("Arguments")

INK: Final = "#1f2430"
MUTED: Final = "#5d6675"
GRID: Final = "#d9dde4"
PAPER: Final = "#fffffe"
BLUE: Final = "#0072b2"
ORANGE: Final = "#d55e00"
GREEN: Final = "#009e73"
PURPLE: Final = "#aa4499"
YELLOW: Final = "#b58900"
SERIES: Final = (BLUE, ORANGE, GREEN, PURPLE, YELLOW)
"""Blue, vermilion and green after Okabe and Ito, "Color universal design", 2008; the others darkened."""
ROLES: Final[Mapping[str, str]] = {
    INK: "ink",
    MUTED: "muted",
    GRID: "line",
    PAPER: "paper",
    BLUE: "blue",
    ORANGE: "orange",
    GREEN: "green",
    PURPLE: "purple",
    YELLOW: "yellow",
}
"""What each colour is for: a page with a dark scheme puts its own in their place."""
WIDTH: Final = 4.8
"""Inches; on a phone of 390 px a figure is then shown at about its own size."""
OWN: Final[Mapping[str, Any]] = {
    "figure.facecolor": PAPER,
    "axes.facecolor": "none",
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlecolor": INK,
    "axes.labelsize": 10,
    "axes.prop_cycle": cycler(color=list(SERIES)),
    "axes.formatter.useoffset": False,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
    "font.size": 10,
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "legend.handlelength": 1.6,
    "legend.columnspacing": 1.4,
    "lines.linewidth": 1.8,
    "svg.fonttype": "none",
}


def settings(**more: Any) -> dict[str, Any]:
    """Return matplotlib's settings for our figures: its defaults, whatever the user's own file says."""
    known = {
        key: value
        for key, value in matplotlib.rcParamsDefault.items()
        if not key.startswith(("backend", "interactive", "toolbar", "webagg", "date.epoch"))
    }
    return known | dict(OWN) | more


def styled(draw: Callable[Arguments, Figure]) -> Callable[Arguments, Figure]:
    """Make `draw` draw in our style, and leave matplotlib's settings as they were."""

    @functools.wraps(draw)
    def drawn(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Figure:
        with matplotlib.rc_context(settings()):
            return draw(*args, **kwargs)

    return drawn


def one_plot(*, height: float, title: str) -> tuple[Figure, Axes]:
    """Return a figure of our width with one plot in it; `height` in inches."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title)
    return figure, axes


def stacked(count: int, *, height: float, ratios: list[float] | None = None) -> tuple[Figure, list[Axes]]:
    """Return a figure with `count` plots below each other that share the horizontal axis."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    grid = figure.subplots(count, 1, sharex=True, squeeze=False, height_ratios=ratios)
    return figure, [row[0] for row in grid]


def legend_above(axes: Axes, *, columns: int) -> None:
    """Put the legend between title and plot, where it covers no data."""
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 0.99), ncols=columns, borderaxespad=0.1)
    axes.set_title(axes.get_title(loc="left"), pad=22)


def shortened(text: str, *, limit: int = 24) -> str:
    """Return `text`, its middle left out where it has more than `limit` characters.

    Examples
    --------
    >>> shortened("One_Story_1946_and_Newer_All_Styles", limit=16)
    'One_Stor…_Styles'
    """
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    head = limit // 2
    return f"{text[:head]}…{text[-(limit - head - 1) :]}"
