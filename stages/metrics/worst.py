"""The rows that the network is most wrong about: where to look first, often at wrong labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from stages.examples.encoded import Array
from stages.examples.schema import FEATURE
from stages.metrics.answers import Answers
from stages.metrics.resampled_classification import row_log_loss


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


def row_loss(answers: Answers, *, classes: Sequence[str]) -> Array:
    """Return how wrong each row is, ``(n_samples,)``: its log loss, for a regression the absolute error."""
    if classes:
        return row_log_loss(answers.target, answers.predicted)
    error: Array = np.abs(answers.target - answers.predicted)
    return error
