"""What the predictions look like: the figures of the task."""

from __future__ import annotations

from collections.abc import Mapping

from stages.reporting.blocks import Section, pictured
from stages.reporting.contents import Contents

CAPTIONS = {
    "confusion": "Rows are true classes, columns predicted ones; shaded by the share of the true class.",
    "roc": "How many positives are found at what price in false alarms. The diagonal is chance.",
    "precision_recall": "How many of those predicted positive are, as more of them are found.",
    "calibration": "Above the dashed line the network is too careful, below it too sure.",
    "prediction_against_truth": "On the dashed line the prediction is exact.",
    "residuals": "Above the line the prediction is too low. A pattern here is something left to learn.",
}
"""How to read each figure, in the order in which they are shown."""


def predictions(contents: Contents, figures: Mapping[str, str]) -> Section | None:
    """Return the figures of the test part that there are."""
    drawn = pictured(figures, CAPTIONS)
    return Section("predictions", "Predictions", drawn) if drawn else None
