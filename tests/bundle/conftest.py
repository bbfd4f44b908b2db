"""Models in an MLflow store, one a task, for the tests of bundles."""

from __future__ import annotations

from pathlib import Path

import bundle_cases as cases
import pytest
from bundle_cases import CONFIG, Logged
from mlflow import MlflowClient

from stages.metrics.decision import Decision
from stages.metrics.rule import Rule
from stages.shell.tracking.bundle import log_bundle
from stages.shell.tracking.client import KEY


@pytest.fixture(scope="session")
def logged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Logged]:
    folder = tmp_path_factory.mktemp("mlflow")
    client = MlflowClient(f"sqlite:///{folder / 'mlflow.db'}")
    experiment = client.create_experiment("credit", artifact_location=(folder / "artifacts").as_uri())
    rule = Rule(1.3, Decision(threshold=0.4))
    tables = {
        "binary": (cases.credit(tmp_path_factory.mktemp("binary")), rule),
        "multiclass": (cases.credit(tmp_path_factory.mktemp("multi"), target="Job"), Rule(1.0, cases.COSTS)),
        "regression": (cases.ames(tmp_path_factory.mktemp("regression")), Rule()),
    }
    found = {}
    for task, (table, each) in tables.items():
        place = tmp_path_factory.mktemp(task)
        model = cases.trained(table, place, rule=each, target="standard" if task == "regression" else "auto")
        data = cases.data_folder(table, model, place / "data")
        run = client.create_run(experiment, tags={KEY: f"key of {task}"}).info.run_id
        identity = log_bundle(client, run, data, config=CONFIG)
        folder_of = Path(client.get_logged_model(identity).artifact_location.removeprefix("file://"))
        found[task] = Logged(client, run, identity, folder_of, data, model)
    return found
