"""Predicted values beside the true ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stages.examples.encoded import Array
from stages.metrics.thinning import thin


def residual_table(target: Array, predicted: Array, *, limit: int) -> pd.DataFrame:
    """Return at most `limit` examples by rising target: evenly spread over its ranks, the ends kept.

    Returns
    -------
    pd.DataFrame
        ``target``, ``prediction`` and ``residual``, target minus prediction.

    Examples
    --------
    >>> residual_table(np.array([3.0, 1.0]), np.array([2.0, 1.5]), limit=10).values.tolist()
    [[1.0, 1.5, -0.5], [3.0, 2.0, 1.0]]
    """
    order = np.argsort(target, kind="stable")[thin(len(target), limit=limit)]
    return pd.DataFrame(
        {
            "target": target[order],
            "prediction": predicted[order],
            "residual": target[order] - predicted[order],
        }
    )
