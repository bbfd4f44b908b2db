"""What tests share: the project's root, and copies of it to run DVC in."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from browser import browser, page
from processes import environment

__all__ = ["browser", "make_project", "page", "root"]

ROOT = Path(__file__).resolve().parents[1]
COPIED = (
    "conf",
    "stages",
    "data/raw",
    "dvc.yaml",
    "params.yaml",
    "pyproject.toml",
    ".dvcignore",
    ".gitignore",
)


@pytest.fixture(scope="session")
def root() -> Path:
    """Root of the project under test."""
    return ROOT


@pytest.fixture(scope="session")
def make_project(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """A function that returns a fresh copy of the project, a git and DVC repository of its own."""

    def make() -> Path:
        project = tmp_path_factory.mktemp("project")
        for name in COPIED:
            source, target = ROOT / name, project / name
            target.parent.mkdir(parents=True, exist_ok=True)
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, target, ignore=ignore) if source.is_dir() else shutil.copy(source, target)
        for command in (
            ["git", "init", "-q", "-b", "main"],
            [sys.executable, "-m", "dvc", "init", "-q"],
            [sys.executable, "-m", "dvc", "config", "core.analytics", "false"],
            ["git", "add", "-A"],
            ["git", "commit", "-qm", "project"],
        ):
            subprocess.run(command, cwd=project, check=True, env=environment())
        return project

    return make
