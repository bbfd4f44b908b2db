"""The stage's own function, on literal tables and on credit_data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from encode_examples import choice, composed, content, credit, divided, examples, media, preprocessing

from stages.encode import divide, encode, main, unfitted
from stages.examples.encoded import Spec
from stages.examples.schema import Column, Schema
from stages.settings.encode import EncodeConfig, EncodeSettings
from stages.shell.store import Store
from stages.transformers.preprocessing import TRUSTED


def settings(**changes: object) -> EncodeSettings:
    return EncodeConfig.model_validate({"encode": composed(**changes)}).encode


def test_parts_are_in_the_order_of_the_table() -> None:
    table = pd.DataFrame({"example_id": list("abcde")})
    assignment = pd.DataFrame(
        {"position": [4, 2, 0, 1, 3], "part": ["train", "excluded", "train", "test", "validation"]}
    )
    parts = divide(table, assignment)
    assert {part: frame["example_id"].tolist() for part, frame in parts.items()} == {
        "train": ["a", "e"],
        "validation": ["d"],
        "test": ["b"],
    }
    assert parts["train"].index.tolist() == [0, 4]


def test_an_empty_train_is_refused() -> None:
    with pytest.raises(ValueError, match="leaves no row for train"):
        divide(pd.DataFrame({"a": [1]}), pd.DataFrame({"position": [0], "part": ["test"]}))


def test_positions_weights_and_targets_follow_the_rows() -> None:
    raw = pd.DataFrame({"y": ["p", "n", "n", "n"] * 10, "x": np.arange(40.0)})
    table, schema = examples(raw, "y", "binary")
    table["weight"] = np.arange(40.0) / 10
    table.loc[7, "feature.x"] = 1e6
    parts = {"train": table.iloc[:30], "validation": table.iloc[30:35], "test": table.iloc[35:]}
    outliers = choice("outliers", "iqr", action="drop")
    made = encode(parts, preprocessing(schema, outliers=outliers))
    train = made.parts["train"]
    assert train.position.tolist() == [row for row in range(30) if row != 7]
    assert train.weight is not None
    assert train.weight.dtype == np.float32
    assert train.weight[7] == np.float32(0.8)
    assert train.target.tolist() == [int(row % 4 == 0) for row in range(30) if row != 7]
    assert made.parts["test"].position.tolist() == [35, 36, 37, 38, 39]
    assert made.report["outlier_rows"] == {"number": 1, "positions": [7]}
    assert made.report["rows"] == {"train": 29, "validation": 5, "test": 5}


def test_a_class_of_outliers_alone_is_not_dropped_silently() -> None:
    raw = pd.DataFrame({"y": ["p", *["n"] * 39], "x": [1e6, *np.arange(39.0)]})
    table, schema = examples(raw, "y", "binary")
    parts = {"train": table.iloc[:30], "validation": table.iloc[30:35], "test": table.iloc[35:]}
    with pytest.raises(ValueError, match=r"every row of the class\(es\) p from train.*encode\.outliers=none"):
        encode(parts, preprocessing(schema, outliers=choice("outliers", "iqr", action="drop")))
    kept = encode(parts, preprocessing(schema, outliers=choice("outliers", "iqr", action="clip")))
    assert len(kept.parts["train"]) == 30


def test_dates_alone_need_their_parts() -> None:
    raw = pd.DataFrame({"y": ["p", "n"] * 20, "x": np.arange(40.0)})
    table, schema = examples(raw, "y", "binary")
    table["feature.day"] = pd.date_range("2020-01-01", periods=40).astype("datetime64[us]")
    dates = schema.model_copy(update={"features": (Column(name="day", role="date"),)})
    with pytest.raises(ValueError, match=r"No feature column is left .*day: encode.dates=none.*dates=parts"):
        encode(divided(table), preprocessing(dates, dates="none"))
    assert encode(divided(table), preprocessing(dates)).report["columns"]["numeric"] > 0


def test_log1p_names_the_rows_it_cannot_take() -> None:
    raw = pd.DataFrame({"y": [1.0, 2.0, 3.0, -5.0], "x": [1.0, 2.0, 3.0, 4.0]})
    table, schema = examples(raw, "y", "regression")
    parts = {"train": table.iloc[:2], "validation": table.iloc[2:3], "test": table.iloc[3:]}
    with pytest.raises(ValueError, match=r"needs targets above -1, but 1 row\(s\) have others: raw.csv:3"):
        encode(parts, preprocessing(schema, target="log1p"))


def test_the_report_says_what_was_done() -> None:
    table, schema = credit(400)
    parts = divided(table)
    parts["test"] = parts["test"].assign(**{"feature.Job": "astronaut"})
    outliers = choice("outliers", "quantile")
    result = encode(parts, preprocessing(schema, outliers=outliers))
    made = result.report
    assert made["unseen_categories"]["test"]["Job"] == len(parts["test"])
    assert made["missing"]["train"]["Income"] == parts["train"]["feature.Income"].isna().sum()
    upper = parts["train"]["feature.Amount"].quantile(0.99)
    assert made["clipped"]["Amount"]["upper"] == pytest.approx(upper)
    assert (
        made["clipped"]["Amount"]["cells"]["train"]
        == (
            (parts["train"]["feature.Amount"] > upper)
            | (parts["train"]["feature.Amount"] < made["clipped"]["Amount"]["lower"])
        ).sum()
    )
    few = parts["train"]["feature.Marital"].value_counts()
    assert made["rare_categories"]["Marital"] == sorted(few[few < 10].index)
    assert made["columns"] == {"numeric": result.parts["test"].inputs["numeric"].shape[1]}


def test_an_identifier_among_the_categories_is_noted() -> None:
    raw = pd.DataFrame({"y": ["p", "n"] * 20, "x": np.arange(40.0), "id": [f"k{row}" for row in range(40)]})
    table, schema = examples(raw, "y", "binary")
    notes = encode(divided(table), preprocessing(schema)).report["notes"]
    assert any("column id has 24 categories in 24 rows" in note for note in notes)


def test_what_is_built_from_the_settings_is_what_they_say() -> None:
    _, schema = credit(50)
    built = unfitted(settings(missing_indicator=False, max_missing_share=0.5), schema)
    assert built.selection.max_missing_share == 0.5
    assert built.selection.missing_is_value == tuple(schema.keys("categorical"))
    assert built.numbers.missing_indicator is False
    assert built.numbers.imputer.strategy == "median"
    assert built.numbers.dates.parts == ("year", "month", "day", "weekday", "hour", "elapsed_days")


def test_what_is_written_is_read_again(tmp_path: object) -> None:
    table, schema = credit(200)
    parts = divided(table)
    fitted = unfitted(settings(), schema)
    made = encode(parts, fitted)
    store = Store("encode", tmp_path / "encode", data=tmp_path)
    store.begin()
    store.write_encoded("test", made.parts["test"])
    store.write_estimator("preprocessing.skops", fitted)
    store.write_json("report.json", made.report)
    store.finish()
    loaded = store.read_estimator("encode", "preprocessing.skops", trusted=TRUSTED)
    read = store.read_encoded("encode", "test")
    assert np.array_equal(loaded.transform(parts["test"])["numeric"], read.inputs["numeric"])
    assert store.read_json("encode", "report.json")["rows"]["train"] == 120


def test_the_stage_reads_pictures_from_disk_and_writes_what_spec_says(tmp_path: Path) -> None:
    table, schema = media("image")
    store = stage_with(tmp_path, table, schema)
    main.__wrapped__(EncodeConfig.model_validate({"encode": composed()}), store)
    store.finish()
    spec = store.read_model("encode", "spec.json", Spec)
    train = store.read_encoded("encode", "train")
    assert [each.name for each in spec.inputs] == ["numeric", "image"]
    loaded = store.read_estimator("encode", "preprocessing.skops", trusted=TRUSTED)
    again = loaded.transform(table.iloc[train.position])
    assert np.array_equal(again["image"], train.inputs["image"])
    assert loaded.spec == spec


def test_pretrained_vectors_are_written_beside_the_arrays(tmp_path: Path) -> None:
    table, schema = media("text")
    (tmp_path / "vectors.txt").write_text("good 1 2\nnight 3 4\n")
    text = content("text", "tokens") | {"vectors": str(tmp_path / "vectors.txt")}
    store = stage_with(tmp_path, table, schema)
    main.__wrapped__(EncodeConfig.model_validate({"encode": composed(text=text)}), store)
    store.finish()
    vectors = store.read_array("encode", "vectors.npy")
    spec = store.read_model("encode", "spec.json", Spec).input("text")
    assert spec is not None
    assert (vectors.shape, vectors.dtype) == ((spec.sizes[0], 2), np.float32)
    loaded = store.read_estimator("encode", "preprocessing.skops", trusted=TRUSTED)
    assert vectors[loaded.transform(word("night"))["text"][0, 0]].tolist() == [3, 4]
    for file in (tmp_path / "encode").rglob("*"):
        assert file.is_dir() or str(tmp_path).encode() not in file.read_bytes()


def word(text: str) -> pd.DataFrame:
    return pd.DataFrame({"feature.made": pd.Series([text], dtype="str")})


def stage_with(folder: Path, table: pd.DataFrame, schema: Schema) -> Store:
    """Return the opened store of stage encode, `table` and a split of it before it."""
    for name in ("clean", "split"):
        (folder / name).mkdir()
    table.to_parquet(folder / "clean" / "examples.parquet", index=False)
    (folder / "clean" / "schema.json").write_text(schema.model_dump_json())
    part = np.repeat(["train", "validation", "test"], [len(table) - 12, 6, 6])
    assignment = pd.DataFrame({"position": np.arange(len(table)), "part": part})
    assignment.to_parquet(folder / "split" / "assignment.parquet", index=False)
    store = Store("encode", folder / "encode", data=folder)
    store.begin()
    return store
