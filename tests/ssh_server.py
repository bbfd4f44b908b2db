"""A real SSH server on this machine, for what travels over a network."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

CONFIGURATION = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/client.pub
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
Subsystem sftp internal-sftp
"""


class Server(NamedTuple):
    """Where the server listens and how to enter."""

    url: str
    keyfile: Path


@contextmanager
def ssh_server(folder: Path) -> Iterator[Server]:
    """Run ``sshd`` for the present user on a free port, with keys made in `folder`."""
    sshd = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if sshd is None:
        reason = "no sshd on this machine (Debian: apt-get install openssh-server)"
        (pytest.fail if os.environ.get("UPCURVE_ALL_TESTS") else pytest.skip)(reason)
    for name in ("host", "client"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    port = free_port()
    (folder / "sshd_config").write_text(CONFIGURATION.format(port=port, folder=folder))
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where a server of root gives up its rights
    with subprocess.Popen([sshd, "-D", "-e", "-f", str(folder / "sshd_config")]) as server:
        try:
            wait_for(port)
            yield Server(f"ssh://{getpass.getuser()}@127.0.0.1:{port}", folder / "client")
        finally:
            server.terminate()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, seconds: float = 30) -> None:
    """Return once something listens on `port`."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
