"""Probabilities made as often right as they say, learnt on the validation part.

A calibrator is called with ``(target, probabilities, *, weight=None)`` and returns a `Calibration`.
"""
