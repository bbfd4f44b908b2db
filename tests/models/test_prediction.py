"""From a network's numbers to probabilities."""

from __future__ import annotations

import keras
import model_cases as cases
import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.special import expit, softmax

from stages.examples.arrays import Picked
from stages.models import prediction
from stages.models.interface import make_inputs
from stages.models.prediction import output_kind, predict, probabilities


def answer(values, **how):
    """Predict with a network that returns `values` times its first column."""
    inputs = make_inputs(cases.make_spec("binary"))
    kernel = np.zeros((3, np.shape(values)[-1]))
    kernel[0] = values
    layer = keras.layers.Dense(kernel.shape[1], use_bias=False)
    model = keras.Model(dict(inputs.tensors), layer(inputs.tensors["numeric"]))
    layer.set_weights([kernel])
    return predict(model, {"numeric": np.array([[1, 0, 0], [0, 5, 5]], np.float32)}, batch_size=1, **how)


def test_one_sigmoid_unit_becomes_two_columns() -> None:
    shares = answer([0.25], task="binary", num_classes=2, kind="probabilities")
    np.testing.assert_array_equal(shares, np.array([[0.75, 0.25], [1, 0]], np.float32))


def test_logits_are_squashed_here() -> None:
    one = answer([3.0], task="binary", num_classes=2, kind="logits")
    np.testing.assert_allclose(one, [[1 - expit(3), expit(3)], [0.5, 0.5]], rtol=1e-6)
    two = answer([-1.0, 2.0], task="binary", num_classes=2, kind="logits")
    np.testing.assert_allclose(two, [softmax([-1, 2]), [0.5, 0.5]], rtol=1e-6)


def test_huge_logits_do_not_overflow() -> None:
    one = probabilities(np.array([[1e4], [-1e4]]), num_classes=2, kind="logits")
    np.testing.assert_array_equal(one, [[0, 1], [1, 0]])
    three = probabilities(np.array([[1e4, -1e4, 0.0]]), num_classes=3, kind="logits")
    np.testing.assert_array_equal(three, [[1, 0, 0]])


def test_values_are_flat() -> None:
    values = answer([-2.5], task="regression", num_classes=0, kind="value")
    assert values.dtype == np.float32
    np.testing.assert_array_equal(values, [-2.5, 0])


def test_sigmoids_of_many_classes_are_shared_out() -> None:
    shares = probabilities(np.array([[0.5, 0.5, 1.0], [0, 0, 0]]), num_classes=3, kind="probabilities")
    np.testing.assert_allclose(shares, [[0.25, 0.25, 0.5], [1 / 3, 1 / 3, 1 / 3]])


def test_what_leaves_the_unit_interval_is_clipped_and_said(caplog: pytest.LogCaptureFixture) -> None:
    shares = probabilities(np.array([[1.5], [-0.5]]), num_classes=2, kind="probabilities")
    np.testing.assert_array_equal(shares, [[0, 1], [1, 0]])
    assert "were clipped" in caplog.text


def test_a_network_of_other_classes_is_refused() -> None:
    with pytest.raises(ValueError, match=r"gives 2 number\(s\) for each row, expected 3 for 3 classes"):
        answer([1.0, 1.0], task="multiclass", num_classes=3, kind="logits")


def test_a_diverged_network_is_refused() -> None:
    with pytest.raises(ValueError, match="NaN or infinity for 2 of 2 rows: its training diverged"):
        answer([np.nan], task="regression", num_classes=0, kind="value")


def test_no_rows_give_no_predictions() -> None:
    inputs = make_inputs(cases.make_spec("binary"))
    model = keras.Model(dict(inputs.tensors), keras.layers.Dense(1)(inputs.tensors["numeric"]))
    none = {"numeric": np.zeros((0, 3), np.float32)}
    how = {"num_classes": 2, "kind": "logits", "batch_size": 4}
    assert predict(model, none, task="binary", **how).shape == (0, 2)
    assert predict(model, none, task="regression", **how).shape == (0,)


@pytest.mark.parametrize(
    ("activation", "task", "loss", "expected"),
    [
        ("linear", "regression", None, "value"),
        ("sigmoid", "binary", keras.losses.BinaryCrossentropy(from_logits=True), "probabilities"),
        ("linear", "binary", keras.losses.BinaryCrossentropy(from_logits=True), "logits"),
        ("linear", "multiclass", keras.losses.CategoricalHinge(), "logits"),
        ("linear", "binary", keras.losses.MeanSquaredError(), "probabilities"),
        ("softmax", "multiclass", None, "probabilities"),
    ],
)
def test_what_a_networks_numbers_mean(activation, task, loss, expected) -> None:
    assert output_kind(activation, task, loss) == expected


def test_large_lazy_and_sparse_inputs_are_predicted_a_part_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(0)
    picture = generator.integers(0, 256, (11, 2, 3, 1)).astype(np.uint8)
    terms = np.where(generator.random((11, 4)) < 0.5, 1.0, 0.0).astype(np.float32)
    image, weights = keras.Input((2, 3, 1), dtype="uint8", name="image"), keras.Input((4,), name="terms")
    flat = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(image))
    answer = keras.layers.Dense(1)(keras.layers.Concatenate()([flat, weights]))
    model = keras.Model({"image": image, "terms": weights}, answer)
    expected = model.predict({"image": picture, "terms": terms}, verbose=0)[:, 0]
    sizes: list[int] = []
    whole = model.predict

    def watched(inputs, **how):
        sizes.append(len(inputs["image"]))
        return whole(inputs, **how)

    monkeypatch.setattr(model, "predict", watched)
    monkeypatch.setattr(prediction, "CHUNK_BYTES", 5 * (6 + 16))
    lazy = {"image": Picked([picture[::-1]], np.arange(11)[::-1]), "terms": csr_array(terms)}
    found = predict(model, lazy, task="regression", num_classes=0, kind="value", batch_size=2)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert sizes == [4, 4, 3]  # whole batches of two
