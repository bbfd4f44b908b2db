"""What `upcurve promote` reads of runs in MLflow: champions without a run, slices of any name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from mlflow import MlflowClient

from stages.settings.gates import GateSettings
from stages.shell.cli.gating import against, judge, read_judged
from stages.shell.tracking.client import open_client

ROOT = Path(__file__).resolve().parents[2]
GATES = yaml.safe_load((ROOT / "conf/promote.yaml").read_text(encoding="utf-8"))
COMPARISON = {"test": {"main": "accuracy", "baselines": {}}}
SLICES = """\
column,slice,rows,metric,value,low,high
Status,NA,60,accuracy,0.6,0.5,0.7
Status,None,60,accuracy,0.8,0.7,0.9
Status,missing,60,accuracy,,,
NA,1.0,60,accuracy,0.7,0.6,0.8
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MlflowClient]:
    folder = tmp_path_factory.mktemp("store")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DVC_ROOT", str(folder))
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        client = open_client()
        place = (folder / "artifacts").as_uri()
        client.create_experiment("credit", artifact_location=place)
        yield client


@pytest.fixture(scope="module")
def run(client: MlflowClient, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A run with what `evaluate` wrote."""
    folder = tmp_path_factory.mktemp("evaluate")
    (folder / "metrics.json").write_text(json.dumps({"test": {"accuracy": 0.8}}))
    (folder / "comparison.json").write_text(json.dumps(COMPARISON))
    (folder / "slices.csv").write_text(SLICES)
    experiment = client.get_experiment_by_name("credit").experiment_id
    run = client.create_run(experiment, run_name="mlp")
    client.log_artifacts(run.info.run_id, str(folder), "evaluate")
    return run


@pytest.mark.parametrize(
    ("name", "origin", "said"),
    [
        ("handmade", None, "it was registered without a run"),
        ("purged", "f" * 32, f"its run {'f' * 32} is gone from MLflow"),
    ],
)
def test_a_champion_without_a_run_fails_its_gate(
    client: MlflowClient, run: Any, name: str, origin: str | None, said: str
) -> None:
    client.create_registered_model(name)
    champion = client.create_model_version(name, "s3://models/one", run_id=origin)
    (gate,) = against(client, run, champion, GateSettings.model_validate(GATES))
    assert (gate.name, gate.held) == ("champion version 1", False)
    assert f"not comparable: {said}" in gate.words
    assert "champion: ignore" in gate.words


def test_a_slice_may_be_called_na(client: MlflowClient, run: Any) -> None:
    slices = read_judged(client, run).slices
    assert slices["slice"].tolist() == ["NA", "None", "missing", "1.0"]
    assert slices["column"].tolist() == ["Status", "Status", "Status", "NA"]
    assert slices["value"].dropna().tolist() == [0.6, 0.8, 0.7]
    settings = GateSettings.model_validate(GATES | {"slice_floor": 0.65})
    worst = next(gate for gate in judge(client, run, settings) if gate.name == "worst slice")
    assert "accuracy 0.6 in Status = NA (60 rows)" in worst.words
