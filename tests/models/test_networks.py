"""The shipped networks: their layers, sizes and answers."""

from __future__ import annotations

from typing import get_args

import keras
import model_cases as cases
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from stages.examples.encoded import InputSpec, Spec
from stages.losses.automatic import build_auto
from stages.models.features import embedding_dimension
from stages.models.hidden import auto_initializer
from stages.models.interface import make_inputs, make_outputs
from stages.models.linear import build_linear
from stages.models.mlp import build_mlp
from stages.settings.network import Activation, KernelInitializer, OutputActivation


def network(build, task="binary", kind="numeric", bias=None, **keywords):
    spec = cases.make_spec(task, kind)
    return build(make_inputs(spec), make_outputs(spec, bias), **keywords)


def names(model) -> list[str]:
    return [layer.name for layer in model.layers]


@pytest.mark.parametrize(
    ("task", "kind", "expected"),
    [
        ("binary", "numeric", 3 + 1),
        ("multiclass", "numeric", 3 * 3 + 3),
        ("regression", "both", 4 * 3 + 7 * 5 + (3 + 3 + 5) + 1),  # vectors of 3 and 5 for 4 and 7 ids
        ("binary", "categories", 4 * 3 + 7 * 5 + 8 + 1),
    ],
)
def test_parameters_of_the_linear_model(task: str, kind: str, expected: int) -> None:
    assert [embedding_dimension(size) for size in (4, 7)] == [3, 5]
    assert network(build_linear, task, kind).count_params() == expected


@pytest.mark.parametrize(
    ("keywords", "expected"),
    [
        ({"units": []}, 3 + 1),
        ({"units": [5]}, (3 * 5 + 5) + (5 + 1)),
        ({"units": [5, 4]}, (3 * 5 + 5) + (5 * 4 + 4) + (4 + 1)),
        ({"units": [5], "activation": "prelu"}, (3 * 5 + 5) + 5 + (5 + 1)),
        ({"units": [5], "normalization": "layer"}, (3 * 5 + 5) + 2 * 5 + (5 + 1)),
        ({"units": [5], "normalization": "batch"}, 3 * 5 + 4 * 5 + (5 + 1)),  # no bias before it
        ({"units": [5], "residual": True}, (3 * 5 + 5) + 3 * 5 + (5 + 1)),  # projection 3 -> 5
        ({"units": [3, 3], "residual": True}, 2 * (3 * 3 + 3) + (3 + 1)),  # equal widths: none
        ({"units": [5], "dropout": 0.3}, (3 * 5 + 5) + (5 + 1)),
    ],
)
def test_parameters_of_the_mlp(keywords: dict, expected: int) -> None:
    model = network(build_mlp, **keywords)
    seeds = sum(np.prod(weight.shape) for weight in model.weights if "seed" in weight.path)
    assert model.count_params() - seeds == expected


def test_order_within_a_block() -> None:
    model = network(build_mlp, units=[4], normalization="batch", dropout=0.1, residual=True, activation="elu")
    assert names(model) == [
        "numeric",
        "hidden_1",
        "hidden_1_normalization",
        "hidden_1_elu",
        "hidden_1_projection",
        "hidden_1_dropout",
        "hidden_1_residual",
        "output",
    ]


def test_a_residual_block_adds_its_input() -> None:
    model = network(build_mlp, units=[3], residual=True, activation="relu")
    model.get_layer("hidden_1").set_weights([np.zeros((3, 3)), np.array([1.0, -1.0, 2.0])])
    model.get_layer("output").set_weights([np.array([[1.0], [10.0], [100.0]]), np.zeros(1)])
    logit = keras.Model(model.inputs, model.get_layer("hidden_1_residual").output)
    np.testing.assert_allclose(logit([np.array([[1.0, 2.0, 3.0]])])[0], [2.0, 2.0, 5.0])


