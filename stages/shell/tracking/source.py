"""The code that made a run: that of the project, or of the commit that the run names."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

from stages.shell.tracking.client import run_key
from stages.shell.tracking.metrics import read_document


def code_of(key: str, data: Path, root: Path, *, scratch: Path) -> Path | None:
    """Return where the code lies that made the run in `data`; None where it is gone.

    Parameters
    ----------
    key
        The run's key, which tells its code from any other.
    root
        The project.
    scratch
        An empty folder for code out of a commit.
    """
    if run_key(root, data) == key:
        return root
    commit = read_document(data / "record" / "record.json").get("commit")
    if commit and _take_out(str(commit), root, scratch) and run_key(scratch, data) == key:
        return scratch
    return None


def _take_out(commit: str, root: Path, folder: Path) -> bool:
    """Write ``stages/`` and pyproject.toml of `commit` to `folder`; return whether there is such a commit."""
    command = ["git", "archive", "--format=tar", commit, "stages", "pyproject.toml"]
    done = subprocess.run(command, cwd=root, capture_output=True, check=False)
    if done.returncode != 0:
        return False
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return True
