"""The ROC curve: what share of the positives is found, at what share of false alarms."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.metrics import roc_curve

from stages.examples.encoded import Array


def roc_table(positive: Array, score: Array, weight: Array | None = None) -> pd.DataFrame:
    """Return the corners of the ROC curve from (0, 0) to (1, 1).

    Returns
    -------
    pd.DataFrame
        ``false_positive_rate``, ``true_positive_rate`` and ``threshold``, from which on an example is
        taken for positive; missing for the first point, where none is.

    Examples
    --------
    >>> positive, score = np.array([False, False, True, True]), np.array([0.1, 0.4, 0.35, 0.8])
    >>> roc_table(positive, score)["true_positive_rate"].tolist()
    [0.0, 0.5, 0.5, 1.0, 1.0]
    """
    false_positive_rate, true_positive_rate, thresholds = roc_curve(positive, score, sample_weight=weight)
    return pd.DataFrame(
        {
            "false_positive_rate": false_positive_rate,
            "true_positive_rate": true_positive_rate,
            "threshold": np.where(np.isinf(thresholds), np.nan, thresholds),
        }
    )
