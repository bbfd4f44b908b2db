"""The stage baseline: the function on small tables, and the stage in a process of its own."""

from __future__ import annotations

import hashlib
import json
import logging
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from encode_examples import ames, credit, divided, examples, media
from PIL import Image
from processes import environment
from sklearn.metrics import roc_auc_score

from stages.baseline import baseline, divide, read_examples
from stages.baselines import models
from stages.examples.schema import Schema
from stages.settings.baseline import BaselineSettings
from stages.shell.store import Store

ROOT = Path(__file__).resolve().parents[1]
ALL = ["constant", "linear", "gradient_boosting"]


def settings(**changes: object) -> BaselineSettings:
    return BaselineSettings(**{"models": ALL, "constant": "mean", "seed": 42} | changes)


def test_parts_are_those_of_the_split_without_what_is_excluded() -> None:
    table = pd.DataFrame({"example_id": list("abcdef")}, index=list("uvwxyz"))
    assignment = pd.DataFrame(
        {
            "position": [4, 2, 0, 1, 3, 5],
            "part": ["train", "excluded", "train", "test", "validation", "train"],
        }
    )
    parts = divide(table, assignment)
    assert {part: frame["example_id"].tolist() for part, frame in parts.items()} == {
        "train": ["a", "e", "f"],
        "validation": ["d"],
        "test": ["b"],
    }


def test_one_row_a_model_and_example() -> None:
    table, schema = credit(400)
    parts = divided(table)
    made = baseline(parts, schema=schema, settings=settings(models=["linear", "constant"]))
    columns = ["example_id", "part", "baseline", *(f"probability.{name}" for name in schema.classes)]
    assert made.predictions.columns.tolist() == columns
    assert made.predictions.dtypes.tolist() == ["str"] * 3 + ["float64"] * 2
    expected = [
        (row, part, name)
        for name in ("linear", "constant")
        for part in ("validation", "test")
        for row in parts[part]["example_id"]
    ]
    assert list(made.predictions[columns[:3]].itertuples(index=False, name=None)) == expected
    np.testing.assert_allclose(made.predictions[columns[3:]].sum(axis=1), 1.0)
    assert list(made.report["baselines"]) == ["linear", "constant"]
    assert made.report["notes"] == []


def test_validation_and_test_are_not_learnt_from() -> None:
    table, schema = credit(400)
    parts = divided(table)
    first = baseline(parts, schema=schema, settings=settings()).predictions
    shuffled = {
        part: frame if part == "train" else frame.assign(target=schema.classes[0])
        for part, frame in parts.items()
    }
    assert baseline(shuffled, schema=schema, settings=settings()).predictions.equals(first)
    alone = baseline(parts | {"test": parts["test"].head(1)}, schema=schema, settings=settings()).predictions
    row = alone[alone["part"] == "test"].drop(columns="part")
    ids = parts["test"]["example_id"].head(1)
    same = first[(first["part"] == "test") & first["example_id"].isin(ids)].drop(columns="part")
    np.testing.assert_allclose(row.iloc[:, 2:], same.iloc[:, 2:], rtol=1e-12)


def test_no_models_make_an_empty_table_of_the_same_columns() -> None:
    for table, schema in (credit(100), ames(100)):
        parts = divided(table)
        empty = baseline(parts, schema=schema, settings=settings(models=[]))
        some = baseline(parts, schema=schema, settings=settings(models=["constant"])).predictions
        assert len(empty.predictions) == 0
        assert empty.predictions.dtypes.equals(some.dtypes)
        assert empty.report == {"baselines": {}, "notes": []}


def test_a_model_that_cannot_be_fitted_is_left_out_with_a_note(caplog: pytest.LogCaptureFixture) -> None:
    raw = pd.DataFrame({"y": ["a", "b"] * 20, "x": 1.0})
    table, schema = examples(raw, "y", "binary")
    with caplog.at_level(logging.INFO, logger="stages.baseline"):
        made = baseline(divided(table), schema=schema, settings=settings())
    assert made.predictions["baseline"].unique().tolist() == ["constant"]
    assert list(made.report["baselines"]) == ["constant"]
    said = "is left out: No feature column holds two different values in train."
    assert made.report["notes"] == [f"{name} {said}" for name in ALL[1:]]
    assert caplog.messages[0].startswith("baseline constant: validation accuracy 0.")


