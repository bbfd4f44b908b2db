"""A threshold that the user states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stages.examples.encoded import Array
from stages.metrics.decision import BINARY, DEFAULT, Decision
from stages.thresholds.choosing import Chosen, no_effect


@dataclass(frozen=True)
class Fixed:
    """The same threshold whatever the validation part says.

    Parameters
    ----------
    value
        Two classes: predicted positive where its probability is at least this, [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> Fixed(value=0.3)(np.array([0, 1]), np.array([[0.8, 0.2], [0.1, 0.9]]), classes=("no", "yes"))
    Chosen(decision=Decision(threshold=0.3, costs=None), notes=())
    """

    value: float = 0.5

    def __call__(
        self, target: Array, probabilities: Array, *, classes: Sequence[str], weight: Array | None = None
    ) -> Chosen:
        """Return the threshold; with any other number of classes than two it has no effect."""
        if len(classes) == BINARY:
            return Chosen(Decision(self.value))
        if self.value == DEFAULT.threshold:
            return Chosen(DEFAULT)
        return Chosen(DEFAULT, (no_effect(f"evaluate.threshold.value={self.value:g}", classes),))
