"""What simple models answered for the same rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from stages.examples.encoded import Array
from stages.examples.schema import EXAMPLE_ID
from stages.metrics.answers import PROBABILITY, Answers

BASELINE, VALUE = "baseline", "value"
"""Columns of the table of the baselines' answers: the name, and the answer to a regression."""


def baseline_answers(
    table: pd.DataFrame, network: Answers, *, part: str, classes: Sequence[str]
) -> dict[str, Answers]:
    """Return the answers of each baseline for the rows of `network`, in its order, by name.

    Parameters
    ----------
    table
        ``example_id``, ``part``, ``baseline`` and the answer: ``probability.<class>``, or ``value``.
    network
        The network's answers for `part`, whose target, weights and groups count.
    classes
        Names of the classes in their order; none for a regression.

    Raises
    ------
    ValueError
        Where a baseline has not answered for some of the rows.
    """
    rows = table[table["part"] == part]
    columns = [PROBABILITY + name for name in classes] or [VALUE]
    answers = {}
    for name in table[BASELINE].unique():
        own = rows[rows[BASELINE] == name]
        place = pd.Index(own[EXAMPLE_ID]).get_indexer(pd.Index(network.example_id))
        if (place < 0).any():
            raise ValueError(
                f"baseline {name} answered for {int((place >= 0).sum())} of the {len(network)} rows of the "
                f"{part} part, expected all: it is of another split. Run `dvc repro`."
            )
        told = own[columns].to_numpy(np.float64)[place]
        predicted = _shares(told) if classes else told[:, 0]
        answers[str(name)] = replace(network, predicted=predicted, decided=None)
    return answers


def answers_by_baseline(
    table: pd.DataFrame, parts: Mapping[str, Answers], *, classes: Sequence[str]
) -> dict[str, dict[str, Answers]]:
    """Return the answers of each baseline for the rows of each of `parts`, by name and part."""
    by_part = {
        part: baseline_answers(table, network, part=part, classes=classes) for part, network in parts.items()
    }
    names = [str(name) for name in table[BASELINE].unique()]
    return {name: {part: answers[name] for part, answers in by_part.items()} for name in names}


def _shares(told: Array) -> Array:
    """Return rows summing to 1: `encode` may have dropped rare classes that a baseline still knows."""
    sums = told.sum(axis=1, keepdims=True)
    return np.where(sums > 0, told / np.where(sums > 0, sums, 1), 1 / told.shape[1])
