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


def test_down_during_training(project: Path, server: TrackingServer) -> None:
    process = upcurve(project, server, "run", "train.epochs=600", "train.early_stopping=false")
    wait_until(lambda: streamed(server), process)
    server.stop()
    row = sent_when_back(project, server, ended(process), written=1)
    assert len(row.epochs["loss"]) == 600


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
from stages.shell.tracking.live import Tracker
from stages.shell.tracking.row import write_row
root = Path.cwd()
while time.time() < float(sys.argv[1]):
    pass
for number in range(3):
    tracker = Tracker()
    tracker.epoch(1, {"loss": 0.5})
    tracker.close()
    write_row(root / "data", root, key=f"{sys.argv[2]}{number}")
    write_row(root / "data", root, key=f"both {number}")
"""


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
    start = str(time.time() + 8)
    command = [sys.executable, "-c", WRITER, start]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    writers = [
        subprocess.Popen([*command, name], cwd=project, env=environment(**extra), **pipes)
        for name in ("first ", "second ")
    ]
    for said in map(ended, writers):
        assert WARNING not in said
    rows = read_rows(uri)
    ours = {key: row for key, row in rows.items() if " " in key}
    assert sorted(ours) == sorted(
        f"{name} {number}" for name in ("both", "first", "second") for number in range(3)
    )
    for row in ours.values():
        check_row(row, project)
