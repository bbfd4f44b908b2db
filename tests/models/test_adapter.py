"""Models of one's own: every usual form is taken, every misfit is explained."""

from __future__ import annotations

import re

import model_cases as cases
import numpy as np
import pytest

from stages.models.adapter import COMPILED, build_own
from stages.models.checks import check_model
from stages.models.interface import make_inputs, make_outputs
from stages.models.structure import outputs_of

FORMS = """
import keras
from keras import layers


def nothing():
    return keras.Sequential([layers.Dense(4, activation="relu"), layers.Dense(1, activation="sigmoid")])


def with_input(num_features, hidden=4):
    return keras.Sequential(
        [keras.Input((num_features,)), layers.Dense(hidden), layers.Dense(1, activation="sigmoid")]
    )


def positional(input_shape, num_outputs, /, *, hidden=4):
    inputs = keras.Input(input_shape)
    return keras.Model(inputs, layers.Dense(num_outputs, "sigmoid")(layers.Dense(hidden)(inputs)))


def contract(inputs, outputs, *, hidden=4):
    x = layers.Dense(hidden)(inputs.tensors["numeric"])
    return keras.Model(dict(inputs.tensors), layers.Dense(outputs.units, outputs.activation)(x))


def one_tensor(inputs):
    x = inputs.tensors["numeric"]
    return keras.Model(x, layers.Dense(1, "sigmoid")(x))


def compiled(output_bias=None):
    bias = None if output_bias is None else keras.initializers.Constant(output_bias)
    model = keras.Sequential([layers.Dense(1, activation="sigmoid", bias_initializer=bias)])
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


@keras.saving.register_keras_serializable()
class Subclassed(keras.Model):
    def __init__(self, hidden=4, **kwargs):
        super().__init__(**kwargs)
        self.hidden = hidden
        self.first = layers.Dense(hidden, activation="relu")
        self.last = layers.Dense(1, activation="sigmoid")

    def call(self, inputs):
        return self.last(self.first(inputs))

    def get_config(self):
        return {**super().get_config(), "hidden": self.hidden}


def two_units(num_classes, **kwargs):
    return keras.Sequential([layers.Dense(num_classes), layers.Softmax()])


def everything(spec, task, classes, n_features, n_classes, output_units, output_activation, category_sizes):
    assert (spec.task, task, classes, n_features, n_classes) == ("binary", "binary", ("bad", "good"), 3, 2)
    assert (output_units, output_activation, category_sizes) == (1, "sigmoid", ())
    return nothing()
"""
NAMES = re.findall(r"^(?:def|class) (\w+)", FORMS, flags=re.MULTILINE)
BIAS = (0.5,)


def build(module: str, name: str, *, task: str = "binary", kind: str = "numeric", **keywords):
    spec = cases.make_spec(task, kind)
    inputs, outputs = make_inputs(spec), make_outputs(spec, BIAS if task != "multiclass" else None)
    model = build_own(inputs, outputs, function=f"{module}:{name}", **keywords)
    return model, inputs, outputs


@pytest.mark.parametrize("name", NAMES)
def test_every_form_becomes_a_model_of_the_named_inputs(own_file, name: str) -> None:
    model, inputs, outputs = build(own_file("forms", FORMS), name)
    check_model(model, inputs, outputs)
    rows = cases.make_rows(inputs.spec).inputs
    answers = model.predict(rows, verbose=0)
    assert answers.shape == (12, 2 if name == "two_units" else 1)
    assert model.name == f"stages.models.own.forms.{name}"
    assert outputs_of(model, outputs).activation == ("softmax" if name == "two_units" else "sigmoid")
    model.compile(optimizer="sgd", loss="mse")
    model.fit(rows, np.zeros_like(answers), verbose=0)


@pytest.mark.parametrize("name", ["with_input", "positional", "contract", "Subclassed"])
def test_keywords_reach_the_function(own_file, name: str) -> None:
    module = own_file("forms", FORMS)
    small, _, _ = build(module, name)
    large, _, _ = build(module, name, hidden=7)
    assert small.count_params() == 3 * 4 + 4 + 4 + 1
    assert large.count_params() == 3 * 7 + 7 + 7 + 1


@pytest.mark.filterwarnings("error::UserWarning")
def test_a_compiled_model_is_compiled_anew_with_a_note(own_file) -> None:
    model, inputs, outputs = build(own_file("forms", FORMS), "compiled")
    assert not model.compiled
    assert model.adapter_notes == (COMPILED,), "and Keras can save it"
    assert COMPILED in check_model(model, inputs, outputs)
    assert float(model({"numeric": np.zeros((1, 3))})[0, 0]) == pytest.approx(1 / (1 + np.exp(-0.5)))


def test_a_model_without_the_prior_is_noted(own_file) -> None:
    module = own_file("forms", FORMS)
    model, inputs, outputs = build(module, "nothing")
    assert [note for note in check_model(model, inputs, outputs) if "takes `output_bias`" in note]
    model, inputs, outputs = build(module, "compiled")
    assert not [note for note in check_model(model, inputs, outputs) if "output_bias" in note]


