"""Models over the steps of texts and series: padding is never seen, the layers are those of the papers."""

from __future__ import annotations

from functools import partial

import keras
import model_cases as cases
import numpy as np
import pytest

from stages.examples.encoded import InputSpec, Spec
from stages.models.embedding_average import build_embedding_average
from stages.models.encoder_blocks import sinusoids
from stages.models.fcn import build_fcn
from stages.models.interface import Inputs, make_inputs, make_outputs
from stages.models.joining import inputs_of
from stages.models.pooling import pooled
from stages.models.resnet_1d import build_resnet_1d
from stages.models.rnn import build_rnn
from stages.models.steps import Steps, Tokens, steps
from stages.models.text_cnn import build_text_cnn
from stages.models.transformer import build_transformer

SMALL_CONVOLUTIONS = {"filters": [4, 6], "kernel_sizes": [8, 3]}
BUILDERS = {
    "average": build_embedding_average,
    "average by attention": partial(build_embedding_average, pooling="attention", step_units=5),
    "text_cnn": partial(build_text_cnn, filters=4),
    "text_cnn mean": partial(build_text_cnn, filters=4, pooling="mean", activation="prelu"),
    "lstm": partial(build_rnn, units=[5, 4]),
    "gru max": partial(build_rnn, cell="GRU", units=[5], bidirectional=False, pooling="max"),
    "transformer": partial(build_transformer, dimension=6, feed_forward=7),
    "transformer class": partial(
        build_transformer, dimension=6, feed_forward=7, pooling="class_token", positions="sinusoidal"
    ),
    "fcn": partial(build_fcn, **SMALL_CONVOLUTIONS),
    "fcn layer": partial(build_fcn, **SMALL_CONVOLUTIONS, normalization="layer", pooling="max"),
    "resnet": partial(build_resnet_1d, filters=[4, 6, 6]),
}
every_builder = pytest.mark.parametrize("name", BUILDERS)
every_kind = pytest.mark.parametrize("kind", ["text", "sequence"])


def longer(kind: str, n_steps: int) -> Spec:
    spec = cases.make_spec("multiclass", kind)
    first = spec.inputs[0].model_copy(update={"shape": (n_steps, *spec.inputs[0].shape[1:])})
    return spec.model_copy(update={"inputs": (first, *spec.inputs[1:])})


def network(build, spec, **keywords):
    keras.utils.set_random_seed(0)
    return build(make_inputs(spec), make_outputs(spec), **keywords)


def rows_of(spec, *, n_steps: int = 9, rows: int = 12):
    arrays = cases.make_media(rows, n_steps=n_steps)
    return {each.name: arrays[each.name] for each in spec.inputs}


def copy_weights(source, target) -> None:
    """Copy all weights; a longer table of positions keeps its further rows."""
    for old, new in zip(source.weights, target.weights, strict=True):
        value = np.asarray(new).copy()
        value[tuple(slice(0, size) for size in old.shape)] = np.asarray(old)
        new.assign(value)


@every_kind
@every_builder
def test_padding_changes_no_answer(name: str, kind: str) -> None:
    short = network(BUILDERS[name], longer(kind, 9))
    long = network(BUILDERS[name], longer(kind, 14))
    for (
        weight
    ) in short.weights:  # or a bias, an offset or a moving mean of 0 would hide what it adds to padding
        if weight.dtype == "float32" and "variance" not in weight.path:
            weight.assign(weight + np.linspace(0.1, 0.3, int(np.prod(weight.shape))).reshape(weight.shape))
    copy_weights(short, long)
    before = np.asarray(short(rows_of(longer(kind, 9))))
    np.testing.assert_allclose(long(rows_of(longer(kind, 14), n_steps=14)), before, rtol=1e-5, atol=1e-6)
    assert np.ptp(before, axis=0).min() > 1e-4, "the answers differ from row to row"
    assert np.isfinite(before).all()


@every_kind
@every_builder
def test_answers_do_not_depend_on_the_other_rows(name: str, kind: str) -> None:
    model = network(BUILDERS[name], longer(kind, 9))
    rows = rows_of(longer(kind, 9))
    chosen = np.array([7, 0, 3])
    alone = model({name: array[chosen] for name, array in rows.items()})
    np.testing.assert_allclose(alone, np.asarray(model(rows))[chosen], rtol=1e-5, atol=1e-6)


@every_kind
@pytest.mark.parametrize("name", ["fcn", "resnet"])
def test_batch_normalization_learns_nothing_from_padding(name: str, kind: str) -> None:
    outcomes = []
    for n_steps in (9, 14):
        spec = longer(kind, n_steps)
        model = network(BUILDERS[name], spec)
        model(rows_of(spec, n_steps=n_steps), training=True)
        outcomes.append([np.asarray(weight) for weight in model.non_trainable_weights])
    assert outcomes[0]
    for short, long in zip(*outcomes, strict=True):
        np.testing.assert_allclose(short, long, rtol=1e-4, atol=1e-6)


