"""``upcurve gc``: only what nothing refers to goes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any

import pytest
from processes import environment

from stages.shell.cli.history import change_page, history

pytestmark = pytest.mark.slow


def told(upcurve: Any) -> dict[str, int]:
    return {each["what"]: each["count"] for each in json.loads(upcurve("gc", "--json").stdout)}


def repro(upcurve: Any, page: str) -> None:
    (upcurve.root / "params.yaml").write_text(page)
    subprocess.run(
        [sys.executable, "-m", "dvc", "repro", "-q"],
        check=True,
        env=environment(PYTHONPATH=os.environ["PYTHONPATH"]),
    )


def test_nothing_to_let_go(upcurve: Any) -> None:
    assert "nothing to let go" in upcurve("gc").stdout


def test_old_results_go_and_those_in_use_stay(upcurve: Any) -> None:
    repro(upcurve, "dataset: credit\ntrain: {epochs: 20}\n")
    assert told(upcurve) == {}, "the old results are those of the commit"
    repro(upcurve, "dataset: credit\ntrain: {epochs: 30}\n")
    found = told(upcurve)
    assert list(found) == ["results in DVC's cache that nothing refers to"]
    assert "Nothing was removed" in upcurve("gc", typed="n\n").stdout
    assert told(upcurve) == found
    assert "Freed" in upcurve("gc", typed="y\n").stdout
    assert told(upcurve) == {}
    status = [sys.executable, "-m", "dvc", "status", "--json"]
    assert (
        json.loads(
            subprocess.run(status, capture_output=True, text=True, check=True, env=environment()).stdout
        )
        == {}
    )
    git = ["git", "checkout", "-q", "--", "."]
    subprocess.run(git, check=True)
    subprocess.run([sys.executable, "-m", "dvc", "checkout", "-q"], check=True, env=environment())


def test_leftovers_of_killed_processes_go_and_those_of_running_ones_stay(upcurve: Any) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead, alive = (upcurve.root / f"data/.train.{number}.tmp" for number in (gone.pid, os.getpid()))
    for number, folder in enumerate(("old", "new")):
        state = upcurve.root / "scratch/resume/train" / folder
        state.mkdir(parents=True)
        (state / "weights").write_text("x" * 1000)
        os.utime(state, (time.time() + number, time.time() + number))
    dead.mkdir()
    alive.mkdir()
    for number in range(25):
        change_page(upcurve.root, f"dataset: credit\nseed: {number}\n", "change")
    assert told(upcurve) == {
        "interrupted trainings that were replaced since": 1,
        "pages before the last 20 changes": 5,
        "temporary files of processes that were killed": 1,
    }
    upcurve("gc", "--yes")
    assert alive.exists()
    assert not dead.exists()
    assert [path.name for path in (upcurve.root / "scratch/resume/train").iterdir()] == ["new"]
    assert len(history(upcurve.root)) == 20


def test_it_refuses_while_a_stage_runs(upcurve: Any) -> None:
    lock = upcurve.root / ".dvc/tmp/rwlock"
    lock.parent.mkdir(exist_ok=True)
    lock.write_text(json.dumps({"/x": {"write": {"pid": os.getpid(), "cmd": "dvc repro"}}}))
    assert "DVC is running a stage" in upcurve("gc", status=1).stderr
