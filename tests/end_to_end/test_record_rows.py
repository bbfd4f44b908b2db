"""The MLflow record by real DVC on one small project: whatever happens, exactly the right rows."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from processes import UPCURVE, environment, run_git, run_module
from recorded_rows import assert_same, check_row, key_of, of, read_rows

from stages.shell.rewrite import put_in

pytestmark = pytest.mark.slow


def dvc(project: Path, *arguments: str) -> str:
    return run_module(project, "dvc", *arguments)


def upcurve(project: Path, *arguments: str) -> str:
    return run_module(project, UPCURVE, *arguments)


def change(project: Path, **values: Any) -> None:
    """Set parameters of the page; ``__`` stands for a dot."""
    page = project / "params.yaml"
    text = page.read_text()
    for key, value in values.items():
        text = put_in(text, tuple(key.split("__")), value)
    page.write_text(text)


@pytest.fixture(scope="module")
def project(small_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a few rows of its data, reproduced once."""
    project = tmp_path_factory.mktemp("record") / "project"
    shutil.copytree(small_project, project, symlinks=True)
    upcurve(project, "sync")  # the store of a copy: its addresses are mended
    return project


def test_a_fresh_run_is_one_complete_row(project: Path) -> None:
    rows = read_rows(of(project))
    assert list(rows) == [key_of(project)]
    check_row(rows[key_of(project)], project)


def test_a_second_repro_and_a_sync_change_nothing(project: Path) -> None:
    before = read_rows(of(project))
    dvc(project, "repro")
    assert "1 row was there, nothing was missing" in upcurve(project, "sync")
    assert_same(read_rows(of(project)), before)


def test_a_run_that_is_evaluated_anew_is_a_row_with_all_epochs(project: Path) -> None:
    before = read_rows(of(project))
    change(project, evaluate__calibration_bins=7)
    assert "Running stage 'train'" not in dvc(project, "repro")
    rows = read_rows(of(project))
    assert set(rows) == {*before, key_of(project)}
    assert len(rows) == 2
    check_row(rows[key_of(project)], project)


def test_going_back_restores_the_run_and_its_row(project: Path) -> None:
    before = read_rows(of(project))
    run_git(project, "checkout", "params.yaml", "dvc.lock")
    ran = dvc(project, "repro")
    assert "Running stage 'evaluate'" not in ran
    upcurve(project, "sync")
    assert_same(read_rows(of(project)), before)


def test_experiments_beside_the_workspace_are_rows_of_the_same_store(project: Path) -> None:
    before = read_rows(of(project))
    dvc(project, "exp", "run", "--temp", "-S", "train.learning_rate=0.01")
    dvc(project, "exp", "run", "--queue", "-S", "train.learning_rate=0.02,0.03")
    dvc(project, "queue", "start", "-j", "2")
    wait_for_queue(project)
    rows = read_rows(of(project))
    rates = sorted(
        row.parameters["train.learning_rate"] for row in rows.values() if row not in before.values()
    )
    assert rates == ["0.01", "0.02", "0.03"]
    assert len(rows) == 5
    for rate, metrics in experiments(project).items():
        (row,) = [each for each in rows.values() if each.parameters["train.learning_rate"] == rate]
        assert row.status == "FINISHED"
        assert row.metrics["test/accuracy"] == metrics["test"]["accuracy"]
        assert row.metrics["test/log_loss"] == metrics["test"]["log_loss"]
        assert [step for step, _ in row.epochs["loss"]] == [1, 2]


def wait_for_queue(project: Path) -> None:
    deadline = time.monotonic() + 300
    while any(word in dvc(project, "queue", "status") for word in ("Running", "Queued", "active, 1")):
        assert time.monotonic() < deadline, dvc(project, "queue", "status")
        time.sleep(1)


def experiments(project: Path) -> dict[str, dict[str, Any]]:
    """The metrics of each experiment by its learning rate, as DVC tells them."""
    found = {}
    for commit in json.loads(dvc(project, "exp", "show", "--json")):
        for each in commit.get("experiments") or []:
            data = each["revs"][0]["data"]
            rate = data["params"]["data/config.yaml"]["data"]["train"]["learning_rate"]
            found[str(rate)] = data["metrics"]["data/evaluate/metrics.json"]["data"]
    assert len(found) == 3
    return found


def test_a_note_stands_beside_the_judgement_and_in_a_file(project: Path) -> None:
    upcurve(project, "note", "the first of all")
    row = read_rows(of(project))[key_of(project)]
    assert row.tags["mlflow.note.content"].startswith("the first of all\n\n---\n\n**Test accuracy")
    assert "- `model=linear`" in row.tags["mlflow.note.content"]
    (file,) = (project / "notes").iterdir()
    assert file.read_text() == f"<!-- {row.name} -->\nthe first of all\n"


