"""What stands between a network's answers and a prediction, as `evaluate` chose it."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from stages.examples.schema import Task
from stages.metrics.decision import Decision


class DecisionRule(BaseModel):
    """The content of ``decision.json``; what else it holds (names of the rules) is for people."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    task: Task
    classes: tuple[str, ...] = ()
    output_kind: Literal["probabilities", "logits", "value"]
    threshold: float = 0.5
    costs: tuple[tuple[float, ...], ...] | None = None
    """``costs[true][predicted]``, where a cost matrix decides."""
    temperature: float = 1.0

    @property
    def decision(self) -> Decision:
        """How probabilities become a class."""
        costs = None if self.costs is None else np.asarray(self.costs, dtype=np.float64)
        return Decision(threshold=self.threshold, costs=costs)
