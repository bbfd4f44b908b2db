"""Whether one is better than the other: the paired bootstrap of two that answered for the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from stages.metrics.answers import Answers
from stages.metrics.bootstrap import Measured, bootstrap, interval
from stages.metrics.direction import gain
from stages.metrics.draws import Resampling, draws
from stages.metrics.judgement import Judge

Verdict = Literal["better", "worse", "not distinguishable"]
UNSURE: Verdict = "not distinguishable"


class Comparison(NamedTuple):
    """What `compare` returns.

    Attributes
    ----------
    table
        ``metric``, ``first``, ``second``, ``difference`` (first - second), ``low``, ``high`` (its interval)
        and ``verdict`` on the first; missing where not defined.
    rows
        Number of rows that both answered for.
    notes
        What deviates, one sentence each.
    """

    table: pd.DataFrame
    rows: int
    notes: tuple[str, ...] = ()


def compare(
    first: Answers, second: Answers, *, judge: Judge, part: str, resampling: Resampling | None = None
) -> Comparison:
    """Return the metrics of both on the rows that both answered for, and whether they differ.

    Rows are matched by their id; target, weight and group are those of `first`.

    Parameters
    ----------
    part
        Name of the part, for the draws.

    Raises
    ------
    ValueError
        Where no row is in both.
    """
    resampling = resampling or Resampling()
    ours, theirs, notes = matched(first, second)
    drawn = draws(len(ours), resampling, part=part, group=ours.group)
    both = {"first": ours, "second": theirs}
    samples = bootstrap({name: judge.resampled(answers) for name, answers in both.items()}, drawn)
    measured = {
        name: Measured(judge.measure(answers).values, samples[name], confidence=resampling.confidence)
        for name, answers in both.items()
    }
    rows = [
        (name, *(each.metrics[name] for each in measured.values()), *gap.values())
        for name, gap in differences(**measured).items()
    ]
    columns = ("metric", "first", "second", "difference", "low", "high", "verdict")
    return Comparison(pd.DataFrame(rows, columns=list(columns)), len(ours), notes)


def matched(first: Answers, second: Answers) -> tuple[Answers, Answers, tuple[str, ...]]:
    """Return the rows of both with the same ids, in the order of `first`, and what was left out."""
    place = pd.Index(second.example_id).get_indexer(pd.Index(first.example_id))
    ours, theirs = first.take(np.flatnonzero(place >= 0)), second.take(place[place >= 0])
    if not len(ours):
        raise ValueError(
            f"expected two runs with rows in common, received {len(first)} and {len(second)} rows without "
            "one: they were split differently. Compare runs of the same data set, split.seed and split sizes."
        )
    theirs = replace(theirs, target=ours.target, weight=ours.weight, group=ours.group)
    left = max(len(first), len(second)) - len(ours)
    note = f"{len(ours)} rows are in both ({len(first)} and {len(second)} rows): compared on these alone"
    return ours, theirs, (note,) if left else ()


def differences(first: Measured, second: Measured) -> dict[str, dict[str, Any]]:
    """Return the difference first - second of each metric, its interval and the verdict on the first.

    Both were measured on the same resamples. Metrics of each class and the number of rows are passed over.
    """
    found = {}
    for name, value in first.metrics.items():
        if name == "rows" or isinstance(value, Mapping):
            continue
        other, bounds = second.metrics.get(name), None
        gap = None if value is None or other is None else value - other
        if gap is not None and first.samples:
            bounds = interval(first.samples[name] - second.samples[name], confidence=first.confidence)
        low, high = bounds or (None, None)
        found[name] = {"difference": gap, "low": low, "high": high, "verdict": verdict(name, low, high)}
    return found


def verdict(metric: str, low: float | None, high: float | None) -> Verdict | None:
    """Return what an interval of a difference says; None where there is no interval.

    Examples
    --------
    >>> verdict("accuracy", 0.01, 0.03), verdict("rmse", 0.01, 0.03), verdict("mae", -1.0, 0.5)
    ('better', 'worse', 'not distinguishable')
    """
    if low is None or high is None:
        return None
    if low <= 0 <= high:
        return UNSURE
    return "better" if (low > 0) == (gain(metric) > 0) else "worse"
