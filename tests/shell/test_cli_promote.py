"""`upcurve promote`: the alias moves only where every gate holds, and each says by how much."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import bundle_cases as cases
import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner, Result
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from stages.metrics.answers import Answers, prediction_table
from stages.metrics.decision import decide
from stages.shell.cli.main import upcurve
from stages.shell.tracking.bundle import log_bundle
from stages.shell.tracking.client import KEY, open_client

ROWS = 400
GATES = yaml.safe_load((cases.ROOT / "conf/promote.yaml").read_text(encoding="utf-8"))
CONFIG: dict[str, Any] = {"choices": {"model": "mlp"}, "dataset": {"id": None}}
BETTER = {"difference": 0.04, "low": 0.02, "high": 0.06, "verdict": "better"}
UNSURE = {"difference": 0.01, "low": -0.012, "high": 0.03, "verdict": "not distinguishable"}


class Place(NamedTuple):
    """A project with a store of its own, and how to run `upcurve promote` there."""

    root: Path
    client: MlflowClient
    experiment: str
    promote: Callable[..., Result]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    table = cases.credit(tmp_path_factory.mktemp("credit"), rows=120)
    folder = tmp_path_factory.mktemp("model")
    return cases.data_folder(table, cases.trained(table, folder), folder / "data")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture
def place(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Place:
    root = tmp_path / "project"
    (root / "conf").mkdir(parents=True)
    for mark in ("dvc.yaml", "conf/config.yaml"):
        (root / mark).write_text("{}\n")
    (root / "conf/promote.yaml").write_text(yaml.safe_dump(GATES))
    monkeypatch.chdir(root)
    monkeypatch.setenv("DVC_ROOT", str(root))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{store / 'mlflow.db'}")
    client = open_client()
    name = request.node.name
    experiment = client.create_experiment(name, artifact_location=(store / name).as_uri())

    def promote(*arguments: str) -> Result:
        chosen = ["promote", *arguments, "--name", name]
        return CliRunner().invoke(upcurve, chosen, prog_name="upcurve")

    return Place(root, client, experiment, promote)


def add_run(
    place: Place,
    data: Path,
    name: str,
    *,
    right: float,
    baseline: dict[str, Any] = BETTER,
    calibration_error: float = 0.03,
    rows: int = ROWS,
) -> str:
    """Return a finished run whose model is right on the share `right` of the test rows."""
    target = np.arange(rows) % 2
    chosen = np.where(np.arange(rows) < right * rows, target, 1 - target)
    shares = np.where(chosen[:, None] == [0, 1], 0.7, 0.3)
    ids = np.array([f"r{row}" for row in range(rows)], object)
    answers = Answers(ids, target, shares, decided=decide(shares))
    run = place.client.create_run(place.experiment, tags={KEY: f"key of {name}"}, run_name=name).info.run_id
    folder = place.root / "files" / run
    folder.mkdir(parents=True)
    metrics = {"accuracy": right, "expected_calibration_error": calibration_error}
    comparison = {"main": "accuracy", "baselines": {"linear": {"differences": {"accuracy": baseline}}}}
    decision = {"task": "binary", "classes": ["good", "bad"], "output_kind": "probabilities"}
    for file, content in {
        "metrics.json": {"test": metrics},
        "comparison.json": {"test": comparison},
        "decision.json": decision,
    }.items():
        (folder / file).write_text(json.dumps(content))
    slices = pd.DataFrame({"column": ["Job"], "slice": ["other"], "rows": [60], "metric": ["accuracy"]})
    slices.assign(value=right - 0.1, low=0.0, high=1.0).to_csv(folder / "slices.csv", index=False)
    prediction_table({"test": answers}, classes=("good", "bad")).to_parquet(folder / "predictions.parquet")
    place.client.log_artifacts(run, str(folder), "evaluate")
    log_bundle(place.client, run, data, config=CONFIG)
    place.client.set_terminated(run, "FINISHED")
    return run


def champion(place: Place, name: str, alias: str = "champion") -> str | None:
    """Return the run whose model the alias names."""
    try:
        return place.client.get_model_version_by_alias(name, alias).run_id
    except MlflowException:
        return None


def test_promoted_and_kept(place: Place, data: Path, request: pytest.FixtureRequest) -> None:
    name = request.node.name
    first = add_run(place, data, "first", right=0.8)
    result = place.promote(first, "--dry-run")
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1] == f"first would be promoted to models:/{name}@champion."
    assert champion(place, name) is None
    result = place.promote("first")
    assert result.exit_code == 0, result.output
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert lines == [
        "held baseline linear accuracy +0.04 [+0.02, +0.06], better",
        "held calibration expected calibration error 0.03, at most 0.1 asked",
        "held champion there is none yet",
        f"first is models:/{name}@champion now (version 1).",
    ]
    assert champion(place, name) == first
    again = place.promote(first)
    assert "it is this very run" in again.output
    assert [each.version for each in place.client.search_model_versions(f"name='{name}'")] == [1]

    worse = add_run(place, data, "worse", right=0.7)
    result = place.promote(worse)
    assert result.exit_code == 1
    assert "FAILED champion version 1 accuracy -0.1 [" in " ".join(result.output.split())
    said = "worse is not promoted: 1 of 3 gates failed (they stand in conf/promote.yaml)."
    assert result.output.splitlines()[-1] == said
    assert champion(place, name) == first

    equal = add_run(place, data, "equal", right=0.8)
    result = place.promote(equal, "--alias", "staging")
    assert (result.exit_code, champion(place, name, "staging")) == (0, equal)
    result = place.promote(equal)
    assert (result.exit_code, champion(place, name)) == (0, equal)
    versions = {each.run_id: each for each in place.client.search_model_versions(f"name='{name}'")}
    assert set(versions) == {first, equal}


def test_the_promoted_model_predicts(place: Place, data: Path, request: pytest.FixtureRequest) -> None:
    run = add_run(place, data, "only", right=0.8)
    assert place.promote(run).exit_code == 0
    (place.root / "new.csv").write_text("Age,Home\n40,rent\n,\n")
    model = f"models:/{request.node.name}@champion"
    arguments = ["predict", "new.csv", "-o", "out.csv", "--model", model]
    result = CliRunner().invoke(upcurve, arguments, prog_name="upcurve")
    assert result.exit_code == 0, result.output
    assert list(pd.read_csv("out.csv")["row"]) == [1, 2]


def test_a_choice_of_model_may_hold_a_dot(place: Place, data: Path) -> None:
    run = place.client.create_run(place.experiment, tags={KEY: "dotted"}).info.run_id
    model = log_bundle(place.client, run, data, config=CONFIG | {"choices": {"model": "mlp.v2"}})
    assert place.client.get_logged_model(model).name == "mlp_v2"


def test_every_gate_that_failed_is_named(place: Place, data: Path, request: pytest.FixtureRequest) -> None:
    (place.root / "conf/promote.yaml").write_text(yaml.safe_dump(GATES | {"slice_floor": 0.75}))
    run = add_run(place, data, "weak", right=0.8, baseline=UNSURE, calibration_error=0.13)
    result = place.promote(run)
    assert result.exit_code == 1
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert lines == [
        "FAILED baseline linear accuracy +0.01 [-0.012, +0.03], not distinguishable; all of it must "
        "be above 0, 0.012 lacking",
        "FAILED worst slice accuracy 0.7 in Job = other (60 rows), at least 0.75 asked; 0.05 lacking",
        "FAILED calibration expected calibration error 0.13, at most 0.1 asked; 0.03 lacking",
        "held champion there is none yet",
        "weak is not promoted: 3 of 4 gates failed (they stand in conf/promote.yaml).",
    ]
    assert champion(place, request.node.name) is None
    assert [each.name for each in place.client.search_registered_models(f"name='{request.node.name}'")] == []


def test_other_test_rows_cannot_be_compared(place: Place, data: Path, request: pytest.FixtureRequest) -> None:
    first = add_run(place, data, "first", right=0.8)
    assert place.promote(first).exit_code == 0
    other = add_run(place, data, "other", right=0.9, rows=300)
    result = place.promote(other)
    assert result.exit_code == 1
    assert "not comparable: only 300 of 400 test rows are the same" in " ".join(result.output.split())
    (place.root / "conf/promote.yaml").write_text(yaml.safe_dump(GATES | {"champion": "ignore"}))
    assert place.promote(other).exit_code == 0
    assert champion(place, request.node.name) == other


def test_the_champion_is_met_by_the_metric_of_the_gates(place: Place, data: Path) -> None:
    chosen = {"metric": "expected_calibration_error", "baselines": []}
    (place.root / "conf/promote.yaml").write_text(yaml.safe_dump(GATES | chosen))
    assert place.promote(add_run(place, data, "first", right=0.8)).exit_code == 0
    result = place.promote(add_run(place, data, "second", right=0.9))
    assert "champion version 1 expected_calibration_error +" in " ".join(result.output.split())


def test_the_run_of_the_workspace(place: Place, data: Path, request: pytest.FixtureRequest) -> None:
    run = add_run(place, data, "here", right=0.8)
    result = place.promote()
    assert result.exit_code == 1
    assert "The workspace holds no finished run" in result.output
    (place.root / "data/record").mkdir(parents=True)
    (place.root / "data/record/record.json").write_text(json.dumps({"key": "key of here"}))
    tags = place.client.search_runs([place.experiment], f"tags.`{KEY}` = 'key of here'")
    assert [each.info.run_id for each in tags] == [run]
    place.promote()
    promoted = champion(place, request.node.name)
    assert place.client.get_run(promoted).data.tags[KEY] == "key of here"


def test_refusals(place: Place, data: Path) -> None:
    result = place.promote("nothing")
    assert (result.exit_code, "There is no run `nothing`" in result.output) == (1, True)
    run = place.client.create_run(place.experiment, tags={KEY: "bare"}, run_name="bare").info.run_id
    place.client.set_terminated(run, "FINISHED")
    result = place.promote(run)
    assert result.exit_code == 1
    assert "The run bare has no model in MLflow. `upcurve sync` sends what is missing" in result.output
    result = place.promote(run, "--alias", "v3")
    assert "MLflow keeps v1, v2, ... and latest for itself" in result.output
    run = add_run(place, data, "full", right=0.8)
    for text, message in {
        "baselines: all\n": "conf/promote.yaml cannot be read: metric: Field required",
        "{": "conf/promote.yaml cannot be read: while parsing",
        yaml.safe_dump(GATES | {"slice_flor": 1}): "slice_flor: Extra inputs are not permitted. Its keys are",
        yaml.safe_dump(GATES | {"baselines": ["lineer"]}): "the baseline 'lineer', but the run was compared",
    }.items():
        (place.root / "conf/promote.yaml").write_text(text)
        result = place.promote(run)
        assert result.exit_code == 1
        assert message in " ".join(result.output.split())
