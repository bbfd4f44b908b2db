"""The stage `evaluate` from files to files, on a network whose answers are known."""

from __future__ import annotations

import json
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from encode_examples import examples, media, preprocessing
from evaluate_examples import settings
from PIL import Image

from stages.encode import encode
from stages.evaluate import PARTS, ask, main, read_network, read_schema
from stages.examples.schema import Schema
from stages.metrics.judgement import PLOTS
from stages.settings.evaluate import EvaluateConfig
from stages.shell.stage import Store

ROWS = 40
KINDS = {"binary": "probabilities", "multiclass": "probabilities", "regression": "value"}
FILES = {
    *(f"{name}.json" for name in ("metrics", "intervals", "comparison", "decision", "report")),
    *(f"{name}.csv" for name in ("slices", "worst", "importance", "threshold", *PLOTS)),
    "predictions.parquet",
}


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


def answers_in(data, **changed):
    """Return what the network written in `data` answers for each part."""
    store = Store("evaluate", data / "evaluate", data)
    schema, examples = read_schema(store), store.read_table("clean", "examples.parquet")
    network = read_network(store, schema, batch_size=7)
    weighted = settings(**changed).weighted
    encoded = {part: store.read_encoded("encode", part) for part in PARTS}
    return {
        part: ask(network, rows, examples.iloc[rows.position], schema=schema, weighted=weighted)
        for part, rows in encoded.items()
    }


def run(data, **changed):
    """Run the whole stage on `data`; return the folder it wrote."""
    store = Store("evaluate", data / "evaluate", data)
    store.begin()
    main.__wrapped__(EvaluateConfig(evaluate=settings(**{"batch_size": 7, **changed})), store)
    store.finish()
    return data / "evaluate"


def shares_of_classes(frame, schema, parts):
    """Return the table of a baseline that answers the shares of the classes, or the mean."""
    tables = []
    for part in PARTS:
        rows = frame.iloc[parts[part]]
        told = pd.DataFrame({"example_id": rows["example_id"], "part": part, "baseline": "constant"})
        if schema.task == "regression":
            tables.append(told.assign(value=frame["target"].mean()))
        else:
            shares = frame["target"].value_counts(normalize=True)
            tables.append(told.assign(**{f"probability.{name}": shares[name] for name in schema.classes}))
    return pd.concat(tables, ignore_index=True)


def make_data(data, task, **choices):
    """Write what `evaluate` reads; return test's table, its arrays, the network's kernel and the encoder."""
    frame, schema = examples(table(task), "target", task)
    if choices.pop("weight", False):
        frame["weight"] = np.arange(ROWS) % 3 * 1.0
    if choices.pop("group", False):
        frame["group"] = [f"g{row % 10}" for row in range(ROWS)]
    positions = np.random.default_rng(1).permutation(ROWS)
    parts = {"train": positions[:20], "validation": positions[20:28], "test": positions[28:]}
    encoder = preprocessing(schema, **choices)
    encoded = encode({part: frame.iloc[rows] for part, rows in parts.items()}, encoder)
    model, kernel = network(encoder.spec, task)
    stores = [Store(name, data / name, data) for name in ("clean", "encode", "train", "baseline")]
    clean, written, trained, simple = stores
    for store in stores:
        store.begin()
    simple.write_table("predictions.parquet", shares_of_classes(frame, schema, parts))
    clean.write_table("examples.parquet", frame)
    clean.write_model("schema.json", schema)
    for part, arrays in encoded.parts.items():
        written.write_encoded(part, arrays)
    written.write_model("spec.json", encoder.spec)
    written.write_estimator("preprocessing.skops", encoder)
    model.save(trained.output / "model.keras")
    trained.write_json("training.json", {"output_kind": KINDS[task], "threads": 1})
    for store in stores:
        store.finish()
    return frame.iloc[parts["test"]], encoded.parts["test"].inputs["numeric"], kernel, encoder


def test_binary(tmp_path):
    rows, numeric, kernel, _ = make_data(tmp_path, "binary")
    answers = answers_in(tmp_path)
    chance = 1 / (1 + np.exp(-(numeric @ kernel[:, 0] + 0.25)))
    assert answers["test"].predicted[:, 1] == pytest.approx(chance, rel=1e-5)
    assert answers["test"].example_id.tolist() == rows["example_id"].tolist()
    assert answers["test"].target.tolist() == (rows["target"] == "yes").astype(int).tolist()
    assert list(answers) == ["test", "validation"]


def test_regression_is_in_the_targets_own_unit(tmp_path):
    rows, numeric, kernel, encoder = make_data(tmp_path, "regression", target="log1p")
    answers = answers_in(tmp_path)["test"]
    scaler = encoder.target_.scaler_
    logs = (numeric @ kernel[:, 0] + 0.25) * scaler.scale_ + scaler.mean_
    assert answers.predicted == pytest.approx(np.exp(logs) - 1, rel=1e-4)
    assert answers.target.tolist() == rows["target"].tolist()  # not what float32 made of it


def test_weights_count_unless_switched_off(tmp_path):
    rows, *_ = make_data(tmp_path, "binary", weight=True)
    assert answers_in(tmp_path)["test"].weight.tolist() == rows["weight"].tolist()
    assert answers_in(tmp_path, weighted=False)["test"].weight is None


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_whole_stage_writes_the_same_bytes_again(tmp_path, task):
    make_data(tmp_path, task)
    written = [{file.name: file.read_bytes() for file in run(tmp_path).iterdir()} for _ in range(2)]
    assert written[0] == written[1]
    assert set(written[0]) == FILES
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
    run(tmp_path)
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
        answers_in(tmp_path)


