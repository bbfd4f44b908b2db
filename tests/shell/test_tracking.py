"""MLflow rows against a real store: one a configuration, complete, rebuilt from files, never a failure."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from processes import environment

from stages.shell.compose import compose
from stages.shell.store import Store
from stages.shell.tracking import client as tracking
from stages.shell.tracking.live import Tracker, close_dead_runs
from stages.shell.tracking.row import parameters, run_name, write_row

ROOT = Path(__file__).resolve().parents[2]


def in_a_process(project: Path, code: str) -> str:
    """What `code` prints in a process of its own that works on `project`."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(DVC_ROOT=str(project)),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def fresh_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store; making one takes seconds, so that it is made once and copied."""
    folder = tmp_path_factory.mktemp("store")
    in_a_process(folder, "from stages.shell.tracking import client; client.open_client()")
    return folder / "mlflow.db"


@pytest.fixture
def project(tmp_path: Path, fresh_store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with the outputs of a finished run, and an empty MLflow store of its own."""
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    data = tmp_path / "data"
    for stage in ("clean", "train", "evaluate", "record"):
        (data / stage).mkdir(parents=True)
    shutil.copy(fresh_store, tmp_path)
    (data / "config.yaml").write_text(compose(ROOT, ["train.epochs=3"], page={"dataset": "credit"}).text())
    (data / "clean" / "sources.json").write_text('{"files": {"credit.csv": "abc"}}')
    pd.DataFrame({"epoch": [1, 2, 3], "loss": [0.7, 0.5, 0.4], "val_loss": [0.8, 0.6, 0.5]}).to_csv(
        data / "train" / "history.csv", index=False
    )
    (data / "train" / "model.keras").write_bytes(b"model")
    metrics = {
        "test": {
            "accuracy": 0.75,
            "per_class": {"bad": {"recall": 0.5}, ">50K": {"recall": 0.25}},
            "roc_auc": None,
        }
    }
    (data / "evaluate" / "metrics.json").write_text(json.dumps(metrics))
    (data / "record" / "record.json").write_text("{}")
    (tmp_path / "stages").mkdir()
    for module in ("live", "row", "client"):
        target = sys.modules[f"stages.shell.tracking.{module}"]
        if hasattr(target, "ROOT"):
            monkeypatch.setattr(target, "ROOT", tmp_path)
    monkeypatch.setattr("stages.shell.tracking.live.read_document", lambda: tracking.read_document(tmp_path))
    monkeypatch.setattr("stages.shell.tracking.live.run_key", lambda: tracking.run_key(tmp_path))
    yield tmp_path


def rows(name: str = "credit") -> list[Any]:
    client = tracking.open_client()
    return list(client.search_runs([tracking.open_experiment(client, name)]))


def test_a_row_holds_every_parameter_every_epoch_and_the_results(project: Path) -> None:
    run = write_row(project / "data", project)
    (row,) = rows()
    assert row.info.run_id == run
    assert row.info.status == "FINISHED"
    config = yaml.safe_load((project / "data" / "config.yaml").read_text())
    assert set(row.data.params) >= {
        "model",
        "train.epochs",
        "train.optimizer.beta_1",
        "split.test_size",
        "seed",
    }
    assert len(row.data.params) == len(dict(parameters(config)))
    assert row.data.params["train.epochs"] == "3"
    assert row.data.params["model"] == "mlp"
    history = tracking.open_client().get_metric_history(run, "val_loss")
    assert [(metric.step, metric.value) for metric in history] == [(1, 0.8), (2, 0.6), (3, 0.5)]
    assert row.data.metrics["test/accuracy"] == 0.75
    assert row.data.metrics["test/per_class/bad/recall"] == 0.5
    assert row.data.metrics["test/per_class/_50K/recall"] == 0.25
    assert "test/roc_auc" not in row.data.metrics
    assert row.data.tags["overrides"] == "train.epochs=3"
    assert row.info.run_name == "mlp train.epochs=3"


def test_writing_again_adds_nothing(project: Path) -> None:
    first = write_row(project / "data", project)
    assert write_row(project / "data", project) == first
    client = tracking.open_client()
    assert len(rows()) == 1
    assert len(client.get_metric_history(first, "loss")) == 3
    assert len(client.get_metric_history(first, "test/accuracy")) == 1


def test_another_configuration_or_other_data_is_another_row(project: Path) -> None:
    write_row(project / "data", project)
    (project / "data" / "clean" / "sources.json").write_text('{"files": {"credit.csv": "other"}}')
    write_row(project / "data", project)
    text = compose(ROOT, ["train.epochs=4"], page={"dataset": "credit"}).text()
    (project / "data" / "config.yaml").write_text(text)
    write_row(project / "data", project)
    assert len(rows()) == 3


def test_the_name_tells_what_differs() -> None:
    config = {"choices": {"model": "linear"}, "overrides": ["dataset=ames", "model=linear", "train.epochs=3"]}
    assert run_name(config) == "linear train.epochs=3"


def test_epochs_stream_to_the_row_that_record_completes(project: Path) -> None:
    tracker = Tracker()
    tracker.epoch(1, {"loss": 0.7, "val_loss": 0.8})
    tracker.epoch(2, {"loss": 0.5, "val_loss": 0.6})
    tracker.close()
    (row,) = rows()
    assert row.info.status == "RUNNING"
    assert write_row(project / "data", project) == row.info.run_id
    history = tracking.open_client().get_metric_history(row.info.run_id, "loss")
    assert [metric.step for metric in history] == [1, 2, 3]


def test_a_forced_retrain_leaves_a_complete_row_complete(project: Path) -> None:
    run = write_row(project / "data", project)
    tracker = Tracker()
    tracker.epoch(1, {"loss": 0.7, "val_loss": 0.8})
    tracker.close()
    (row,) = rows()
    assert row.info.status == "FINISHED"
    assert len(tracking.open_client().get_metric_history(run, "loss")) == 3


def test_a_stage_by_hand_sends_nothing(project: Path) -> None:
    by_hand = Store("train", project / "scratch" / "train", data=project / "data")
    by_hand.tracker.epoch(1, {"loss": 0.7})
    assert rows() == []


def test_a_run_whose_process_died_is_not_left_running(project: Path) -> None:
    code = (
        "from stages.shell.tracking import client, live\n"
        "c = client.open_client(); e = client.open_experiment(c, 'credit')\n"
        "import os, socket\n"
        "c.create_run(e, tags={client.KEY: 'x', client.PROCESS: f'{socket.gethostname()}:{os.getpid()}'})\n"
    )
    in_a_process(project, code)
    client = tracking.open_client()
    assert rows()[0].info.status == "RUNNING"
    close_dead_runs(client, tracking.open_experiment(client, "credit"))
    assert rows()[0].info.status == "KILLED"


SYNC = """
from pathlib import Path
from stages.shell.tracking.client import find_run, open_client, open_experiment, read_document, run_key
from stages.shell.tracking.sync import sync
root = Path({root!r})
print(sync(root))
client = open_client()
run = find_run(client, open_experiment(client, "credit"), run_key(root))
print(run.info.run_id, len(client.get_metric_history(run.info.run_id, "loss")))
"""


def test_sync_rebuilds_a_lost_store_and_only_then(project: Path) -> None:
    lost = in_a_process(project, SYNC.format(root=str(project))).split()
    assert lost[0] == lost[1]
    assert lost[2] == "3"
    assert in_a_process(project, SYNC.format(root=str(project))).split() == ["None", *lost[1:]]


def test_a_server_that_is_down_costs_a_warning(
    project: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(logging.getLogger("stages"), "propagate", True)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    tracker = Tracker()
    tracker.epoch(1, {"loss": 0.7})
    tracker.close()
    assert not tracker._thread.is_alive()
    assert "upcurve sync" in caplog.text


def test_two_processes_make_a_fresh_store_at_once(project: Path) -> None:
    code = "from stages.shell.tracking.client import *; open_experiment(open_client(), 'credit')"
    (project / "mlflow.db").unlink()
    extra = environment(DVC_ROOT=str(project))
    processes = [
        subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=extra, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    for process in processes:
        _, said = process.communicate()
        assert process.returncode == 0, said.decode()
