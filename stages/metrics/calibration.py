"""Whether predicted probabilities are as often right as they say."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stages.examples.encoded import Array
from stages.metrics.decision import BINARY


def expected_calibration_error(
    target: Array, probabilities: Array, *, bins: int = 15, weight: Array | None = None
) -> float:
    """Return the expected calibration error (ECE) of the most probable class, in [0, 1]; 0 is best.

    The examples are binned by confidence, the probability of their most probable class, into `bins`
    intervals ``((m - 1) / bins, m / bins]`` of equal width; ECE is the mean of |accuracy - confidence|
    over the bins, each weighed by its examples (Guo et al., "On calibration of modern neural networks",
    2017, equation 3; 15 bins there). The decision threshold plays no part.

    Parameters
    ----------
    target
        Class ids, ``(n_samples,)``.
    probabilities
        Shape ``(n_samples, n_classes)``.
    weight
        How much each example counts, ``(n_samples,)``.

    Examples
    --------
    >>> sure = np.array([[0.1, 0.9], [0.1, 0.9]])
    >>> round(expected_calibration_error(np.array([1, 0]), sure), 6)  # half right, 0.9 sure
    0.4
    """
    right = probabilities.argmax(axis=1) == target
    table = reliability(right, probabilities.max(axis=1), bins=bins, weight=weight)
    gaps = (table["observed"] - table["predicted"]).abs()
    return float((gaps * table["rows"]).sum() / table["rows"].sum())


def reliability(
    happened: Array, predicted: Array, *, bins: int = 15, weight: Array | None = None
) -> pd.DataFrame:
    """Return one row for each bin of `predicted` that is not empty.

    Parameters
    ----------
    happened
        Whether what was predicted came true, ``(n_samples,)`` bool.
    predicted
        Its probability, ``(n_samples,)``.

    Returns
    -------
    pd.DataFrame
        ``predicted`` (mean probability), ``observed`` (share that came true) and ``rows`` (examples, or
        the sum of their weights).

    Examples
    --------
    >>> reliability(np.array([True, False, True]), np.array([0.1, 0.2, 0.9]), bins=2).values.tolist()
    [[0.15000000000000002, 0.5, 2.0], [0.9, 1.0, 1.0]]
    """
    number = bin_of(predicted, bins)
    count = np.ones(len(predicted)) if weight is None else weight.astype(np.float64)
    rows, chance, came_true = (
        np.bincount(number, weights=count * each, minlength=bins) for each in (1.0, predicted, happened)
    )
    filled = rows > 0
    return pd.DataFrame(
        {
            "predicted": chance[filled] / rows[filled],
            "observed": came_true[filled] / rows[filled],
            "rows": rows[filled],
        }
    )


def bin_of(probability: Array, bins: int) -> Array:
    """Return which of the `bins` ``((m - 1) / bins, m / bins]`` each probability lies in, from 0.

    Examples
    --------
    >>> bin_of(np.array([0.0, 0.5, 0.51]), 2).tolist()
    [0, 0, 1]
    """
    return np.searchsorted(np.arange(1, bins) / bins, probability, side="left")


def calibration_table(
    target: Array, probabilities: Array, *, bins: int = 15, weight: Array | None = None
) -> pd.DataFrame:
    """Return the points of the reliability diagram, as `reliability` describes them.

    Two classes: the probability of the positive one against how often it occurred. More: the confidence
    in the most probable class against how often it was right.
    """
    if probabilities.shape[1] == BINARY:
        return reliability(target == 1, probabilities[:, 1], bins=bins, weight=weight)
    right = probabilities.argmax(axis=1) == target
    return reliability(right, probabilities.max(axis=1), bins=bins, weight=weight)
