"""Scalers: scikit-learn's, with plain numbers for keywords and one trap removed.

`standard`, `quantile` and `power` are scikit-learn's own classes, named in their YAML files.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn import preprocessing

from stages.examples.encoded import Array


class RobustScaler(preprocessing.RobustScaler):
    """``sklearn.preprocessing.RobustScaler`` that also scales columns without spread between its quantiles.

    A column that is mostly one value (zero capital gain, say) has an interquartile range of 0 and would
    stay unscaled, its few large values beside inputs of order one. It is divided by its standard deviation.

    Examples
    --------
    >>> rows = np.array([[0.0]] * 9 + [[1000.0]])
    >>> float(RobustScaler().fit_transform(rows).max())
    3.333...
    """

    def fit(self, values: Array, y: Any = None) -> Self:
        """Learn the median and the range of each column of `values`, ``(n_samples, n_features)``."""
        super().fit(values, y)
        if self.with_scaling:
            spread = np.subtract(*np.nanpercentile(values, self.quantile_range[::-1], axis=0))
            deviation = np.nanstd(values, axis=0)
            flat = (spread == 0) & (deviation > 0)
            self.scale_: Array = np.where(flat, deviation, self.scale_)
        return self


def robust_scaler(
    *,
    lower_percentile: float = 25.0,
    upper_percentile: float = 75.0,
    with_centering: bool = True,
    with_scaling: bool = True,
    unit_variance: bool = False,
) -> RobustScaler:
    """Return a scaler by the median and the range between two percentiles (0-100).

    Examples
    --------
    >>> robust_scaler().fit_transform(np.array([[1.0], [2.0], [3.0], [4.0], [5.0]])).ravel().tolist()
    [-1.0, -0.5, 0.0, 0.5, 1.0]
    """
    return RobustScaler(
        quantile_range=(lower_percentile, upper_percentile),
        with_centering=with_centering,
        with_scaling=with_scaling,
        unit_variance=unit_variance,
    )


def min_max_scaler(
    *, minimum: float = 0.0, maximum: float = 1.0, clip: bool = False
) -> preprocessing.MinMaxScaler:
    """Return a scaler of each column's range in train to `minimum`..`maximum`.

    Parameters
    ----------
    clip
        Whether values of other rows outside the range of train are cut off at its ends.

    Examples
    --------
    >>> min_max_scaler(minimum=-1.0).fit_transform(np.array([[0.0], [5.0], [10.0]])).ravel().tolist()
    [-1.0, 0.0, 1.0]
    """
    return preprocessing.MinMaxScaler(feature_range=(minimum, maximum), clip=clip)