def test_a_lost_store_is_rebuilt_from_the_cache(project: Path) -> None:
    before = read_rows(of(project))
    lose_store(project)
    assert "0 rows were there, 5 written" in upcurve(project, "sync")
    assert_same(read_rows(of(project)), before)
    assert "5 rows were there, nothing was missing" in upcurve(project, "sync")
    shutil.rmtree(project / "mlartifacts")
    assert "0 rows were there, 5 written" in upcurve(project, "sync")
    assert_same(read_rows(of(project)), before)


def lose_store(project: Path) -> None:
    for file in project.glob("mlflow.db*"):
        file.unlink()
    shutil.rmtree(project / "mlartifacts")


def test_a_moved_repository_finds_its_rows_and_their_files(project: Path, tmp_path: Path) -> None:
    before = read_rows(of(project))
    place = tmp_path / "moved here"
    project.rename(place)
    try:
        assert "5 rows were there, nothing was missing" in upcurve(place, "sync")
        assert_same(read_rows(of(place)), before)
        with sqlite3.connect(place / "mlflow.db") as connection:
            assert not [line for line in connection.iterdump() if f"file://{project}/" in line]
    finally:
        place.rename(project)
    upcurve(project, "sync")
    assert_same(read_rows(of(project)), before)


def test_a_clone_has_the_rows_of_what_it_pulls(project: Path, tmp_path: Path) -> None:
    before = read_rows(of(project))
    clone, remote = tmp_path / "clone", tmp_path / "remote"
    dvc(project, "remote", "add", "-f", "-d", "local", str(remote))
    dvc(project, "push", "-q", "--run-cache")
    run_git(project, "add", "-A")
    run_git(project, "commit", "-qm", "remote and note")
    subprocess.run(["git", "clone", "-q", str(project), str(clone)], check=True)
    dvc(clone, "pull", "-q")
    assert "0 rows were there, 1 written" in upcurve(clone, "sync")
    key = key_of(project)
    assert_same(read_rows(of(clone)), {key: before[key]})
    dvc(clone, "pull", "-q", "--run-cache")
    # The run cache tells of the four other runs, but DVC pushes only the files of the one in the workspace.
    assert len(before) == 5
    assert "1 row was there, 4 impossible: their files are gone" in upcurve(clone, "sync")
    assert_same(read_rows(of(clone)), {key: before[key]})
    assert dvc(clone, "repro").count("Running stage") == 0


def test_what_the_cache_has_let_go_is_counted(project: Path) -> None:
    before = read_rows(of(project))
    dvc(project, "gc", "-q", "-w", "-f")
    told = upcurve(project, "sync")
    assert "5 rows were there, nothing was missing" in told
    lose_store(project)
    told = upcurve(project, "sync")
    assert "0 rows were there, 1 written, 4 impossible: their files are gone from the cache" in told
    assert_same(read_rows(of(project)), {key_of(project): before[key_of(project)]})


@pytest.mark.parametrize("how", ["SIGTERM to train", "SIGKILL to DVC", "Ctrl-C"])
def test_a_killed_run_is_not_left_running(project: Path, how: str) -> None:
    change(project, train__epochs=100_000, train__patience=100_000)
    command = [sys.executable, "-m", "dvc", "repro"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        command, cwd=project, env=environment(), stdout=quiet, stderr=quiet, start_new_session=True
    )
    try:
        train = wait_for_epochs(project, process)
        upcurve(project, "sync")  # does not take it for dead
        assert statuses(project).count("RUNNING") == 1
        if how == "SIGTERM to train":
            train.terminate()
        elif how == "SIGKILL to DVC":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGINT)
        process.wait(60)
        train.wait(60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    upcurve(project, "sync")
    assert sorted(statuses(project)) == ["FINISHED", "KILLED"]


def statuses(project: Path) -> list[str]:
    return [row.status for row in read_rows(of(project)).values()]


def wait_for_epochs(project: Path, process: subprocess.Popen[bytes]) -> psutil.Process:
    """Wait until the network trains and MLflow knows; return the process of `train`."""
    deadline = time.monotonic() + 120
    while True:
        assert process.poll() is None, "repro ended by itself"
        assert time.monotonic() < deadline, "no epoch came"
        family = psutil.Process(process.pid).children(recursive=True)
        train = [each for each in family if each.cmdline()[-1:] == ["stages.train"]]
        if train and "RUNNING" in statuses(project):
            return train[0]
        time.sleep(0.5)
