"""What a built network really ends in."""

from __future__ import annotations

import keras
import model_cases as cases
import numpy as np
import pytest
from keras import layers, ops

from stages.models.checks import check_model
from stages.models.interface import Inputs, Outputs, make_inputs, make_outputs
from stages.models.structure import (
    activation_of,
    observed_activation,
    outputs_of,
    random_rows,
    written_activation,
)


class Last(layers.Layer):
    """A last layer that does not tell its activation."""

    def __init__(self, function):
        super().__init__()
        self.dense, self.function = layers.Dense(3, kernel_initializer="random_normal"), function

    def call(self, inputs):
        return self.function(self.dense(inputs))


def ending(*last) -> tuple[keras.Model, Inputs]:
    inputs = make_inputs(cases.make_spec("multiclass"))
    tensor = inputs.tensors["numeric"]
    for layer in last:
        tensor = layer(tensor)
    return keras.Model(dict(inputs.tensors), tensor), inputs


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ([layers.Dense(3)], "linear"),
        ([layers.Dense(3, "softmax")], "softmax"),
        ([layers.Dense(3, keras.activations.sigmoid)], "sigmoid"),
        ([layers.Dense(3), layers.Activation("softmax")], "softmax"),
        ([layers.Dense(3), layers.Softmax()], "softmax"),
        ([layers.Dense(3), ops.sigmoid], "sigmoid"),
        ([layers.Dense(3, "softmax"), layers.Dropout(0.1), layers.Activation("linear")], "softmax"),
        ([layers.Dense(3, "relu")], "relu"),
        ([keras.Sequential([layers.Dense(4), layers.Dense(3, "softmax")])], "softmax"),
    ],
)
def test_written_activation(last: list, expected: str) -> None:
    model, _ = ending(*last)
    assert written_activation(model.outputs[0]) == expected
    assert activation_of(model) == expected


@pytest.mark.parametrize(
    ("function", "expected"), [(ops.softmax, "softmax"), (ops.sigmoid, "sigmoid"), (lambda x: x, "linear")]
)
def test_activation_seen_from_outside(function, expected: str) -> None:
    model, _ = ending(Last(function))
    assert written_activation(model.outputs[0]) is None
    assert activation_of(model) == expected


def test_zeros_are_logits_and_halves_are_not() -> None:
    assert observed_activation(np.zeros((4, 1))) == "linear"
    assert observed_activation(np.full((4, 1), 0.5)) == "sigmoid"
    assert observed_activation(np.array([[0.9, 0.9]])) == "sigmoid"


def test_random_rows_fit_the_inputs() -> None:
    inputs = make_inputs(cases.make_spec("binary", "both"))
    model = keras.Model(dict(inputs.tensors), layers.Dense(1)(inputs.tensors["numeric"]))
    rows = random_rows(model)
    assert {name: (array.shape[1:], array.dtype.name) for name, array in rows.items()} == {
        "numeric": ((3,), "float32"),
        "categories": ((2,), "int32"),
    }
    assert set(np.unique(rows["categories"])) == {0, 1}
    np.testing.assert_array_equal(rows["numeric"], random_rows(model)["numeric"])


def test_outputs_are_those_of_the_network() -> None:
    model, _ = ending(layers.Dense(2))
    assert outputs_of(model, Outputs("binary", 1, "sigmoid", 2)) == Outputs("binary", 2, "linear", 2)


def check(task: str, *last) -> list[str]:
    model, inputs = ending(*last)
    return check_model(model, inputs, make_outputs(cases.make_spec(task)))


@pytest.mark.parametrize(
    ("task", "layer", "message"),
    [
        (
            "multiclass",
            layers.Dense(1),
            r"shape \(None, 1\), expected \(rows, 3\) for a multiclass task with 3 cl",
        ),
        ("binary", layers.Dense(3), r"expected \(rows, 1 or 2\) for a binary task"),
        ("regression", layers.Dense(2), r"expected \(rows, 1\) for a regression task: let"),
        ("binary", layers.Dense(1, "softmax"), "softmax over 1 unit, which is always 1"),
        (
            "binary",
            layers.Dense(1, "relu"),
            "ends in relu, which gives no class probabilities: end it in sigmoid",
        ),
        ("regression", layers.Dense(1, trainable=False), "no weight to train"),
    ],
)
def test_a_network_that_cannot_answer_the_task_is_refused(task, layer, message) -> None:
    with pytest.raises(ValueError, match=message):
        check(task, layer)


@pytest.mark.parametrize(
    ("task", "last", "note"),
    [
        ("regression", [layers.Dense(1, "sigmoid")], "every prediction lies between 0 and 1"),
        ("multiclass", [layers.Dense(3, "sigmoid")], "each class for itself"),
        (
            "binary",
            [layers.Dense(4, "selu"), layers.BatchNormalization(), layers.Dense(1)],
            "selu normalises itself",
        ),
        ("binary", [layers.Dense(4, "selu"), layers.Dropout(0.1), layers.Dense(1)], "alpha dropout"),
    ],
)
def test_odd_networks_are_noted(task, last, note) -> None:
    (received,) = check(task, *last)
    assert note in received


def test_a_good_network_has_no_notes() -> None:
    assert check("multiclass", layers.Dense(3, "softmax")) == []


def test_a_network_of_other_inputs_is_refused() -> None:
    model, _ = ending(layers.Dense(3))
    inputs = make_inputs(cases.make_spec("multiclass", "both"))
    with pytest.raises(ValueError, match="reads the inputs numeric, the data has numeric, categories"):
        check_model(model, inputs, make_outputs(inputs.spec))
