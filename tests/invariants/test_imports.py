"""Invariant 8: a stage loads no more than it needs, seen in a fresh process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from processes import environment

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"tensorflow", "keras", "mlflow", "imblearn", "sklearn", "dvc", "hydra"}
ALLOWED = {
    "configure": {"hydra"},
    "clean": set(),
    "split": set(),
    "baseline": {"sklearn"},
    "encode": {"sklearn"},
    "resample": {"sklearn"},
    "augment": {"sklearn"},
}
"""What the module of each stage may load of the heavy packages; choices load their own besides."""


def loaded(module: str) -> set[str]:
    """The heavy packages in memory after `module` was imported."""
    code = f"import sys, {module}; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(), capture_output=True, text=True, check=True
    )
    return HEAVY & set(done.stdout.split())


@pytest.mark.parametrize("stage", sorted(ALLOWED))
def test_a_stage_loads_no_more_than_it_needs(stage: str) -> None:
    assert loaded(f"stages.{stage}") <= ALLOWED[stage]


def test_the_command_line_starts_light() -> None:
    assert loaded("stages.shell.cli.main") == set()
