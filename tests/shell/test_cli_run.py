"""``upcurve run`` and ``undo``, with DVC for real."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Any

import psutil
import pytest
from processes import environment

from stages.shell.cli.history import KEPT, change_page, history
from stages.shell.cli.result import read_metrics
from stages.shell.tracking.index import rows
from stages.shell.tracking.processes import owner

pytestmark = pytest.mark.slow

WAITING = """\
import os, sys, time
with open("starting", "w") as file:
    file.write(str(os.getpid()))
os.rename("starting", "started")
try:
    time.sleep(600)
except KeyboardInterrupt:
    sys.exit(130)  # as our own stages do
"""


def test_a_change_is_written_run_and_undone(upcurve: Any) -> None:
    before = upcurve.page
    result = upcurve("run", "train.epochs=20", "model=linear", "model.l2=0.1")
    assert upcurve.page == (
        "# The page\ndataset: credit # the loans\n\n# Training\ntrain: {epochs: 20}\nmodel: linear\n"
        "options:\n  model:\n    linear: {l2: 0.1}\n"
    )
    assert read_metrics(upcurve.root)["test.accuracy"] == 0.1
    assert "metric    value  95% interval  change" in result.output
    assert "accuracy  0.1    [0.04, 0.2]   +0.05" in result.output
    assert "worse than linear: -0.2 [-0.3, -0.1]" in result.output
    assert "per_class" not in result.output
    assert "make ui" in result.output
    assert "+train: {epochs: 10}" in upcurve("undo").output
    assert upcurve.page == before
    assert "nothing to undo" in upcurve("undo", status=1).stderr


def test_a_refused_override_changes_nothing(upcurve: Any) -> None:
    before = upcurve.page
    result = upcurve("run", "train.epochs=20", "train.lerning_rate=1", "model=mpl", status=1)
    assert "did you mean `learning_rate`?" in result.stderr
    assert "did you mean `mlp`?" in result.stderr
    assert result.stdout == ""
    assert upcurve.page == before
    assert history(upcurve.root) == []


def test_once_puts_the_page_back_also_after_a_failure(upcurve: Any) -> None:
    before = upcurve.page
    upcurve("run", "--once", "train.epochs=20")
    assert upcurve.page == before
    assert read_metrics(upcurve.root)["test.accuracy"] == 0.1
    result = upcurve("run", "--once", "train.patience=13", status=1)
    assert "dvc repro` failed" in result.stderr
    assert upcurve.page == before
    assert history(upcurve.root) == []


def test_a_failed_run_keeps_the_change_and_says_so(upcurve: Any) -> None:
    result = upcurve("run", "train.patience=13", status=1)
    assert "params.yaml keeps the change" in result.stderr
    assert "train: {epochs: 10, patience: 13}" in upcurve.page
    upcurve("undo")
    assert "patience" not in upcurve.page


@pytest.mark.parametrize("shell", ["/bin/sh", "/bin/bash"])
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_once_ends_the_stage_and_puts_the_page_back(
    upcurve: Any, sent: signal.Signals, shell: str
) -> None:
    (upcurve.root / "train.py").write_text(WAITING)
    before = upcurve.page
    command = [sys.executable, "-m", "stages.shell.cli", "run", "--once", "train.epochs=20"]
    # dash stays between DVC and the stage, bash makes room for the stage.
    ours = environment(PYTHONPATH=os.environ["PYTHONPATH"], SHELL=shell)
    child = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=ours,
        # A shell lets the background jobs of a script ignore Ctrl-C, and their children inherit it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
    )
    deadline = time.monotonic() + 180
    while not (upcurve.root / "started").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert upcurve.page != before
    child.send_signal(sent)
    _, said = child.communicate(timeout=180)
    assert child.returncode != 0
    assert "Traceback" not in said
    assert not psutil.pid_exists(int((upcurve.root / "started").read_text()))
    assert upcurve.page == before


STORE = """\
import sys
from stages.shell.tracking.client import KEY, open_client, open_experiment
from stages.shell.tracking.processes import PROCESS, owner

client = open_client()
experiment = open_experiment(client, "credit")
for process in (owner(), sys.argv[1]):
    print(client.create_run(experiment, tags={KEY: process, PROCESS: process}).info.run_id)
"""
"""Make a store with two rows that say they are running; the process of one has ended when this has."""


def test_a_failed_run_leaves_no_row_running(upcurve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DVC_ROOT", str(upcurve.root))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    extra = environment(PYTHONPATH=os.environ["PYTHONPATH"], DVC_ROOT=str(upcurve.root))
    command = [sys.executable, "-c", STORE, owner()]
    made = subprocess.run(command, env=extra, check=True, capture_output=True, text=True).stdout.split()
    result = upcurve("run", "train.patience=13", status=1)
    assert "dvc repro` failed" in result.stderr
    assert {row.run: row.status for row in rows()} == dict(zip(made, ["KILLED", "RUNNING"], strict=True))


def test_nothing_to_do_is_said_by_dvc_and_the_result_is_shown(
    upcurve: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    result = upcurve("run")
    assert "accuracy  0.05" in result.output
    assert "up to date" in capfd.readouterr().out
    assert history(upcurve.root) == []


def test_back_to_the_default_keeps_what_dvc_needs(upcurve: Any) -> None:
    upcurve("run", "~dataset", "~train.epochs", "evaluate.worst_rows=40")
    assert upcurve.page == "# The page\n\n# Training\ndataset: credit\nevaluate: {worst_rows: 40}\n"


def test_undo_goes_back_several_steps_and_keeps_hand_edits(upcurve: Any) -> None:
    pages = [upcurve.page]
    for epochs in (1, 2):
        change_page(upcurve.root, f"dataset: credit\ntrain: {{epochs: {epochs}}}\n", f"change {epochs}")
        pages.append(upcurve.page)
    (upcurve.root / "params.yaml").write_text("dataset: ames\n")
    assert "Undone: change 2" in upcurve("undo").output
    assert upcurve.page == pages[1]
    assert (upcurve.root / "scratch/history/undone.yaml").read_text() == "dataset: ames\n"
    upcurve("undo")
    assert upcurve.page == pages[0]


def test_history_is_bounded_and_survives_a_damaged_file(upcurve: Any) -> None:
    for number in range(KEPT + 5):
        change_page(upcurve.root, f"dataset: credit\nseed: {number}\n", f"seed {number}")
    steps = history(upcurve.root)
    assert len(steps) == KEPT
    steps[-1].file.write_text("{")
    assert history(upcurve.root)[-1].command == f"seed {KEPT + 3}"
    assert change_page(upcurve.root, upcurve.page, "nothing") is None
