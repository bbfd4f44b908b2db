"""A tracking server that goes and comes back, and two writers on PostgreSQL: nothing lost, nothing twice."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from processes import environment
from recorded_rows import Row, assert_same, check_row, key_of, of, read_rows
from tracking_servers import TrackingServer, postgresql

pytestmark = pytest.mark.slow

WARNING = "MLflow cannot be reached"


@pytest.fixture(scope="module")
def project(small_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("served") / "project"
    shutil.copytree(small_project, project, symlinks=True)
    return project


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrackingServer]:
    server = TrackingServer(tmp_path_factory.mktemp("server"))
    try:
        yield server
    finally:
        server.stop()


def upcurve(project: Path, server: TrackingServer | None, *arguments: str) -> subprocess.Popen[str]:
    extra = {"MLFLOW_TRACKING_URI": server.uri} if server else {}
    return subprocess.Popen(
        [sys.executable, "-m", "stages.shell.cli", *arguments],
        cwd=project,
        env=environment(**extra),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> str:
    said = process.communicate(timeout=300)[0]
    assert process.returncode == 0, said
    return said


def wait_until(happened: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait for something that `process` does; where it fails to, end it."""
    deadline = time.monotonic() + 180
    try:
        while not happened():
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < deadline
            time.sleep(0.1)
    except BaseException:
        process.terminate()
        process.wait()
        raise


def streamed(server: TrackingServer) -> bool:
    rows = read_rows(server.uri).values()
    return any(row.status == "RUNNING" and row.epochs.get("loss") for row in rows)


def begun(project: Path, stage: str) -> bool:
    return bool(list((project / "data").glob(f".{stage}.*.tmp")))


def sent_when_back(project: Path, server: TrackingServer, said: str, written: int) -> Row:
    """Start the server, sync, and return the row of the workspace's run."""
    assert said.count(WARNING) == 1, said
    assert said.count("upcurve sync") == 1, said
    server.start()
    told = ended(upcurve(project, server, "sync"))
    assert f"{written} written" in told
    row = read_rows(server.uri)[key_of(project)]
    check_row(row, project)
    return row


def test_down_before_training(project: Path, server: TrackingServer) -> None:
    said = ended(upcurve(project, server, "run", "train.learning_rate=0.01"))
    sent_when_back(project, server, said, written=2)  # the run that the project came with, too


WAITING = """
import time
from pathlib import Path
import keras
from stages.schedules.rate import Rate

class Waiting(keras.callbacks.Callback):
    monitor = "loss"

    def on_epoch_begin(self, epoch, logs=None):
        while epoch == 2 and not Path("go on").exists():
            time.sleep(0.05)

def build(learning_rate, *, steps_per_epoch, epochs):
    return Rate(learning_rate, Waiting())
"""
"""A schedule of the user's own: training waits after two epochs, until there is a file."""


def test_down_during_training(project: Path, server: TrackingServer) -> None:
    (project / "waiting.py").write_text(WAITING)
    choice = "# Waits\n_target_: waiting.build\n_partial_: true\n"
    (project / "conf" / "train" / "schedule" / "waiting.yaml").write_text(choice)
    process = upcurve(
        project, server, "run", "train.epochs=5", "train.early_stopping=false", "train/schedule=waiting"
    )
    wait_until(lambda: streamed(server), process)
    server.stop()
    (project / "go on").touch()
    row = sent_when_back(project, server, ended(process), written=1)
    assert len(row.epochs["loss"]) == 5


def test_down_after_training(project: Path, server: TrackingServer) -> None:
    process = upcurve(project, server, "run", "train.learning_rate=0.02", "train.epochs=2")
    wait_until(lambda: begun(project, "evaluate"), process)
    server.stop()
    sent_when_back(project, server, ended(process), written=1)


def test_the_rows_are_those_of_an_undisturbed_store(project: Path, server: TrackingServer) -> None:
    for file in project.glob("mlflow.db*"):
        file.unlink()
    assert "4 written" in ended(upcurve(project, None, "sync"))
    assert_same(read_rows(of(project)), read_rows(server.uri))


WRITER = """
import sys, time
from pathlib import Path
import mlflow.store.tracking.sqlalchemy_store
from stages.shell.tracking.client import database, open_client
from stages.shell.tracking.live import Tracker
from stages.shell.tracking.row import write_row
root, name = Path.cwd(), sys.argv[1]
if database() is None:  # of a fresh SQLite store the opening is the race
    open_client().search_experiments()
(root / f"{name}.ready").touch()
while not (root / "go").exists():
    time.sleep(0.001)
for number in range(3):
    tracker = Tracker()
    tracker.epoch(1, {"loss": 0.5})
    tracker.close()
    write_row(root / "data", root, key=f"{name} {number}")
    write_row(root / "data", root, key=f"both {number}")
"""
"""Writes rows as soon as there is a file, which is made when both have imported MLflow and told so."""


@pytest.mark.parametrize("backend", ["PostgreSQL behind a server", "a fresh SQLite store"])
def test_two_writers_at_once(small_project: Path, tmp_path: Path, backend: str) -> None:
    project = tmp_path / "project"
    shutil.copytree(small_project, project, symlinks=True)
    if backend.startswith("PostgreSQL"):
        with postgresql() as database:
            server = TrackingServer(tmp_path, database)
            server.start()
            try:
                check_writers(project, server.uri, {"MLFLOW_TRACKING_URI": server.uri})
            finally:
                server.stop()
    else:
        for file in project.glob("mlflow.db*"):
            file.unlink()
        check_writers(project, of(project), {})


def check_writers(project: Path, uri: str, extra: dict[str, str]) -> None:
    """Let two processes write three rows each and three together; hold all against the files."""
    command = [sys.executable, "-c", WRITER]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    writers = {
        name: subprocess.Popen([*command, name], cwd=project, env=environment(**extra), **pipes)
        for name in ("first", "second")
    }
    try:
        for name, writer in writers.items():
            wait_until((project / f"{name}.ready").exists, writer)
        (project / "go").touch()
        for said in map(ended, writers.values()):
            assert WARNING not in said
            assert "MLflow did not get all" not in said
    finally:
        for writer in writers.values():
            writer.kill()
    rows = read_rows(uri)
    ours = {key: row for key, row in rows.items() if " " in key}
    assert sorted(ours) == sorted(
        f"{name} {number}" for name in ("both", "first", "second") for number in range(3)
    )
    for row in ours.values():
        check_row(row, project)
