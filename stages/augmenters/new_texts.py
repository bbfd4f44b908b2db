"""What augmenters of texts share: which rows get new texts, and how these become encoded examples."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from stages.augmenters.filling import rows_to_copy
from stages.examples.encoded import Array, Encoded
from stages.examples.schema import Schema

LOGGER = logging.getLogger(__name__)


def text_keys(preprocessing: Any, name: str) -> list[str]:
    """Return the columns of text in the table of examples.

    Raises
    ------
    ValueError
        If there is none.
    """
    keys = Schema.model_validate(preprocessing.schema).keys("text")
    if not keys:
        raise ValueError(
            f"augment={name} makes new texts, and the data has no column of text. Say which column is one "
            "with dataset.columns.text=[...], or take an augmentation made for this data, or augment=none."
        )
    return keys


def source_rows(train: Encoded, *, ratio: float, copies: int, seed: int) -> Array:
    """Return the row of `train` that each new text is made of; rows that were themselves made give none.

    See `stages.augmenters.filling.rows_to_copy`.

    Raises
    ------
    ValueError
        Where there are no class ids to count, and `ratio` is not 0.

    Examples
    --------
    >>> train = Encoded({}, np.array([0, 0, 0, 0, 1]), np.array([5, 6, 7, -1, 8]))
    >>> source_rows(train, ratio=1.0, copies=0, seed=0).tolist()
    [4, 4]
    """
    real = np.flatnonzero(train.position >= 0)
    labels = Encoded({}, train.target[real], train.position[real])
    return np.asarray(real[rows_to_copy(labels, ratio=ratio, copies=copies, seed=seed)])


def occurrence(positions: Array) -> Array:
    """Return how often each value came before.

    Examples
    --------
    >>> occurrence(np.array([7, 3, 7, 7])).tolist()
    [0, 0, 1, 2]
    """
    return pd.Series(positions).groupby(positions).cumcount().to_numpy(np.int64)


def cells_of(rows: pd.DataFrame, key: str, sources: Array) -> list[str]:
    """Return the text of each of `sources` in the column `key`; empty where it is missing."""
    return [str(cell) for cell in rows[key].fillna("").iloc[sources]]


def encode_texts(
    train: Encoded,
    sources: Array,
    *,
    rows: pd.DataFrame,
    texts: Mapping[str, list[str]],
    preprocessing: Any,
) -> Encoded:
    """Return new examples: the `sources` with other `texts`, by column; unchanged ones are left out."""
    frame = rows.iloc[sources].reset_index(drop=True)
    changed = np.zeros(len(frame), dtype=bool)
    for key, values in texts.items():
        before = cells_of(rows, key, sources)
        changed |= np.fromiter((old != new for old, new in zip(before, values, strict=True)), dtype=bool)
        frame[key] = pd.Series(values, index=frame.index, dtype=frame[key].dtype)
    if not changed.all():
        LOGGER.info("%d of %d new texts are the old ones and left out", int((~changed).sum()), len(changed))
    kept = sources[changed]
    return Encoded(
        inputs=preprocessing.transform(frame[changed].reset_index(drop=True)),
        target=train.target[kept],
        position=np.full(len(kept), -1, np.int64),
        weight=None if train.weight is None else train.weight[kept],
    )
