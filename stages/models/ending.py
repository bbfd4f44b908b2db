"""How a network over pictures, texts or series ends: the table's columns, dense layers and the output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import keras

from stages.models.features import Embedding
from stages.models.hidden import HiddenBlocks, hidden, regularizer
from stages.models.interface import Inputs, Outputs, Tensor
from stages.models.joining import joined
from stages.models.output import output


@dataclass(frozen=True)
class Ending:
    """The end of a network.

    Attributes
    ----------
    dense_units
        Width of each dense layer between the features and the output; none by default.
    dropout
        Share of the features set to zero in training, before each dense layer and the output, in [0, 1).
    l2
        L2 penalty on the dense kernels and the output's.
    activation
        Last activation, as in `stages.models.output.output`.
    embedding
        How the category ids of a table's columns become numbers.
    """

    dense_units: Sequence[int] = ()
    dropout: float = 0.0
    l2: float = 0.0
    activation: str = "auto"
    embedding: Embedding = field(default_factory=Embedding)


def ended(trunk: Tensor, inputs: Inputs, outputs: Outputs, *, ending: Ending) -> Tensor:
    """Return the predictions made of `trunk`, ``(n_samples, n_features)``, and the table's columns."""
    if ending.dropout:
        trunk = keras.layers.Dropout(ending.dropout, name="dropout")(trunk)
    vector = joined(trunk, inputs, embedding=ending.embedding)
    blocks = HiddenBlocks(dropout=ending.dropout, l2=ending.l2)
    vector = hidden(vector, ending.dense_units, blocks=blocks)
    penalty: Any = regularizer(0.0, ending.l2)
    return output(vector, outputs, activation=ending.activation, kernel_regularizer=penalty)
