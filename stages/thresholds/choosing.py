"""What all threshold rules share: when there is nothing to choose, and what is best of what is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from stages.examples.encoded import Array
from stages.metrics.decision import BINARY, DEFAULT, Decision
from stages.metrics.per_class import present
from stages.metrics.threshold_counts import ThresholdCounts, count_at_thresholds

TIE = 1e-12
"""Measures nearer to each other than this, relative to the greatest, differ by rounding alone."""
FEW = 30
"""What rests on fewer rows than this comes out differently on other rows."""
NOTHING_TO_CHOOSE_BY = "the validation part has rows of one class at most, nothing to choose a threshold by"


class Chosen(NamedTuple):
    """How to decide.

    Attributes
    ----------
    decision
        What `decide` takes.
    notes
        One sentence for whatever deviates: no effect, not reachable, nothing to choose by.
    """

    decision: Decision
    notes: tuple[str, ...] = ()


class Pick(NamedTuple):
    """Which of the thresholds, and what is to be said of it."""

    place: int
    notes: tuple[str, ...] = ()


def choose(
    target: Array,
    probabilities: Array,
    pick: Callable[[ThresholdCounts], Pick],
    *,
    rule: str,
    classes: Sequence[str],
    weight: Array | None,
) -> Chosen:
    """Return the threshold that `pick` takes; 0.5 where there are not two classes to choose between."""
    if len(classes) != BINARY:
        return Chosen(DEFAULT, (no_effect(f"evaluate.threshold={rule}", classes),))
    if not both_occur(target, weight):
        return Chosen(DEFAULT, (f"{NOTHING_TO_CHOOSE_BY}: the threshold is {DEFAULT.threshold}",))
    counts = count_at_thresholds(target == 1, probabilities[:, 1], weight=weight)
    place, notes = pick(counts)
    few = _few_of_a_class(target, classes=classes, weight=weight)
    notes = (*notes, *_all_the_same(counts, place, classes), *few)
    return Chosen(Decision(float(counts.threshold[place])), notes)


def both_occur(target: Array, weight: Array | None) -> bool:
    """Return whether there are rows that count of both of two classes."""
    return bool(present(target, num_classes=BINARY, weight=weight).all())


def best(counts: ThresholdCounts, *measures: Array, among: Array | None = None) -> int:
    """Return the index of the greatest of the first measure; of equal ones, of the next measure, and so on.

    Of what is equal in all of them, the threshold nearest to 0.5.

    Parameters
    ----------
    measures
        One number a threshold, ``(n_thresholds,)``.
    among
        Which thresholds are looked at, ``(n_thresholds,)`` bool, some of them.
    """
    left = np.flatnonzero(np.ones(len(counts.threshold), bool) if among is None else among)
    for measure in measures:
        values = measure[left]
        left = left[values >= values.max() - TIE * np.abs(values).max()]
    return int(left[np.abs(counts.threshold[left] - DEFAULT.threshold).argmin()])


def no_effect(what: str, classes: Sequence[str]) -> str:
    """Return that `what` changes nothing where there is no threshold.

    Examples
    --------
    >>> no_effect("evaluate.threshold=youden", ())
    'evaluate.threshold=youden has no effect on a regression'
    """
    if not classes:
        return f"{what} has no effect on a regression"
    return f"{what} has no effect on {len(classes)} classes: the most probable one is predicted"


def _all_the_same(counts: ThresholdCounts, place: int, classes: Sequence[str]) -> tuple[str, ...]:
    if place not in (0, len(counts.threshold) - 1):
        return ()
    return (
        f"at the chosen threshold every row of the validation part is predicted {classes[int(place > 0)]}",
    )


def _few_of_a_class(target: Array, *, classes: Sequence[str], weight: Array | None) -> tuple[str, ...]:
    rows = np.bincount(target if weight is None else target[weight > 0], minlength=BINARY)
    rarest = int(rows.argmin())
    if rows[rarest] >= FEW:
        return ()
    return (
        f"the validation part has {rows[rarest]} rows of {classes[rarest]}: a threshold chosen by so "
        "few is uncertain",
    )