def test_order_matters_where_it_should() -> None:
    spec = longer("text", 9)
    rows = {"text": np.array([[3, 5, 7, 0, 0, 0, 0, 0, 0], [7, 5, 3, 0, 0, 0, 0, 0, 0]], np.int32)}
    for name, build in BUILDERS.items():
        blind = "average" in name
        answers = np.asarray(network(build, spec)(rows))
        assert (np.abs(answers[0] - answers[1]).max() < 1e-6) == blind, name
    without = network(partial(build_transformer, positions="none"), spec)
    np.testing.assert_allclose(*np.asarray(without(rows)), atol=1e-6)


# --- pooling and steps, against plain NumPy ----------------------------------------------------------


def pool(how: str):
    values = keras.Input((4, 2))
    there = keras.Input((4,), dtype="bool")
    model = keras.Model([values, there], pooled(Steps(values, there), how))
    numbers = np.array([[[1, -9], [3, -5], [50, 50], [50, 50]], [[7, 7]] * 4], np.float32)
    mask = np.array([[True, True, False, False], [False] * 4])
    return model, np.asarray(model([numbers, mask]))


def test_pooling() -> None:
    np.testing.assert_allclose(pool("mean")[1], [[2, -7], [0, 0]])
    np.testing.assert_allclose(pool("max")[1], [[3, -5], [0, 0]])
    model, answers = pool("attention")
    matrix, bias = model.get_layer("attention").get_weights()
    (vector,) = model.get_layer("attention_score").get_weights()
    values = np.array([[1, -9], [3, -5]])
    scores = np.exp(np.tanh(values @ matrix + bias) @ vector[:, 0])
    np.testing.assert_allclose(answers, [scores / scores.sum() @ values, [0, 0]], rtol=1e-5)


def test_steps_of_a_series_end_at_its_length() -> None:
    spec = longer("sequence", 9)
    inputs = make_inputs(spec)
    found = steps(inputs, tokens=Tokens())
    model = keras.Model(dict(inputs.tensors), [found.tensor, found.mask])
    rows = {"sequence": np.ones((2, 9, 2), np.float32), "sequence_length": np.array([[3], [0]], np.int32)}
    tensor, mask = (np.asarray(each) for each in model(rows))
    assert mask.sum(axis=1).tolist() == [3, 0]
    np.testing.assert_array_equal(tensor[:, :, 0], mask)


def test_sinusoids_are_those_of_the_paper() -> None:
    table = sinusoids(10, 6)
    assert table.shape == (10, 6)
    assert table[5, 2] == pytest.approx(np.sin(5 / 10_000 ** (2 / 6)))
    assert table[5, 3] == pytest.approx(np.cos(5 / 10_000 ** (2 / 6)))


# --- layers --------------------------------------------------------------------------------------------


def sizes(model) -> list[int]:
    """Return the numbers of weights of the convolutions of `model`."""
    return [layer.count_params() for layer in model.layers if isinstance(layer, keras.layers.Conv1D)]


def test_fcn_has_the_sizes_of_the_paper() -> None:
    model = network(build_fcn, longer("sequence", 30))
    assert sizes(model) == [8 * 2 * 128, 5 * 128 * 256, 3 * 256 * 128]
    normalizations = 4 * (128 + 256 + 128)
    assert model.count_params() == sum(sizes(model)) + normalizations + 128 * 3 + 3


def test_resnet_has_the_sizes_of_the_paper() -> None:
    model = network(build_resnet_1d, longer("sequence", 30))
    first = [8 * 2 * 64, 5 * 64 * 64, 3 * 64 * 64, 2 * 64]
    second = [8 * 64 * 128, 5 * 128 * 128, 3 * 128 * 128, 64 * 128]
    third = [8 * 128 * 128, 5 * 128 * 128, 3 * 128 * 128]  # as many channels: no convolution in the shortcut
    assert sorted(sizes(model)) == sorted([*first, *second, *third])
    assert len([layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]) == 12


def test_text_cnn_has_the_sizes_of_the_paper() -> None:
    model = network(build_text_cnn, longer("text", 30), vector_dimension=300)
    assert sizes(model) == [300 * 100 * width + 100 for width in (3, 4, 5)]
    assert model.get_layer("dropout").rate == 0.5
    assert model.get_layer("output").kernel.shape == (300, 3)


def test_a_word_is_seen_wherever_it_stands() -> None:
    model = network(partial(build_text_cnn, kernel_sizes=[1]), longer("text", 9))
    rows = np.zeros((2, 9), np.int32)
    rows[0, :4], rows[1, :4] = [3, 4, 4, 4], [4, 4, 3, 4]
    first, other = np.asarray(model({"text": rows}))
    np.testing.assert_allclose(first, other, atol=1e-7)