def test_what_the_bundle_needs_is_in_decision(tmp_path):
    make_data(tmp_path, "binary")
    folder = run(
        tmp_path, threshold="cost", threshold_values={"false_negative_cost": 9.0}, calibration="temperature"
    )
    told = json.loads((folder / "decision.json").read_text())
    assert (told["task"], set(told["classes"])) == ("binary", {"no", "yes"})
    assert (told["threshold_rule"], told["calibration"]) == ("cost", "temperature")
    assert told["output_kind"] == "probabilities"
    assert told["costs"] == [[0.0, 1.0], [9.0, 0.0]]
    table = pd.read_parquet(folder / "predictions.parquet")
    positive = told["classes"][1]
    decided = table[f"probability.{positive}"] >= told["threshold"]
    assert (table["prediction"] == positive).tolist() == decided.tolist()
    raw = answers_in(tmp_path)["test"].predicted[:, 1]
    logits = np.log(raw / (1 - raw)) / told["temperature"]
    assert table.query("part == 'test'")[f"probability.{positive}"].to_numpy() == pytest.approx(
        1 / (1 + np.exp(-logits))
    )


def test_importance_and_worst_rows_are_of_the_raw_columns(tmp_path):
    rows, *_ = make_data(tmp_path, "binary")
    folder = run(tmp_path, importance_repeats=3, worst_rows=4)
    importance = pd.read_csv(folder / "importance.csv")
    assert set(importance["column"]) == {"size", "age"}
    assert importance["importance"].is_monotonic_decreasing
    worst = pd.read_csv(folder / "worst.csv")
    assert list(worst) == ["example_id", "target", "prediction", "loss", "probability", "size", "age"]
    assert worst["loss"].tolist() == pytest.approx(-np.log(worst["probability"]))
    assert worst["loss"].is_monotonic_decreasing
    cells = rows.set_index("example_id").loc[worst["example_id"]]
    assert worst["size"].tolist() == cells["feature.size"].tolist()
    assert worst["target"].tolist() == cells["target"].tolist()


def test_groups_are_drawn_whole(tmp_path):
    make_data(tmp_path, "binary", group=True)
    folder = run(tmp_path)
    assert pd.read_parquet(folder / "predictions.parquet")["group"].str.fullmatch("g[0-9]").all()


def test_unknown_slice_is_refused_before_the_network_is_loaded(tmp_path):
    make_data(tmp_path, "binary")
    (tmp_path / "train" / "model.keras").unlink()
    with pytest.raises(ValueError, match=r"evaluate\.slices: .*received sise\. Did you mean size\?"):
        run(tmp_path, slices=["sise", "age"])


def test_baselines_of_another_split_are_refused(tmp_path):
    make_data(tmp_path, "binary")
    file = tmp_path / "baseline" / "predictions.parquet"
    pd.read_parquet(file).iloc[1:].to_parquet(file)
    with pytest.raises(
        ValueError, match=r"baseline constant answered for 11 of the 12 rows of the test part.*dvc repro"
    ):
        run(tmp_path)


@pytest.mark.parametrize("role", ["image", "text", "sequence"])
def test_pictures_texts_and_series(tmp_path, role, monkeypatch):
    """A medium beside a number: slices, worst rows and importance, not all pictures held at once."""
    import keras

    from stages.models.interface import make_inputs, make_outputs
    from stages.models.linear import build_linear

    frame, schema = media(role, rows=ROWS)
    positions = np.random.default_rng(1).permutation(ROWS)
    parts = {"train": positions[:20], "validation": positions[20:28], "test": positions[28:]}
    encoder = preprocessing(schema)
    encoded = encode({part: frame.iloc[rows] for part, rows in parts.items()}, encoder)
    keras.utils.set_random_seed(0)
    clean, written, trained, simple = stores = [
        Store(name, tmp_path / name, tmp_path) for name in ("clean", "encode", "train", "baseline")
    ]
    for store in stores:
        store.begin()
    simple.write_table("predictions.parquet", shares_of_classes(frame, schema, parts))
    clean.write_table("examples.parquet", frame)
    clean.write_model("schema.json", schema)
    for part, arrays in encoded.parts.items():
        written.write_encoded(part, arrays)
    written.write_model("spec.json", encoder.spec)
    written.write_estimator("preprocessing.skops", encoder)
    build_linear(make_inputs(encoder.spec), make_outputs(encoder.spec)).save(trained.output / "model.keras")
    trained.write_json("training.json", {"threads": 1, "output_kind": "probabilities"})
    for store in stores:
        store.finish()
    monkeypatch.setattr(Store.stream_column, "__kwdefaults__", {"rows": 7})
    folder = run(tmp_path, bootstrap_resamples=0, min_slice_rows=1)
    slices = pd.read_csv(folder / "slices.csv").set_index("column")
    worst = pd.read_csv(folder / "worst.csv").set_index("example_id")
    held = frame.set_index("example_id")["feature.made"]
    if role == "image":
        sizes = [
            Image.open(BytesIO(held[name])).size if held[name] else (np.nan,) * 2 for name in worst.index
        ]
        np.testing.assert_array_equal(worst[["made: width", "made: height"]], sizes)
    elif role == "text":
        assert worst["made"].fillna("").tolist() == held[worst.index].fillna("").tolist()
    else:
        steps = [np.nan if held[name] is None else len(held[name]) / 2 for name in worst.index]
        np.testing.assert_array_equal(worst["made: steps"], steps)
    assert any(name.startswith("made: ") for name in slices.index)
    assert sorted(pd.read_csv(folder / "importance.csv")["column"]) == ["made", "size"]
