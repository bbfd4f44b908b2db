"""From class probabilities to the class that is predicted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stages.examples.encoded import Array

BINARY = 2


@dataclass(frozen=True)
class Decision:
    """How probabilities become a class.

    Attributes
    ----------
    threshold
        Two classes: the second, positive one is predicted where its probability is at least this.
        Above 1 it never is. With more classes it has no effect.
    costs
        ``costs[true, predicted]`` of each answer, ``(n_classes, n_classes)`` float64, or None. With more
        than two classes the one of least expected cost is predicted; for two, `threshold` was chosen by
        them and decides alone.
    """

    threshold: float = 0.5
    costs: Array | None = None


DEFAULT = Decision()


def decide(probabilities: Array, decision: Decision = DEFAULT) -> Array:
    """Return the predicted class ids, ``(n_samples,)`` int64.

    With more than two classes and no costs it is the most probable one; of equal ones always the first.
    The least expected cost is that of Elkan, "The foundations of cost-sensitive learning", 2001,
    equation 1.

    Parameters
    ----------
    probabilities
        Shape ``(n_samples, n_classes)``.

    Examples
    --------
    >>> decide(np.array([[0.7, 0.3], [0.6, 0.4]]), Decision(threshold=0.4)).tolist()
    [0, 1]
    >>> three = np.array([[0.2, 0.5, 0.3], [0.4, 0.2, 0.4]])
    >>> decide(three).tolist()
    [1, 0]
    >>> to_miss_the_last_is_dear = np.array([[0, 1, 1], [1, 0, 1], [5, 5, 0]])
    >>> decide(three, Decision(costs=to_miss_the_last_is_dear)).tolist()
    [2, 2]
    """
    if probabilities.shape[1] == BINARY:
        return np.asarray(probabilities[:, 1] >= decision.threshold, dtype=np.int64)
    if decision.costs is None:
        return np.asarray(probabilities.argmax(axis=1), dtype=np.int64)
    return np.asarray((probabilities @ decision.costs).argmin(axis=1), dtype=np.int64)
