"""A logged model behind a real ``mlflow models serve``."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import requests
from processes import environment


@contextmanager
def serving(model: Path, place: Path) -> Iterator[str]:
    """Serve the model in the folder `model` as long as the context lasts; give the server's address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", str(model)]
    with (place / "log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--env-manager", "local", "--port", str(port)],
            cwd=place,
            env=environment(),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/ping", process, place / "log")
        yield address
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers; fail with its log where it ends before."""
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        try:
            if requests.get(address, timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())


def ask(address: str, body: dict[str, Any]) -> pd.DataFrame:
    """Return what the served model predicts."""
    answer = requests.post(f"{address}/invocations", json=body, timeout=60)
    assert answer.ok, answer.text
    return pd.DataFrame(answer.json()["predictions"])
