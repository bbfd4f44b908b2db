"""What a calibrator returns."""

from __future__ import annotations

from typing import NamedTuple


class Calibration(NamedTuple):
    """How to calibrate.

    Attributes
    ----------
    temperature
        What `calibrate` takes; 1 changes nothing, above 1 makes probabilities less sure of themselves.
    notes
        One sentence for whatever deviates.
    """

    temperature: float = 1.0
    notes: tuple[str, ...] = ()
