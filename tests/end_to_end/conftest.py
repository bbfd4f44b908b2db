"""One small project for the tests of the record: a few rows of real data, reproduced by real DVC."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from processes import environment

from stages.shell.rewrite import put_in

ROWS = 400
"""Loans kept of the data set that ships."""
QUICK: dict[tuple[str, ...], Any] = {
    ("model",): "linear",
    ("train", "epochs"): 2,
    ("baseline",): {"models": ["linear"]},
    ("evaluate", "bootstrap_resamples"): 50,
    ("evaluate", "importance_repeats"): 1,
}


@pytest.fixture(scope="session")
def small_project(make_project: Callable[[], Path]) -> Path:
    """A project with a few rows of its data, reproduced once; to be copied by who changes it."""
    project = make_project()
    raw = project / "data" / "raw" / "credit" / "credit_data.csv.gz"
    lines = gzip.decompress(raw.read_bytes()).splitlines(keepends=True)
    raw.write_bytes(gzip.compress(b"".join(lines[: ROWS + 1]), mtime=0))
    choice = project / "conf" / "dataset" / "credit.yaml"
    document = yaml.safe_load(choice.read_text())
    choice.write_text("# A few loans\n" + yaml.safe_dump(document | {"sha256": {}}, sort_keys=False))
    page = (project / "params.yaml").read_text()
    for key, value in QUICK.items():
        page = put_in(page, key, value)
    (project / "params.yaml").write_text(page)
    for command in (
        [sys.executable, "-m", "dvc", "repro", "-q"],
        ["git", "add", "-A"],
        ["git", "commit", "-qm", "ran"],
    ):
        subprocess.run(command, cwd=project, check=True, env=environment())
    return project
