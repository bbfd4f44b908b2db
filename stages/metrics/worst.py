"""The rows that the network is most wrong about: where to look first, often at wrong labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from stages.examples.encoded import Array
from stages.examples.schema import FEATURE, MEDIA, Column
from stages.metrics.answers import Answers
from stages.metrics.media_slices import properties
from stages.metrics.resampled_classification import row_log_loss

LONGEST_TEXT: Final = 200
"""Characters of a text that are shown."""


def worst_table(
    answers: Answers, features: pd.DataFrame, *, classes: Sequence[str], limit: int
) -> pd.DataFrame:
    """Return at most `limit` rows, the most wrong first; of equally wrong ones the earlier.

    Parameters
    ----------
    features
        The raw feature columns of the same rows, in the same order.
    classes
        Names of the classes; none for a regression.

    Returns
    -------
    pd.DataFrame
        ``example_id``, ``target``, ``prediction``, ``loss`` (the log loss of the row; for a regression the
        absolute error), for a classification ``probability`` of the true class, then the raw features by
        their name in the user's file.
    """
    loss = row_loss(answers, classes=classes)
    rows = np.argsort(-loss, kind="stable")[:limit]
    names = np.asarray(classes, dtype=object)
    told = [answers.target, answers.predicted]
    if len(names):
        told = [names[answers.target], names[answers.classes_decided]]
    columns = {
        "example_id": answers.example_id[rows],
        "target": told[0][rows],
        "prediction": told[1][rows],
        "loss": loss[rows],
    }
    if len(names):
        columns["probability"] = answers.predicted[rows, answers.target[rows]]
    raw = features.iloc[rows].reset_index(drop=True)
    raw.columns = raw.columns.str.removeprefix(FEATURE)
    return pd.concat([pd.DataFrame(columns), raw], axis=1)


def legible(features: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """Return the raw columns as a table shows them: texts cut short, of pictures and series their properties.

    Examples
    --------
    >>> said = Column(name="said", role="text")
    >>> legible(pd.DataFrame({said.key: ["x" * 300]}), [said])[said.key].str.len().tolist()
    [200]
    """
    shown: dict[str, pd.Series] = {}
    for column in columns:
        if column.role == "text":
            shown[column.key] = features[column.key].str.slice(0, LONGEST_TEXT)
        elif column.role in MEDIA:
            shown |= {each.key: features[each.key] for each in properties(column)}
        else:
            shown[column.key] = features[column.key]
    return pd.DataFrame(shown, index=features.index)


def row_loss(answers: Answers, *, classes: Sequence[str]) -> Array:
    """Return how wrong each row is, ``(n_samples,)``: its log loss, for a regression the absolute error."""
    if classes:
        return row_log_loss(answers.target, answers.predicted)
    error: Array = np.abs(answers.target - answers.predicted)
    return error
