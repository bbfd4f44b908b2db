"""Rows drawn with replacement: how often each row stands in each resample of the bootstrap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from stages.examples.encoded import Array

CELLS = 2**17
"""Counts held at once, 16 MB; what is computed from them takes about ten times as much."""


class Resampling(NamedTuple):
    """How the bootstrap draws.

    Attributes
    ----------
    resamples
        How often as many rows as there are, or whole groups, are drawn; 0 for no intervals.
    confidence
        Share of the resamples that an interval holds, (0, 1).
    seed
        Of the draws; each part has draws of its own.
    """

    resamples: int = 1000
    confidence: float = 0.95
    seed: int = 0


def draws(
    rows: int, resampling: Resampling, *, part: str, group: Array | None = None, cells: int = CELLS
) -> Iterator[Array]:
    """Yield how often each row was drawn, some resamples at a time; nothing where too few can be drawn.

    The same seed, part and number of rows (or groups) give the same draws, whatever `cells` is: two runs
    on the same split are judged on the same resamples.

    Parameters
    ----------
    rows
        Number of rows, of which as many are drawn with replacement.
    part
        Name of the part of the data.
    group
        Group of each row, ``(rows,)``. As many groups as there are are drawn, each with all its rows (the
        cluster bootstrap), since rows of one group are not independent.

    Yields
    ------
    Array
        Counts ``(n_resamples, rows)`` float64, at most about `cells` of them.

    Examples
    --------
    >>> counts = next(draws(3, Resampling(resamples=2), part="test"))
    >>> counts.shape, counts.sum(axis=1).tolist()
    ((2, 3), [3.0, 3.0])
    """
    unit = np.arange(rows) if group is None else np.unique(group, return_inverse=True)[1]
    units = int(unit.max(initial=-1)) + 1
    if units < 2:
        return
    random = np.random.default_rng([resampling.seed, *part.encode()])
    at_once = max(cells // rows, 1)
    for start in range(0, resampling.resamples, at_once):
        count = min(at_once, resampling.resamples - start)
        counts = np.empty((count, units))
        for resample in counts:
            resample[:] = np.bincount(random.integers(units, size=units), minlength=units)
        yield counts if group is None else counts[:, unit]
