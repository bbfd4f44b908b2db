"""Some rows of train, drawn: a baseline of pictures or texts is to be quick rather than the best."""

from __future__ import annotations

from typing import Final

import numpy as np

from stages.examples.encoded import Array
from stages.examples.schema import MEDIA, Schema

MOST_ROWS: Final = {"image": 10_000, "text": 50_000, "sequence": 50_000}
"""Rows of train that a baseline is fitted on, at most, by the role of a column; a table has no limit."""


def most_rows(schema: Schema) -> int | None:
    """Return how many rows a baseline is fitted on at most; None for any number.

    Examples
    --------
    >>> from stages.examples.schema import Column
    >>> columns = (Column(name="photo", role="image"), Column(name="caption", role="text"))
    >>> most_rows(Schema(dataset="d", task="regression", target="y", features=columns))
    10000
    """
    return min((MOST_ROWS[c.role] for c in schema.features if c.role in MEDIA), default=None)


def drawn_rows(target: Array, most: int, *, classes: bool, seed: int) -> Array:
    """Return `most` rows, drawn, in their order; each class has about the share it has in all.

    Parameters
    ----------
    target
        Class ids, or values of a regression, ``(n_samples,)``.

    Examples
    --------
    >>> rows = drawn_rows(np.array([0] * 90 + [1] * 10), 20, classes=True, seed=0)
    >>> len(rows), int((rows >= 90).sum())
    (20, 2)
    """
    order = np.random.default_rng([seed, *b"rows"]).permutation(len(target))
    if not classes:
        return np.sort(order[:most])
    place = np.empty(len(target))
    for label in np.unique(target):
        rows = order[target[order] == label]
        place[rows] = (np.arange(len(rows)) + 0.5) / len(rows)
    return np.sort(np.argsort(place, kind="stable")[:most])
