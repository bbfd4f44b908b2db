"""MLflow rows against a real store: one a configuration, complete, never twice, never a failure."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from processes import environment
from tracked_project import configuration, in_a_process, lay_out, make_store, write_assignment

from stages.shell.store import Store
from stages.shell.tracking import client as tracking
from stages.shell.tracking import index
from stages.shell.tracking.description import CONTENT
from stages.shell.tracking.live import Tracker
from stages.shell.tracking.notes import write_note
from stages.shell.tracking.outage import warn_once
from stages.shell.tracking.place import mend_addresses
from stages.shell.tracking.processes import close_dead_runs, is_dead, owner
from stages.shell.tracking.row import parameters, run_name, write_row

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def fresh_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("store"))


@pytest.fixture
def project(tmp_path: Path, fresh_store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the outputs of a finished run, and an empty MLflow store of its own."""
    return lay_out(tmp_path, fresh_store, monkeypatch)


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
    assert len(row.data.params) == len(parameters(config))
    assert row.data.params["train.epochs"] == "3"
    assert row.data.params["model"] == "mlp"
    history = tracking.open_client().get_metric_history(run, "val_loss")
    assert [(metric.step, metric.value) for metric in history] == [(1, 0.8), (2, 0.6), (3, 0.5)]
    measured = {name: value for name, value in row.data.metrics.items() if name not in ("loss", "val_loss")}
    assert measured == {
        "best_epoch": 2,
        "best_val_loss": 0.6,
        "test/accuracy": 0.75,
        "test/accuracy_low": 0.7,
        "test/accuracy_high": 0.8,
        "test/rows": 8,
        "test/per_class/__50K/recall": 0.5,
        "test/per_class/__50K/recall_low": 0.4,
        "test/per_class/__50K/recall_high": 0.6,
        "test/per_class/__50K 2/recall": 0.25,
        "test/per_class/__50K 2/recall_low": 0.1,
        "test/per_class/__50K 2/recall_high": 0.3,
        "validation/accuracy": 0.7,
        "baseline/linear/accuracy": 0.7,
        "baseline/linear/accuracy_low": 0.6,
        "baseline/linear/accuracy_high": 0.8,
        "baseline/linear/accuracy_difference": 0.05,
        "baseline/linear/accuracy_difference_low": 0.01,
        "baseline/linear/accuracy_difference_high": 0.09,
    }
    assert row.data.tags["verdict.linear"] == "better"
    assert row.data.tags["overrides"] == "train.epochs=3 record.model=false"
    assert row.info.run_name == "mlp train.epochs=3 record.model=false"
    assert row.data.tags["mlflow.note.content"] == (
        "**Test accuracy 0.75** (0.7 to 0.8): better than linear by +0.05 (+0.01 to +0.09).\n\n"
        "Differs from the defaults:\n\n- `train.epochs=3`\n- `record.model=false`"
    )


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
    (project / "data" / "config.yaml").write_text(configuration("train.epochs=4"))
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
    assert sorted(metric.step for metric in history) == [1, 2, 3]


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


def test_the_digest_of_a_part_tells_whether_two_runs_used_the_same_rows(project: Path) -> None:
    write_row(project / "data", project, key="first")
    write_assignment(project / "data", ["train", "validation", "test", "validation"])
    write_row(project / "data", project, key="second")
    second, first = rows()
    digests = [
        {each.tags[0].value: each.dataset.digest for each in run.inputs.dataset_inputs}
        for run in (first, second)
    ]
    assert {part for part in digests[0] if digests[0][part] == digests[1][part]} == {"test"}
    (train,) = [each for each in first.inputs.dataset_inputs if each.tags[0].value == "train"]
    assert (train.dataset.name, json.loads(train.dataset.source)) == ("credit", {"uri": "data/raw/credit"})
    assert json.loads(train.dataset.profile) == {"num_rows": 2}


def test_what_a_person_writes_in_the_ui_stays(project: Path) -> None:
    run = write_row(project / "data", project, key="run")
    client = tracking.open_client()
    client.set_tag(run, CONTENT, "mine")
    write_row(project / "data", project, key="run")
    assert client.get_run(run).data.tags[CONTENT] == "mine"


def test_a_note_in_a_file_stands_above_the_judgement(project: Path) -> None:
    write_note(project, "run", name="any", text="mine")
    run = write_row(project / "data", project, key="run")
    assert tracking.open_client().get_run(run).data.tags[CONTENT].startswith("mine\n\n---\n\n**Test")


def test_of_two_rows_with_one_key_the_first_is_the_run(project: Path) -> None:
    client = tracking.open_client()
    experiment = tracking.open_experiment(client, "credit")
    made = [client.create_run(experiment, start_time=time, tags={tracking.KEY: "k"}) for time in (2, 1, 3)]
    found = tracking.find_or_create_run(client, experiment, "k", name="any")
    assert found.info.run_id == made[1].info.run_id


def test_a_run_that_a_person_deleted_comes_back_when_it_runs_again(project: Path) -> None:
    run = write_row(project / "data", project, key="run")
    tracking.open_client().delete_run(run)
    assert [row.is_complete() for row in index.rows()] == [True]
    assert write_row(project / "data", project, key="run") == run
    assert [row.info.run_id for row in rows()] == [run]


def test_a_run_whose_process_died_is_not_left_running(project: Path) -> None:
    code = (
        "from stages.shell.tracking import client, processes\n"
        "c = client.open_client(); e = client.open_experiment(c, 'credit')\n"
        "c.create_run(e, tags={client.KEY: 'x', processes.PROCESS: processes.owner()})\n"
    )
    in_a_process(project, code)
    client = tracking.open_client()
    assert rows()[0].info.status == "RUNNING"
    close_dead_runs(client, tracking.open_experiment(client, "credit"))
    assert rows()[0].info.status == "KILLED"


def test_a_process_is_known_by_its_number_and_its_start() -> None:
    host, number, began = owner().split(":")
    assert not is_dead(owner())
    assert is_dead(f"{host}:{number}:{float(began) - 3600:.0f}")
    assert not is_dead(f"elsewhere:{number}:0")
    assert not is_dead("")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert is_dead(f"{host}:{gone.pid}:{began}")


def test_addresses_of_a_moved_store_are_mended(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = write_row(project / "data", project, key="run")
    moved = project.with_name(f"{project.name} moved")
    shutil.copytree(project, moved)
    monkeypatch.setenv("DVC_ROOT", str(moved))
    (row,) = index.rows()
    assert row.artifacts == f"{moved.as_uri()}/mlartifacts/credit/{run}/artifacts"
    assert row.is_complete()
    assert mend_addresses(moved / "mlflow.db", moved) == 0
    shutil.rmtree(moved / "mlartifacts")
    assert not row.is_complete()


def test_a_server_that_is_down_costs_a_warning(
    project: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(logging.getLogger("stages"), "propagate", True)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    tracker = Tracker()
    tracker.epoch(1, {"loss": 0.7})
    tracker.close()
    assert not tracker._thread.is_alive()
    warn_once(ValueError("again"))
    assert caplog.text.count("upcurve sync") == 1


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
