"""The confusion matrix, in the long form that plots read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix

from stages.examples.encoded import Array


def confusion_table(
    target: Array, predicted: Array, *, classes: Sequence[str], weight: Array | None = None
) -> pd.DataFrame:
    """Return how often each class was taken for each, one row a pair.

    Returns
    -------
    pd.DataFrame
        ``actual`` and ``predicted`` class names, ``rows`` (their number, or the sum of their weights)
        and ``share`` of the actual class (missing where it has no examples); classes in their order.

    Examples
    --------
    >>> confusion_table(np.array([0, 0, 1]), np.array([0, 1, 1]), classes=["no", "yes"]).values.tolist()
    [['no', 'no', 1, 0.5], ['no', 'yes', 1, 0.5], ['yes', 'no', 0, 0.0], ['yes', 'yes', 1, 1.0]]
    """
    counts = confusion_matrix(target, predicted, labels=list(range(len(classes))), sample_weight=weight)
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.full(counts.shape, np.nan), where=totals > 0)
    return pd.DataFrame(
        {
            "actual": np.repeat(list(classes), len(classes)),
            "predicted": np.tile(list(classes), len(classes)),
            "rows": counts.ravel(),
            "share": shares.ravel(),
        }
    )