@pytest.mark.parametrize(("cell", "gates"), [("LSTM", 4), ("GRU", 3)])
def test_recurrent_layers_are_stacked_in_both_directions(cell: str, gates: int) -> None:
    model = network(build_rnn, longer("sequence", 9), cell=cell, units=[5, 3])
    biases = 1 if cell == "LSTM" else 2
    expected = [2 * gates * (2 * 5 + 5 * 5 + biases * 5), 2 * gates * (10 * 3 + 3 * 3 + biases * 3)]
    assert [model.get_layer(f"recurrent_{number}").count_params() for number in (1, 2)] == expected


def test_the_last_state_is_that_of_the_last_step_there() -> None:
    spec = longer("sequence", 9)
    model = network(build_rnn, spec, units=[4], bidirectional=False)
    layer = model.get_layer("recurrent_1")
    values = rows_of(spec)["sequence"][1:2, :4]  # a row of 9 steps
    padded = np.pad(values, [(0, 0), (0, 5), (0, 0)])
    trunk = keras.Model(model.inputs, layer.output)
    states = trunk({"sequence": padded, "sequence_length": np.array([[4]], np.int32)})
    plain = keras.layers.LSTM(4)
    plain.build((1, 4, 2))
    plain.set_weights(layer.get_weights())
    np.testing.assert_allclose(states, plain(values), rtol=1e-5, atol=1e-7)


def test_dense_layers_and_columns_beside_the_steps() -> None:
    spec = cases.make_spec("binary", "sequence beside columns")
    model = network(build_fcn, spec, filters=[4], kernel_sizes=[3], dense_units=[6], embedding_dimension=2)
    width = 4 + 3 + 2 * 2 + 20  # channels, numbers, two embedded categories, terms
    assert model.get_layer("hidden_1").kernel.shape == (width, 6)


# --- vectors and refusals ------------------------------------------------------------------------------


@pytest.mark.parametrize("train_vectors", [True, False])
def test_pretrained_vectors_are_used_and_saved(train_vectors: bool, tmp_path) -> None:
    spec = longer("text", 9)
    vectors = np.random.default_rng(0).normal(size=(20, 5)).astype(np.float32)
    inputs = make_inputs(spec, vectors=vectors)
    model = build_embedding_average(inputs, make_outputs(spec), train_vectors=train_vectors)
    layer = model.get_layer("token_vectors")
    np.testing.assert_array_equal(layer.embeddings, vectors)
    assert layer.trainable is train_vectors
    rows = {"text": np.array([[3, 4, 4, 0, 0, 0, 0, 0, 0]], np.int32)}
    average = keras.Model(model.inputs, model.get_layer("output").input)
    np.testing.assert_allclose(average(rows)[0], (vectors[3] + 2 * vectors[4]) / 3, rtol=1e-5)
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(
        keras.saving.load_model(tmp_path / "model.keras").get_layer("token_vectors").embeddings, vectors
    )


def test_another_dimension_than_the_vectors_have_is_refused() -> None:
    spec = longer("text", 9)
    inputs = make_inputs(spec, vectors=np.zeros((20, 5), np.float32))
    with pytest.raises(ValueError, match=r"model.vector_dimension=8.* 5 dimensions.*vectors=null"):
        build_fcn(inputs, make_outputs(spec), vector_dimension=8)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ((cases.TERMS,), r"`terms`.*encode/text=tokens"),
        ((cases.IMAGE,), r"`image`.*model=cnn"),
        ((cases.TEXT, cases.SEQUENCE, cases.LENGTH), r"has both.*dataset.columns.ignored"),
        ((cases.TEXT, cases.IMAGE), r"reads `text`, and the data also has `image`.*dataset.columns.ignored"),
    ],
)
def test_inputs_the_model_cannot_read_are_refused(inputs: tuple[InputSpec, ...], message: str) -> None:
    spec = Spec(task="binary", classes=("a", "b"), inputs=inputs)
    with pytest.raises(ValueError, match=message):
        network(build_fcn, spec)


def test_keywords_that_do_not_fit_together_are_refused() -> None:
    spec = longer("sequence", 9)
    with pytest.raises(ValueError, match=r"model.dimension=10 .* model.heads=4.*model.dimension=8"):
        network(build_transformer, spec, dimension=10, heads=4)
    with pytest.raises(ValueError, match=r"model.filters=\[4\] and model.kernel_sizes=\[3, 3\]"):
        network(build_fcn, spec, filters=[4], kernel_sizes=[3, 3])


def test_inputs_of_a_tensor() -> None:
    inputs: Inputs = make_inputs(cases.make_spec("binary", "sequence beside columns"))
    assert inputs_of(steps(inputs, tokens=Tokens()).tensor) == {"sequence", "sequence_length"}


def test_half_precision(monkeypatch) -> None:
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        for build in BUILDERS.values():
            spec = longer("text", 9)
            model = network(build, spec)
            answers = np.asarray(model(rows_of(spec)))
            assert model.outputs[0].dtype == "float32"
            assert np.isfinite(answers).all()
    finally:
        keras.mixed_precision.set_global_policy("float32")
