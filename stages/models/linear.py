"""The linear model: logistic, multinomial or linear regression as one dense layer."""

from __future__ import annotations

from typing import Any, Literal

import keras

from stages.models.features import Embedding, features
from stages.models.hidden import regularizer
from stages.models.interface import Inputs, Outputs
from stages.models.output import output


def build_linear(  # noqa: PLR0913 - every keyword is a parameter of conf/model/linear.yaml
    inputs: Inputs,
    outputs: Outputs,
    *,
    l1: float = 0.0,
    l2: float = 0.0,
    output_activation: str = "auto",
    embedding_dimension: int | Literal["auto"] = "auto",
    embedding_dropout: float = 0.0,
    embedding_l2: float = 0.0,
) -> Any:
    """Return one dense layer over the numeric columns and the embedded category ids.

    A yardstick for every deeper network: where it does as well, the features and not the model hold
    the accuracy back.

    Examples
    --------
    >>> from stages.examples.encoded import InputSpec, Spec
    >>> from stages.models.interface import make_inputs, make_outputs
    >>> numeric = InputSpec(name="numeric", dtype="float32", shape=(3,))
    >>> spec = Spec(task="binary", classes=("bad", "good"), inputs=(numeric,))
    >>> build_linear(make_inputs(spec), make_outputs(spec)).count_params()  # 3 weights, 1 bias
    4
    """
    embedding = Embedding(dimension=embedding_dimension, dropout=embedding_dropout, l2=embedding_l2)
    predictions = output(
        features(inputs, embedding=embedding),
        outputs,
        activation=output_activation,
        kernel_regularizer=regularizer(l1, l2),
    )
    return keras.Model(dict(inputs.tensors), predictions, name="linear")