def test_selu_has_alpha_dropout_and_its_initializer() -> None:
    model = network(build_mlp, units=[4], activation="selu", dropout=0.1)
    assert isinstance(model.get_layer("hidden_1_dropout"), keras.layers.AlphaDropout)
    assert isinstance(model.get_layer("hidden_1").kernel_initializer, keras.initializers.LecunNormal)
    plain = network(build_mlp, units=[4], dropout=0.1)
    assert type(plain.get_layer("hidden_1_dropout")) is keras.layers.Dropout
    assert isinstance(plain.get_layer("hidden_1").kernel_initializer, keras.initializers.HeNormal)


@pytest.mark.parametrize("activation", get_args(Activation))
def test_every_activation_of_the_settings_works(activation: str) -> None:
    model = network(build_mlp, units=[4, 4], activation=activation)
    answer = np.asarray(model({"numeric": np.ones((2, 3), np.float32)}))
    assert answer.shape == (2, 1)
    assert np.isfinite(answer).all()
    assert auto_initializer(activation) in get_args(KernelInitializer)


def test_no_activation_of_keras_is_forgotten() -> None:
    needing_more = {"deserialize", "get", "serialize", "glu", "threshold"}  # glu halves the width
    there = {name for name, value in vars(keras.activations).items() if callable(value)} - needing_more
    assert set(get_args(Activation)) == there | {"prelu"}


@pytest.mark.parametrize("initializer", get_args(KernelInitializer))
def test_every_initializer_of_the_settings_works(initializer: str) -> None:
    model = network(build_mlp, units=[4], kernel_initializer=initializer)
    assert np.isfinite(model.get_layer("hidden_1").kernel).all()


@pytest.mark.parametrize("activation", get_args(OutputActivation))
def test_every_output_activation_works_or_is_refused(activation: str) -> None:
    assert network(build_linear, "regression", bias=[0.5], output_activation=activation).count_params() == 4
    if activation not in ("auto", "linear", "sigmoid"):
        with pytest.raises(
            ValueError, match=f"model.output_activation={activation} does not give class prob"
        ):
            network(build_linear, "binary", output_activation=activation)


@pytest.mark.parametrize(
    ("activation", "mean", "predicted"),
    [
        ("linear", -2.0, -2.0),
        ("softplus", 3.0, 3.0),
        ("exponential", 3.0, 3.0),
        ("sigmoid", 0.2, 0.2),
        ("tanh", -0.5, -0.5),
        ("relu", 4.0, 4.0),
        ("exponential", -3.0, 1.0),  # it never gets there: no bias
    ],
)
def test_a_regression_starts_at_the_mean_behind_any_activation(activation, mean, predicted) -> None:
    model = network(build_linear, "regression", bias=[mean], output_activation=activation)
    assert float(model({"numeric": np.zeros((1, 3))})[0, 0]) == pytest.approx(predicted, rel=1e-5)


def test_penalties_are_those_of_the_formula() -> None:
    model = network(build_mlp, units=[2], l1=0.1, l2=0.01)
    weights = [np.asarray(model.get_layer(name).kernel) for name in ("hidden_1", "output")]
    expected = sum(0.1 * np.abs(w).sum() + 0.01 * np.square(w).sum() for w in weights)
    assert float(sum(model.losses)) == pytest.approx(expected, rel=1e-5)


def test_embeddings_are_looked_up_column_by_column() -> None:
    model = network(build_linear, kind="both", embedding_dimension=1, embedding_l2=0.5)
    model.get_layer("embedding_0").set_weights([np.arange(4.0).reshape(4, 1)])
    model.get_layer("embedding_1").set_weights([10 * np.arange(7.0).reshape(7, 1)])
    features = keras.Model(model.inputs, model.get_layer("features").output)
    row = {"numeric": np.array([[0.1, 0.2, 0.3]], np.float32), "categories": np.array([[3, 6]], np.int32)}
    np.testing.assert_allclose(features(row)[0], [0.1, 0.2, 0.3, 3.0, 60.0], rtol=1e-6)
    expected = 0.5 * (np.square(np.arange(4)).sum() + 100 * np.square(np.arange(7)).sum())
    assert float(sum(model.losses)) == pytest.approx(expected)


