"""The precision-recall curve: how many of those taken for positive are, as more of them are found."""

from __future__ import annotations

import pandas as pd
from sklearn.metrics import precision_recall_curve

from stages.examples.encoded import Array


def precision_recall_table(positive: Array, score: Array, weight: Array | None = None) -> pd.DataFrame:
    """Return the points of the precision-recall curve, by rising recall.

    Returns
    -------
    pd.DataFrame
        ``recall``, ``precision`` and ``threshold``, from which on an example is taken for positive;
        missing for the first point, where none is and the precision is 1 by convention.

    Examples
    --------
    >>> import numpy as np
    >>> positive, score = np.array([False, False, True, True]), np.array([0.1, 0.4, 0.35, 0.8])
    >>> precision_recall_table(positive, score)["recall"].tolist()
    [0.0, 0.5, 0.5, 1.0, 1.0]
    """
    precision, recall, thresholds = precision_recall_curve(
        positive, score, sample_weight=weight, drop_intermediate=True
    )
    table = pd.DataFrame({"recall": recall, "precision": precision})
    table["threshold"] = pd.Series(thresholds)
    return table.iloc[::-1].reset_index(drop=True)
