"""A trained network together with what encodes rows for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from stages.examples.encoded import Array
from stages.examples.schema import Task

if TYPE_CHECKING:  # whose module loads Keras
    from stages.models.interface import Kind


@dataclass(frozen=True)
class Network:
    """Answers encoded or raw rows in the terms of the task.

    Attributes
    ----------
    model
        The Keras model.
    preprocessing
        The fitted `stages.transformers.preprocessing.Preprocessing`.
    task
        What was learnt.
    num_classes
        How many classes there are; 0 for a regression.
    kind
        What the numbers are that leave the model.
    batch_size
        Examples predicted at once.
    """

    model: Any
    preprocessing: Any
    task: Task
    num_classes: int
    kind: Kind
    batch_size: int

    def answer(self, inputs: Mapping[str, Array]) -> Array:
        """Return what the network predicts for encoded `inputs`.

        Returns
        -------
        Array
            Class probabilities ``(n_samples, num_classes)``, or values in the target's own unit
            ``(n_samples,)`` float64.
        """
        from stages.models.prediction import predict  # TensorFlow: only where a network is asked

        predicted = predict(
            self.model,
            inputs,
            task=self.task,
            num_classes=self.num_classes,
            kind=self.kind,
            batch_size=self.batch_size,
        )
        if self.task != "regression":
            return predicted
        return np.asarray(self.preprocessing.inverse_target(predicted), dtype=np.float64)

    def answer_rows(self, rows: pd.DataFrame) -> Array:
        """Return what the network predicts for `rows` of the table of examples, as `answer` does."""
        return self.answer(self.preprocessing.transform(rows))
