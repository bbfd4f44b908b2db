"""Recurrent layers: LSTM or GRU, stacked, in both directions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import keras

from stages.models.ending import Ending, ended
from stages.models.features import Embedding
from stages.models.interface import Inputs, Outputs, Tensor
from stages.models.pooling import Pooling, pooled
from stages.models.steps import Steps, Tokens, masked, steps

Cell = Literal["LSTM", "GRU"]


@dataclass(frozen=True)
class Recurrence:
    """What all recurrent layers of a network have in common.

    Attributes
    ----------
    bidirectional
        Whether a second layer of as many units reads the steps from the end.
    input_dropout, recurrent_dropout
        Share of the inputs and of the previous state set to zero in training, the same at every step
        (Gal and Ghahramani 2016), in [0, 1).
    """

    cell: Cell = "LSTM"
    bidirectional: bool = True
    input_dropout: float = 0.0
    recurrent_dropout: float = 0.0

    def states(self, steps: Steps, units: int, *, name: str) -> Tensor:
        """Return the state after each step, ``(n_samples, n_steps, units)``; both directions side by side."""
        return self._layer(units, name=name, return_sequences=True)(steps.tensor, mask=steps.mask)

    def last(self, steps: Steps, units: int, *, name: str) -> Tensor:
        """Return the state after the last step that is there, ``(n_samples, units)``."""
        return self._layer(units, name=name, return_sequences=False)(steps.tensor, mask=steps.mask)

    def _layer(self, units: int, *, name: str, return_sequences: bool) -> Any:
        kind = keras.layers.LSTM if self.cell == "LSTM" else keras.layers.GRU
        layer = kind(
            units,
            dropout=self.input_dropout,
            recurrent_dropout=self.recurrent_dropout,
            return_sequences=return_sequences,
            name=name,
        )
        return keras.layers.Bidirectional(layer, name=name) if self.bidirectional else layer


def build_rnn(  # noqa: PLR0913 - every keyword is a parameter of conf/model/rnn.yaml
    inputs: Inputs,
    outputs: Outputs,
    *,
    cell: Cell = "LSTM",
    units: Sequence[int] = (64,),
    bidirectional: bool = True,
    pooling: Pooling | Literal["last"] = "last",
    input_dropout: float = 0.0,
    recurrent_dropout: float = 0.0,
    dense_units: Sequence[int] = (),
    dropout: float = 0.2,
    l2: float = 0.0,
    vector_dimension: int | Literal["auto"] = "auto",
    vector_l2: float = 0.0,
    spatial_dropout: float = 0.0,
    train_vectors: bool = True,
    output_activation: str = "auto",
    embedding_dimension: int | Literal["auto"] = "auto",
    embedding_dropout: float = 0.0,
    embedding_l2: float = 0.0,
) -> Any:
    """Return what recurrent layers of the widths `units` make of the steps, then dense layers and output.

    `pooling` ``last`` takes the state after the last step (of both directions); the others pool the
    states after all steps. Hochreiter and Schmidhuber (1997), Long short-term memory; Cho et al. (2014),
    Learning phrase representations using RNN encoder-decoder.

    Examples
    --------
    >>> from stages.examples.encoded import InputSpec, Spec
    >>> from stages.models.interface import make_inputs, make_outputs
    >>> series = InputSpec(name="sequence", dtype="float32", shape=(20, 2))
    >>> length = InputSpec(name="sequence_length", dtype="int32", shape=(1,))
    >>> spec = Spec(task="multiclass", classes=("a", "b", "c"), inputs=(series, length))
    >>> build_rnn(make_inputs(spec), make_outputs(spec), cell="GRU", units=[4, 3]).output_shape
    (None, 3)
    """
    tokens = Tokens(
        vector_dimension, l2=vector_l2, spatial_dropout=spatial_dropout, train_vectors=train_vectors
    )
    recurrence = Recurrence(cell, bidirectional, input_dropout, recurrent_dropout)
    found = steps(inputs, tokens=tokens)
    inner = units if pooling != "last" else units[:-1]
    for number, width in enumerate(inner, start=1):
        found = masked(recurrence.states(found, width, name=f"recurrent_{number}"), found.mask)
    if pooling == "last":
        trunk = recurrence.last(found, units[-1], name=f"recurrent_{len(units)}")
    else:
        trunk = pooled(found, pooling)
    embedding = Embedding(dimension=embedding_dimension, dropout=embedding_dropout, l2=embedding_l2)
    ending = Ending(dense_units, dropout=dropout, l2=l2, activation=output_activation, embedding=embedding)
    predictions = ended(trunk, inputs, outputs, ending=ending)
    return keras.Model(dict(inputs.tensors), predictions, name="rnn")
