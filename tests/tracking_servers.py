"""Real tracking servers on this machine: ``mlflow server``, and the PostgreSQL behind it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from processes import environment

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/bin")
"""Where packages put PostgreSQL's programs when they are not on PATH."""
PATIENCE = 120


class TrackingServer:
    """An ``mlflow server`` that can be stopped and started again on the same port and store."""

    def __init__(self, folder: Path, backend: str = "") -> None:
        self.folder = folder
        self.backend = backend or f"sqlite:///{folder / 'server.db'}"
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", self.backend]
        command += ["--artifacts-destination", str(self.folder / "served"), "--serve-artifacts"]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "--workers", "1"]
        extra = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env=environment(**extra), stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            assert self.process.poll() is None, (self.folder / "server.log").read_text()
            assert time.monotonic() < deadline, (self.folder / "server.log").read_text()
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop it with its workers."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(PATIENCE)
            self.process = None

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.uri}/health", timeout=2) as answer:  # noqa: S310 - our own
                return bool(answer.status == 200)
        except OSError:
            return False


@contextmanager
def postgresql() -> Iterator[str]:
    """Run PostgreSQL on a free port; the address of an empty database."""
    programs = _programs()
    if programs is None:
        reason = f"PostgreSQL is not on this machine: no initdb on PATH nor in {', '.join(PLACES)}"
        (pytest.fail if os.environ.get("UPCURVE_ALL_TESTS") == "1" else pytest.skip)(reason)
    user, port = _unprivileged(), free_port()
    data = Path(tempfile.mkdtemp(prefix="upcurve-postgresql-"))  # not among pytest's, which are root's alone
    if user is not None:
        shutil.chown(data, user)
    _run(user, programs / "initdb", "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
    control = (programs / "pg_ctl", "-D", data, "-w")
    _run(user, *control, "-l", data / "log", "-o", options, "start")
    try:
        address = f"127.0.0.1:{port}/postgres"
        yield f"postgresql+psycopg2://tester@{address}"
    finally:
        _run(user, *control, "-m", "immediate", "stop")
        shutil.rmtree(data)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _programs() -> Path | None:
    """The folder of PostgreSQL's programs, or None."""
    found = [sorted(Path("/").glob(f"{place[1:]}/initdb")) for place in PLACES]
    on_path = shutil.which("initdb")
    every = [file for files in found for file in files] + ([Path(on_path)] if on_path else [])
    return every[0].parent if every else None


def _unprivileged() -> str | None:
    """A user to run PostgreSQL as, which refuses root; None for the present one."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _run(user: str | None, *command: object) -> None:
    words = [str(word) for word in command]
    quiet = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    subprocess.run(
        words, user=user, cwd="/", env=quiet, stdin=subprocess.DEVNULL, timeout=PATIENCE, check=True
    )