def test_embedding_dropout_acts_in_training_alone() -> None:
    model = network(build_linear, kind="categories", embedding_dropout=0.9)
    rows = cases.make_rows(cases.make_spec("binary", "categories")).inputs
    np.testing.assert_array_equal(model(rows, training=False), model(rows, training=False))
    assert np.ptp(np.asarray(model(rows, training=True)) - np.asarray(model(rows, training=False))) > 0


def test_the_output_is_float32_under_mixed_precision() -> None:
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        model = network(build_mlp, kind="both", units=[4], normalization="batch", residual=True)
    finally:
        keras.mixed_precision.set_global_policy("float32")
    assert model.get_layer("hidden_1").compute_dtype == "bfloat16"
    assert model.outputs[0].dtype == "float32"


def test_data_without_columns_is_refused() -> None:
    empty = InputSpec(name="numeric", dtype="float32", shape=(0,))
    spec = Spec(task="binary", classes=("a", "b"), inputs=(empty,))
    with pytest.raises(ValueError, match="no feature column"):
        build_linear(make_inputs(spec), make_outputs(spec))


def test_an_input_the_model_cannot_read_is_refused() -> None:
    sound = InputSpec(name="sound", dtype="float32", shape=(8,))
    spec = Spec(task="binary", classes=("a", "b"), inputs=(cases.NUMERIC, sound))
    with pytest.raises(ValueError, match="the data also has `sound`"):
        build_mlp(make_inputs(spec), make_outputs(spec))


def test_ids_of_tokens_are_no_amounts() -> None:
    with pytest.raises(ValueError, match=r"model=text_cnn.*encode/text=tfidf"):
        network(build_mlp, kind="text beside columns")


def test_everything_but_token_ids_becomes_one_vector() -> None:
    kind = (cases.NUMERIC, cases.CATEGORIES, cases.TERMS, cases.IMAGE, cases.SEQUENCE, cases.LENGTH)
    spec = Spec(task="binary", classes=("a", "b"), inputs=kind)
    model = build_linear(make_inputs(spec), make_outputs(spec), embedding_dimension=1)
    rows = cases.make_rows(spec, rows=3).inputs
    vectors = [model.get_layer(f"embedding_{column}").embeddings[:, 0] for column in (0, 1)]
    expected = np.hstack(
        [
            rows["numeric"],
            *(np.asarray(each)[rows["categories"][:, [column]]] for column, each in enumerate(vectors)),
            rows["terms"],
            rows["image"].reshape(3, -1) / 255,
            rows["sequence"].reshape(3, -1),
            rows["sequence_length"] / 9,
        ]
    )
    features = keras.Model(model.inputs, model.get_layer("features").output)
    np.testing.assert_allclose(features(rows), expected, rtol=1e-6)


def test_linear_model_learns_the_logistic_regression_of_sklearn() -> None:
    generator = np.random.default_rng(3)
    numeric = generator.normal(size=(200, 3)).astype(np.float32)
    target = (numeric @ [1.0, -2.0, 0.5] + generator.logistic(size=200) > 0.3).astype(np.int64)
    l2 = 0.01
    keras.utils.set_random_seed(0)
    model = network(build_linear, l2=l2)
    loss = build_auto(make_outputs(cases.make_spec("binary")))
    model.compile(optimizer=keras.optimizers.SGD(1.0, momentum=0.9), loss=loss)
    wanted = np.tile(target[:, None].astype(np.float32), (150, 1))  # 150 steps over all rows
    model.fit({"numeric": np.tile(numeric, (150, 1))}, wanted, batch_size=200, shuffle=False, verbose=0)
    # sklearn: C * sum(loss) + |w|^2 / 2; here: mean(loss) + l2 * |w|^2
    exact = LogisticRegression(C=1 / (2 * l2 * 200), tol=1e-8).fit(numeric, target)
    kernel, bias = model.get_layer("output").get_weights()
    np.testing.assert_allclose(kernel[:, 0], exact.coef_[0], atol=2e-3)
    np.testing.assert_allclose(bias, exact.intercept_, atol=2e-3)
