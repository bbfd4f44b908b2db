"""A series as a small drawing without axes: its shape at a glance."""

from __future__ import annotations

from typing import Final

import numpy as np

from stages.examples.encoded import Array
from stages.figures.style import GRID, SERIES

WIDTH, HEIGHT, MARGIN = 200, 100, 4
MOST_CHANNELS: Final = len(SERIES)
"""Channels that are drawn, the first ones: each in a colour of its own."""
MOST_STEPS: Final = 400


def sparkline(values: Array) -> str:
    """Return `values` as an SVG, all channels on one scale, gaps where values are missing.

    Parameters
    ----------
    values
        ``(n_steps, n_channels)``; of more than 400 steps about 400 are drawn.

    Examples
    --------
    >>> sparkline(np.array([[0.0], [1.0]])).count("<polyline")
    1
    """
    steps = values[:: max(len(values) // MOST_STEPS, 1), :MOST_CHANNELS].astype(np.float64)
    known = steps[np.isfinite(steps)]
    low, high = (known.min(), known.max()) if len(known) else (0.0, 1.0)
    across = np.linspace(MARGIN, WIDTH - MARGIN, max(len(steps), 2))[: len(steps)]
    heights = HEIGHT - MARGIN - (steps - low) / ((high - low) or 1.0) * (HEIGHT - 2 * MARGIN)
    lines = [
        _line(points, SERIES[channel])
        for channel in range(steps.shape[1])
        for points in _pieces(across, heights[:, channel])
    ]
    base = f'<line x1="0" x2="{WIDTH}" y1="{HEIGHT - 1}" y2="{HEIGHT - 1}" stroke="{GRID}"/>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
    return "".join([head, base, *lines, "</svg>"])


def _pieces(across: Array, heights: Array) -> list[list[tuple[float, float]]]:
    """Return the points of each stretch without a gap."""
    known = np.isfinite(heights)
    stretch = np.cumsum(np.diff(known, prepend=False))  # odd within a stretch of values
    return [
        list(zip(across[stretch == number], heights[stretch == number], strict=True))
        for number in range(1, int(stretch.max(initial=0)) + 1, 2)
    ]


def _line(points: list[tuple[float, float]], color: str) -> str:
    drawn = (
        points if len(points) > 1 else [(points[0][0] - 1, points[0][1]), (points[0][0] + 1, points[0][1])]
    )
    text = " ".join(f"{x:.1f},{y:.1f}" for x, y in drawn)
    return f'<polyline points="{text}" fill="none" stroke="{color}" stroke-width="1.5"/>'
