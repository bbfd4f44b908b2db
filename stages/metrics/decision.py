"""From class probabilities to the class that is predicted."""

from __future__ import annotations

import numpy as np

from stages.examples.encoded import Array

BINARY = 2


def decide(probabilities: Array, *, threshold: float = 0.5) -> Array:
    """Return the predicted class ids, ``(n_samples,)`` int64.

    Parameters
    ----------
    probabilities
        Shape ``(n_samples, n_classes)``.
    threshold
        Two classes: the second, positive one is predicted where its probability is at least this. With
        more classes it has no effect: the most probable one is predicted, of equal ones the first.

    Examples
    --------
    >>> decide(np.array([[0.7, 0.3], [0.6, 0.4]]), threshold=0.4).tolist()
    [0, 1]
    >>> decide(np.array([[0.2, 0.5, 0.3], [0.4, 0.2, 0.4]])).tolist()
    [1, 0]
    """
    if probabilities.shape[1] == BINARY:
        return np.asarray(probabilities[:, 1] >= threshold, dtype=np.int64)
    return np.asarray(probabilities.argmax(axis=1), dtype=np.int64)
