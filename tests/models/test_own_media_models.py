"""Your own models of pictures, texts and series, written as the usual tutorials do."""

from __future__ import annotations

import model_cases as cases
import numpy as np
import pytest

from stages.examples.encoded import Spec
from stages.models.adapter import build_own
from stages.models.checks import check_model
from stages.models.interface import make_inputs, make_outputs
from stages.models.loading import load_model

FORMS = """
import keras
from keras import layers


def image(input_shape, num_classes):
    ends = [layers.GlobalAveragePooling2D(), layers.Dense(num_classes, activation="softmax")]
    return keras.Sequential([keras.Input(input_shape), layers.Rescaling(1 / 255), layers.Conv2D(4, 3), *ends])


def sequence(input_shape, num_classes, masked=False):
    first = [layers.Masking()] if masked else []
    ends = [layers.LSTM(4), layers.Dense(num_classes, activation="softmax")]
    return keras.Sequential([keras.Input(input_shape), *first, *ends])


def text(vocabulary_size, num_classes, vectors):
    assert vectors.shape == (vocabulary_size, 5)
    layer = layers.Embedding(vocabulary_size, 5, weights=[vectors], mask_zero=True)
    return keras.Sequential([layer, layers.LSTM(4), layers.Dense(num_classes, activation="softmax")])


def dense(num_classes):
    return keras.Sequential([layers.Dense(num_classes, activation="softmax")])
"""


def build(module: str, name: str, kind: str, **keywords):
    vectors = np.random.default_rng(0).normal(size=(20, 5)).astype(np.float32)
    spec = cases.make_spec("multiclass", kind)
    inputs = make_inputs(spec, vectors=vectors if kind == "text" else None)
    outputs = make_outputs(spec)
    model = build_own(inputs, outputs, function=f"{module}:{name}", **keywords)
    check_model(model, inputs, outputs)
    return model, cases.make_rows(spec).inputs


@pytest.mark.parametrize("kind", ["image", "sequence", "text"])
def test_a_model_as_tutorials_write_it(own_file, kind: str, tmp_path) -> None:
    model, rows = build(own_file("media", FORMS), kind, kind)
    answers = np.asarray(model(rows))
    assert answers.shape == (12, 3)
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(load_model(tmp_path / "model.keras")(rows), answers)


def test_a_series_without_its_length_is_noted(own_file) -> None:
    module = own_file("media", FORMS)
    (note,) = build(module, "sequence", "sequence")[0].adapter_notes
    assert "keras.layers.Masking()" in note
    assert build(module, "sequence", "sequence", masked=True)[0].adapter_notes == ()


def test_one_input_is_not_enough_beside_columns(own_file) -> None:
    module = own_file("media", FORMS)
    inputs = (cases.NUMERIC, cases.SEQUENCE, cases.LENGTH)
    spec = Spec(task="multiclass", classes=("a", "b", "c"), inputs=inputs)
    with pytest.raises(ValueError, match=r"one input.*`inputs`.*inputs.tensors\['sequence'\]"):
        build_own(make_inputs(spec), make_outputs(spec), function=f"{module}:dense")