def test_a_model_of_several_inputs_is_matched_by_name(own_file) -> None:
    module = own_file(
        "several",
        """
import keras
from keras import layers

def build(category_sizes, num_features):
    ids = keras.Input((len(category_sizes),), dtype="int32", name="categories")
    x = keras.Input((num_features,), name="numeric")
    embedded = layers.Flatten()(layers.Embedding(max(category_sizes), 2)(ids))
    return keras.Model([ids, x], layers.Dense(1)(layers.Concatenate()([x, embedded])))
""",
    )
    model, inputs, outputs = build(module, "build", task="regression", kind="both")
    check_model(model, inputs, outputs)
    rows = cases.make_rows(inputs.spec).inputs
    changed = rows | {"categories": (rows["categories"] + 1) % 4}
    assert np.ptp(model.predict(rows, verbose=0) - model.predict(changed, verbose=0)) > 0
    assert model.count_params() == 7 * 2 + (3 + 2 * 2 + 1)


def test_categories_alone_go_to_an_embedding(own_file) -> None:
    source = (
        "import keras\nfrom keras import layers\ndef build():\n"
        "    return keras.Sequential([{} layers.Flatten(), layers.Dense(1)])\n"
    )
    module = own_file("ids", source.format("layers.Embedding(7, 2),"))
    model, _, _ = build(module, "build", task="regression", kind="categories")
    assert model.count_params() == 7 * 2 + 2 * 2 + 1
    with pytest.raises(ValueError, match=r"encode\.categories=one_hot"):
        build(own_file("amounts", source.format("")), "build", task="regression", kind="categories")


WRONG = {
    "no_return": ("def build():\n    pass", "returned nothing: end it with `return model`"),
    "no_model": ("def build():\n    return 3", r"must return a keras.Model .* received a builtins.int"),
    "fails": ("def build():\n    return 1 / 0", r"failed with ZeroDivisionError: .* \(line 2 of build\)"),
    "unknown_argument": ("def build(depth):\n    pass", "needs `depth`, which the pipeline does not know"),
    "wrong_shape": (
        "import keras\ndef build():\n    return keras.Sequential([keras.Input((5,)), keras.layers.Dense(1)])",
        r"takes rows of shape \(5,\), the input `numeric` has \(3,\)",
    ),
    "two_outputs": (
        "import keras\ndef build():\n"
        "    x = keras.Input((3,))\n"
        "    return keras.Model(x, [keras.layers.Dense(1)(x), keras.layers.Dense(1)(x)])",
        "has 2 outputs, expected one",
    ),
    "rank": (
        "import keras\ndef build():\n"
        "    return keras.Sequential([keras.layers.Reshape((3, 1)), keras.layers.Dense(1)])",
        r"answers with shape \(None, 3, 1\), expected \(rows, units\): put a keras.layers.Flatten",
    ),
    "needs_image": (
        "import keras\ndef build():\n"
        "    return keras.Sequential([keras.layers.Conv2D(2, 3), keras.layers.Flatten()])",
        r"cannot be called with the data's inputs \(numeric \(None, 3\)\)",
    ),
    "other_at_each_call": (
        "import itertools, keras\nsizes = itertools.count(1)\ndef build():\n"
        "    return keras.Sequential([keras.layers.Lambda(lambda x: x), keras.layers.Dense(next(sizes))])",
        "cannot be saved and loaded again: .*must make the same layers in the same order",
    ),
    "not_importable": (
        "import not_installed_anywhere\ndef build():\n    pass",
        "No module named 'not_installed",
    ),
    "syntax": ("def build(:\n    pass", "cannot be imported: SyntaxError"),
    "other_name": ("def create():\n    pass", "has no `build`; it has: create"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_work_is_explained(own_file, name: str) -> None:
    source, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        build(own_file(name, source), "build")


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(ValueError, match=r"upcurve new model FILE\.py:build"):
        build("stages.models.own.nowhere", "build")


def test_an_unknown_keyword_is_named(own_file) -> None:
    with pytest.raises(ValueError, match="takes no `depth`; its arguments are num_features, hidden"):
        build(own_file("forms", FORMS), "with_input", depth=3)


def test_category_ids_are_not_taken_for_amounts(own_file) -> None:
    with pytest.raises(ValueError, match="ids of categories, which are no amounts"):
        build(own_file("forms", FORMS), "nothing", kind="both")


def test_a_subclassed_model_is_given_all_inputs(own_file) -> None:
    module = own_file(
        "mine",
        """
import keras

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.embedding = keras.layers.Embedding(7, 2)
        self.last = keras.layers.Dense(1)

    def call(self, inputs):
        embedded = keras.ops.reshape(self.embedding(inputs["categories"]), (-1, 4))
        return self.last(keras.ops.concatenate([inputs["numeric"], embedded], axis=-1))
""",
    )
    model, inputs, outputs = build(module, "Net", task="regression", kind="both")
    assert model.count_params() == 14 + 8
    notes = check_model(model, inputs, outputs)
    assert [note for note in notes if "Keras alone cannot save your model" in note and "'trainable'" in note]


def test_a_train_step_of_its_own_is_noted(own_file) -> None:
    module = own_file(
        "steps",
        """
import keras

class Net(keras.Model):
    def train_step(self, data):
        return {}

def build(inputs):
    x = inputs.tensors["numeric"]
    return Net(inputs=x, outputs=keras.layers.Dense(1, "sigmoid")(x))
""",
    )
    model, inputs, outputs = build(module, "build")
    assert [note for note in check_model(model, inputs, outputs) if "train_step of its own" in note]
