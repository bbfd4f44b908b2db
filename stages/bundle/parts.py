"""The four files that a predictor is made of."""

from __future__ import annotations

from typing import Final

SCHEMA: Final = "schema.json"
"""The columns, how their cells are read, and the class names that `encode` has left."""
PREPROCESSING: Final = "preprocessing.skops"
NETWORK: Final = "model.keras"
DECISION: Final = "decision.json"
PARTS: Final = (SCHEMA, PREPROCESSING, NETWORK, DECISION)
