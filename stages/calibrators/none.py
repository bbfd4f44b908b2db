"""Probabilities as the network gives them."""

from __future__ import annotations

from dataclasses import dataclass

from stages.calibrators.calibration import Calibration
from stages.examples.encoded import Array


@dataclass(frozen=True)
class NoCalibration:
    """Leaves probabilities as they are.

    Examples
    --------
    >>> import numpy as np
    >>> NoCalibration()(np.array([0, 1]), np.array([[0.8, 0.2], [0.1, 0.9]]))
    Calibration(temperature=1.0, notes=())
    """

    def __call__(self, target: Array, probabilities: Array, *, weight: Array | None = None) -> Calibration:
        """Return temperature 1."""
        return Calibration()
