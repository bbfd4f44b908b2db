"""The stage `evaluate` from files to files, on a network whose answers are known."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from encode_examples import examples, preprocessing

from stages.encode import encode
from stages.evaluate import main, read_answers
from stages.examples.schema import Schema
from stages.settings.evaluate import EvaluateConfig, EvaluateSettings
from stages.shell.stage import Store

ROWS = 40
DEFAULTS = {"threshold": 0.5, "weighted": True, "calibration_bins": 15, "plot_points": 1000, "batch_size": 7}
KINDS = {"binary": "probabilities", "multiclass": "probabilities", "regression": "value"}


def settings(**changed):
    return EvaluateSettings(**{**DEFAULTS, **changed})


def table(task):
    random = np.random.default_rng(0)
    size = random.lognormal(size=ROWS).round(3)
    names = {"binary": ["no", "yes"], "multiclass": ["a", "b", "c"]}.get(task)
    target = size * 100 if names is None else np.asarray(names)[np.arange(ROWS) % len(names)]
    return pd.DataFrame({"size": size, "age": random.integers(20, 60, ROWS) * 1.0, "target": target})


def network(spec, task):
    """Return a linear network with weights that are written down, not learnt."""
    import keras

    numeric = keras.Input(spec.input("numeric").shape, name="numeric")
    units = len(spec.classes) if task == "multiclass" else 1
    activation = {"binary": "sigmoid", "multiclass": "softmax", "regression": "linear"}[task]
    layer = keras.layers.Dense(units, activation=activation)
    model = keras.Model({"numeric": numeric}, layer(numeric), name="linear")
    kernel = np.linspace(-1, 1, numeric.shape[-1] * units).reshape(-1, units)
    layer.set_weights([kernel, np.full(units, 0.25)])
    return model, kernel


def make_data(data, task, **choices):
    """Write what `evaluate` reads; return test's table, its arrays, the network's kernel and the encoder."""
    frame, schema = examples(table(task), "target", task)
    if choices.pop("weight", False):
        frame["weight"] = np.arange(ROWS) % 3 * 1.0
    positions = np.random.default_rng(1).permutation(ROWS)
    parts = {"train": positions[:20], "validation": positions[20:28], "test": positions[28:]}
    encoder = preprocessing(schema, **choices)
    encoded = encode({part: frame.iloc[rows] for part, rows in parts.items()}, encoder)
    model, kernel = network(encoder.spec, task)
    clean, written, trained = (Store(name, data / name, data) for name in ("clean", "encode", "train"))
    for store in (clean, written, trained):
        store.begin()
    clean.write_table("examples.parquet", frame)
    clean.write_model("schema.json", schema)
    for part, arrays in encoded.parts.items():
        written.write_encoded(part, arrays)
    written.write_model("spec.json", encoder.spec)
    written.write_estimator("preprocessing.skops", encoder)
    model.save(trained.output / "model.keras")
    trained.write_json("training.json", {"output_kind": KINDS[task], "threads": 1})
    for store in (clean, written, trained):
        store.finish()
    return frame.iloc[parts["test"]], encoded.parts["test"].inputs["numeric"], kernel, encoder


def test_binary(tmp_path):
    rows, numeric, kernel, _ = make_data(tmp_path, "binary")
    answers = read_answers(Store("evaluate", tmp_path / "evaluate", tmp_path), settings())
    chance = 1 / (1 + np.exp(-(numeric @ kernel[:, 0] + 0.25)))
    assert answers["test"].predicted[:, 1] == pytest.approx(chance, rel=1e-5)
    assert answers["test"].example_id.tolist() == rows["example_id"].tolist()
    assert answers["test"].target.tolist() == (rows["target"] == "yes").astype(int).tolist()
    assert list(answers) == ["test", "validation"]


def test_regression_is_in_the_targets_own_unit(tmp_path):
    rows, numeric, kernel, encoder = make_data(tmp_path, "regression", target="log1p")
    answers = read_answers(Store("evaluate", tmp_path / "evaluate", tmp_path), settings())["test"]
    scaler = encoder.target_.scaler_
    logs = (numeric @ kernel[:, 0] + 0.25) * scaler.scale_ + scaler.mean_
    assert answers.predicted == pytest.approx(np.exp(logs) - 1, rel=1e-4)
    assert answers.target.tolist() == rows["target"].tolist()  # not what float32 made of it


def test_weights_count_unless_switched_off(tmp_path):
    rows, *_ = make_data(tmp_path, "binary", weight=True)
    store = Store("evaluate", tmp_path / "evaluate", tmp_path)
    assert read_answers(store, settings())["test"].weight.tolist() == rows["weight"].tolist()
    assert read_answers(store, settings(weighted=False))["test"].weight is None


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_whole_stage_writes_the_same_bytes_again(tmp_path, task):
    make_data(tmp_path, task)
    written = []
    for _ in range(2):
        store = Store("evaluate", tmp_path / "evaluate", tmp_path)
        store.begin()
        main.__wrapped__(EvaluateConfig(evaluate=settings()), store)
        store.finish()
        written.append({file.name: file.read_bytes() for file in (tmp_path / "evaluate").iterdir()})
    assert written[0] == written[1]
    metrics = json.loads(written[0]["metrics.json"])
    stored = pd.read_parquet(tmp_path / "evaluate" / "predictions.parquet")
    test = stored[stored["part"] == "test"]
    if task == "multiclass":
        assert metrics["test"]["accuracy"] == pytest.approx((test["target"] == test["prediction"]).mean())
        assert list(stored)[4:] == ["probability.a", "probability.b", "probability.c"]
    else:
        assert metrics["test"]["mae"] == pytest.approx((test["target"] - test["prediction"]).abs().mean())


def test_classes_that_encode_dropped_are_no_classes(tmp_path):
    rows, *_ = make_data(tmp_path, "binary")
    schema_file = tmp_path / "clean" / "schema.json"
    schema = Schema.model_validate_json(schema_file.read_text())
    before = schema.model_copy(update={"task": "multiclass", "classes": ("a rare one", *schema.classes)})
    schema_file.write_text(before.model_dump_json())
    store = Store("evaluate", tmp_path / "evaluate", tmp_path)
    store.begin()
    main.__wrapped__(EvaluateConfig(evaluate=settings()), store)
    store.finish()
    table = pd.read_parquet(tmp_path / "evaluate" / "predictions.parquet").query("part == 'test'")
    assert list(table)[4:] == [f"probability.{name}" for name in schema.classes]
    assert table["target"].tolist() == rows["target"].tolist()
    chosen = table[["probability.no", "probability.yes"]].idxmax(axis=1).str.removeprefix("probability.")
    assert table["prediction"].tolist() == chosen.tolist()


def test_diverged_network_is_told_in_one_sentence(tmp_path):
    make_data(tmp_path, "binary")
    import keras

    model = keras.saving.load_model(tmp_path / "train" / "model.keras")
    model.layers[-1].set_weights([np.full_like(weight, np.nan) for weight in model.layers[-1].get_weights()])
    model.save(tmp_path / "train" / "model.keras")
    with pytest.raises(ValueError, match=r"NaN or infinity for .* rows.*train\.learning_rate"):
        read_answers(Store("evaluate", tmp_path / "evaluate", tmp_path), settings())