def test_an_error_of_linear_algebra_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def singular(*arguments: object, **keywords: object) -> None:
        raise np.linalg.LinAlgError("Singular matrix")

    monkeypatch.setitem(models.BASELINES, "linear", singular)
    table, schema = ames(100)
    made = baseline(divided(table), schema=schema, settings=settings())
    assert list(made.report["baselines"]) == ["constant", "gradient_boosting"]
    assert "linear is left out" in made.report["notes"][0]
    assert "Singular matrix" in made.report["notes"][0]


def write_inputs(data: Path, table: pd.DataFrame, schema: Schema) -> None:
    """Write what `clean` and `split` write, and the section."""
    for name in ("clean", "split"):
        (data / name).mkdir(parents=True)
    table.to_parquet(data / "clean" / "examples.parquet")
    (data / "clean" / "schema.json").write_text(schema.model_dump_json())
    positions = {part: frame.index.to_numpy() for part, frame in divided(table).items()}
    part = pd.Series("excluded", index=range(len(table)), dtype="str")
    for name, rows in positions.items():
        part[rows] = name
    part[0] = "excluded"
    pd.DataFrame(
        {"example_id": table["example_id"], "position": range(len(table)), "part": part, "fold": 0}
    ).to_parquet(data / "split" / "assignment.parquet")
    (data / "config.yaml").write_text(yaml.safe_dump({"baseline": settings().model_dump()}))


RUN = """
import sys
from pathlib import Path
from stages.shell.store import Store
from stages.shell.stage import prepare_process, read_config
from stages.settings.baseline import BaselineConfig
from stages.baseline import main
data = Path(sys.argv[1])
prepare_process()
store = Store("baseline", data / "baseline", data)
store.begin()
main.__wrapped__(read_config(BaselineConfig, data / "config.yaml"), store)
store.finish()
print(*{name.split(".")[0] for name in sys.modules})
"""


def run_stage(data: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RUN, str(data)],
        cwd=ROOT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=True,
    )


def digests(folder: Path) -> dict[str, str]:
    return {
        file.name: hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()
        for file in sorted(folder.iterdir())
    }


def test_the_stage_writes_the_same_bytes_on_any_number_of_threads(tmp_path: Path) -> None:
    table, schema = credit(1500)
    write_inputs(tmp_path, table.reset_index(drop=True), schema)
    first = run_stage(tmp_path, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    once = digests(tmp_path / "baseline")
    run_stage(tmp_path, OMP_NUM_THREADS="4", OPENBLAS_NUM_THREADS="4")
    assert digests(tmp_path / "baseline") == once
    assert set(once) == {"predictions.parquet", "report.json"}
    assert not {"tensorflow", "keras", "mlflow", "imblearn", "dvc", "PIL"} & set(first.stdout.split())
    lines = [line for line in first.stderr.splitlines() if line.startswith("baseline ")]
    assert [line.split(":")[0] for line in lines] == [f"baseline {name}" for name in ALL]

    predictions = pd.read_parquet(tmp_path / "baseline" / "predictions.parquet")
    target = table.set_index("example_id")["target"]
    test = predictions[predictions["part"] == "test"]
    auc = {
        name: roc_auc_score(target[rows["example_id"]] == "bad", rows["probability.bad"])
        for name, rows in test.groupby("baseline")
    }
    assert auc["constant"] == 0.5
    assert 0.75 < auc["linear"] < 0.9
    assert 0.75 < auc["gradient_boosting"] < 0.9
    assert table["example_id"].iloc[0] not in set(predictions["example_id"])
    report = json.loads((tmp_path / "baseline" / "report.json").read_text())
    assert list(report) == ["baselines", "notes"]
    assert list(report["baselines"]) == ALL


def test_pictures_are_read_some_at_a_time_and_shrunk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table, schema = media("image")
    table.to_parquet(tmp_path / "clean.parquet")
    (tmp_path / "clean").mkdir()
    (tmp_path / "clean.parquet").rename(tmp_path / "clean" / "examples.parquet")
    monkeypatch.setattr(Store.stream_column, "__kwdefaults__", {"rows": 7})
    read = read_examples(Store("baseline", tmp_path / "baseline", tmp_path), schema)
    assert sorted(read) == sorted(table)
    for cell, content in zip(read["feature.made"], table["feature.made"], strict=True):
        if content is None:
            assert cell is None
        else:
            np.testing.assert_array_equal(cell, np.asarray(Image.open(BytesIO(content))))
    made = [baseline(divided(each), schema=schema, settings=settings()).predictions for each in (read, table)]
    assert made[0].equals(made[1])
