"""A killed training goes on at its epoch and ends with the same bytes as an undisturbed one."""

from __future__ import annotations

import logging
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from processes import environment
from training_cases import ROOT, Interrupted, choices, make_recipe, outcome, run

from stages.training import resume

AVERAGED = {"use_ema": True, "ema_momentum": 0.9, "clipnorm": 1.0, "gradient_accumulation_steps": 2}

TINY: dict[str, Any] = {"model": {"units": [], "embedding_dropout": 0.0}, "metrics": [], "epochs": 3}
"""For what is tried with every optimizer and schedule: building the graphs is what takes time."""

CASES: dict[str, dict[str, Any]] = {
    **{f"optimizer={name}": TINY | {"optimizer": name} for name in choices("train/optimizer")},
    **{f"schedule={name}": TINY | {"schedule": name} for name in choices("train/schedule")},
    "dropout and moving averages": {},
    "averaged weights": {"options": {"optimizer": AVERAGED}},
    "mixed precision": {"mixed_precision": "mixed_float16"},
    "class weights": {"class_weight": "balanced", "metrics": ["AUC", "Recall"]},
    "last weights": {"restore_best_weights": False, "options": {"optimizer": AVERAGED}},
    "plateau and patience": {
        "epochs": 30,
        "learning_rate": 0.1,
        "schedule": "reduce_on_plateau",
        "options": {"schedule": {"patience": 1}},
    },
}


@pytest.fixture(autouse=True)
def _save_every_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resume, "LARGEST_SHARE", math.inf)


def train_until(epoch: int, *, recipe: Any, scratch: Path) -> None:
    """Train, and stop at the end of `epoch` before its state is saved."""

    def stop(number: int, metrics: dict[str, float]) -> None:
        if number == epoch:
            raise Interrupted

    with pytest.raises(Interrupted):
        run(recipe=recipe, scratch=scratch, on_epoch=stop)


@pytest.mark.parametrize("case", CASES)
def test_an_interrupted_training_ends_as_an_undisturbed_one(case: str, tmp_path: Path) -> None:
    recipe = make_recipe(**CASES[case])
    undisturbed = outcome(run(recipe=recipe), tmp_path / "undisturbed")
    scratch = tmp_path / "scratch"
    train_until(3, recipe=recipe, scratch=scratch)
    epochs: list[int] = []
    trained = run(recipe=recipe, scratch=scratch, on_epoch=lambda epoch, metrics: epochs.append(epoch))
    assert epochs[0] == 3  # epochs 1 and 2 were not trained again
    assert outcome(trained, tmp_path / "resumed") == undisturbed


def test_a_training_killed_after_its_last_epoch_is_not_trained_again(tmp_path: Path) -> None:
    recipe = make_recipe(epochs=40, learning_rate=0.1, options={"optimizer": AVERAGED})
    undisturbed = run(recipe=recipe, scratch=tmp_path)
    assert undisturbed.report["stopped_early"]
    again = run(recipe=recipe, scratch=tmp_path, on_epoch=lambda epoch, metrics: pytest.fail("trained again"))
    assert outcome(again, tmp_path / "again") == outcome(undisturbed, tmp_path / "undisturbed")


def test_a_state_that_does_not_fit_is_left_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    train_until(2, recipe=make_recipe(model={"units": [3]}), scratch=tmp_path)
    recipe = make_recipe()
    undisturbed = outcome(run(recipe=recipe), tmp_path / "undisturbed")
    with caplog.at_level(logging.WARNING):
        anew = run(recipe=recipe, scratch=tmp_path)
    assert "belongs to another network): starting anew" in caplog.text
    assert outcome(anew, tmp_path / "anew") == undisturbed


def test_half_a_file_is_left_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    train_until(2, recipe=make_recipe(), scratch=tmp_path)
    whole = (tmp_path / resume.FILE).read_bytes()
    (tmp_path / resume.FILE).write_bytes(whole[: len(whole) // 2])
    run(recipe=make_recipe(epochs=1), scratch=tmp_path)
    assert "starting anew" in caplog.text


def test_saving_takes_no_more_than_its_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resume, "LARGEST_SHARE", 0.0)
    saved: list[Path] = []
    monkeypatch.setattr(resume, "write_state", lambda path, document, arrays: saved.append(path))
    run(recipe=make_recipe(epochs=5), scratch=tmp_path)
    assert len(saved) == 1  # what saving costs is not known before the first time


def test_what_was_saved_can_be_forgotten(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    train_until(2, recipe=make_recipe(), scratch=scratch)
    resume.forget(scratch)
    resume.forget(scratch)
    assert list(tmp_path.iterdir()) == []


CHILD = """
import math, sys, time
from pathlib import Path
from training_cases import make_recipe, outcome, run
from stages.training import resume
resume.LARGEST_SHARE = math.inf
folder, patient = Path(sys.argv[1]), len(sys.argv) > 2
recipe = make_recipe(epochs=60, patience=8, learning_rate=0.03, schedule="reduce_on_plateau",
                     options={"schedule": {"patience": 2}})
def linger(epoch, metrics):
    (folder / "epoch.txt").write_text(str(epoch))
    if patient:
        time.sleep(0.05)
model, table, report = outcome(run(recipe=recipe, scratch=folder, on_epoch=linger), folder)
(folder / "history.csv").write_text(table)
(folder / "training.json").write_text(str(report))
"""


def child(folder: Path, *, slow: bool) -> subprocess.Popen[bytes]:
    folder.mkdir(exist_ok=True)
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    command = [sys.executable, "-c", CHILD, str(folder), *(["slow"] if slow else [])]
    return subprocess.Popen(command, env=environment(PYTHONPATH=path))


def wait_for_epoch(folder: Path, epoch: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the child is past `epoch`."""
    written = folder / "epoch.txt"
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        text = written.read_text() if written.exists() else ""
        if text and int(text) >= epoch:
            return
        time.sleep(0.005)
    pytest.fail("the training never got there")


@pytest.mark.slow
def test_kill_minus_nine_in_mid_training(tmp_path: Path) -> None:
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    assert child(undisturbed, slow=False).wait(120) == 0
    for epoch in (4, 9):
        process = child(killed, slow=True)
        wait_for_epoch(killed, epoch, process)
        process.send_signal(signal.SIGKILL)
        assert process.wait(10) == -signal.SIGKILL
    assert not (killed / "model.keras").exists()
    assert child(killed, slow=False).wait(120) == 0
    history = (undisturbed / "history.csv").read_text()
    assert len(history.splitlines()) > 10
    assert len({line.split(",")[2] for line in history.splitlines()[1:]}) > 1  # the plateau lowered the rate
    for name in ("model.keras", "history.csv", "training.json"):
        assert (killed / name).read_bytes() == (undisturbed / name).read_bytes()
