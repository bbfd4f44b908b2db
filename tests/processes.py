"""How tests start child processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

UPCURVE = "stages.shell.cli"
"""The module that the command ``upcurve`` runs."""


def environment(**extra: str) -> dict[str, str]:
    """Return the environment of a child process: our own programs first, git with a name."""
    names = {
        f"GIT_{who}_{what}": "t@example.invalid"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("DVC_", "MLFLOW_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return inherited | names | {"PATH": path, "TF_CPP_MIN_LOG_LEVEL": "3"} | extra


def run_module(folder: Path, module: str, *arguments: str, status: int = 0) -> str:
    """Run ``python -m module`` in `folder`; return what it printed, hold it to its exit status."""
    return _run(folder, sys.executable, "-m", module, *arguments, status=status)


def run_git(folder: Path, *arguments: str) -> str:
    """Run git in `folder`; return what it printed."""
    return _run(folder, "git", *arguments)


def _run(folder: Path, *command: str, status: int = 0) -> str:
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout
