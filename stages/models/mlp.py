"""The multi-layer perceptron, with every usual remedy as a keyword."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import keras

from stages.models.features import Embedding, features
from stages.models.hidden import HiddenBlocks, Normalization, hidden, regularizer
from stages.models.interface import Inputs, Outputs
from stages.models.output import output


def build_mlp(  # noqa: PLR0913 - every keyword is a parameter of conf/model/mlp.yaml
    inputs: Inputs,
    outputs: Outputs,
    *,
    units: Sequence[int] = (64, 32),
    activation: str = "relu",
    normalization: Normalization = "none",
    dropout: float = 0.0,
    l1: float = 0.0,
    l2: float = 0.0,
    kernel_initializer: str = "auto",
    residual: bool = False,
    output_activation: str = "auto",
    embedding_dimension: int | Literal["auto"] = "auto",
    embedding_dropout: float = 0.0,
    embedding_l2: float = 0.0,
) -> Any:
    """Return hidden blocks of the widths `units` over the features, then the output layer.

    A block is a dense layer, its normalization, its activation and its dropout, in that order. `l1`
    and `l2` weigh on the kernels of the hidden and of the output layer. No `units`: the linear model.

    Examples
    --------
    >>> from stages.examples.encoded import InputSpec, Spec
    >>> from stages.models.interface import make_inputs, make_outputs
    >>> numeric = InputSpec(name="numeric", dtype="float32", shape=(3,))
    >>> spec = Spec(task="multiclass", classes=("a", "b", "c"), inputs=(numeric,))
    >>> build_mlp(make_inputs(spec), make_outputs(spec), units=[5]).count_params()  # 4 * 5 + 6 * 3
    38
    """
    blocks = HiddenBlocks(
        activation=activation,
        normalization=normalization,
        dropout=dropout,
        l1=l1,
        l2=l2,
        kernel_initializer=kernel_initializer,
        residual=residual,
    )
    embedding = Embedding(dimension=embedding_dimension, dropout=embedding_dropout, l2=embedding_l2)
    predictions = output(
        hidden(features(inputs, embedding=embedding), units, blocks=blocks),
        outputs,
        activation=output_activation,
        kernel_regularizer=regularizer(l1, l2),
    )
    return keras.Model(dict(inputs.tensors), predictions, name="mlp")
