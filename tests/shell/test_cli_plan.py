"""``upcurve plan``: held against what DVC then does."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from processes import environment

pytestmark = pytest.mark.slow


def verdicts(upcurve: Any, *overrides: str) -> dict[str, str]:
    return {
        each["stage"]: each["verdict"] for each in json.loads(upcurve("plan", *overrides, "--json").stdout)
    }


def snapshot(upcurve: Any) -> dict[str, bytes]:
    files = [
        file
        for file in upcurve.root.rglob("*")
        if file.is_file() and ".dvc" not in file.parts and ".git" not in file.parts
    ]
    return {str(file): file.read_bytes() for file in files}


def repro(upcurve: Any) -> str:
    command = [sys.executable, "-m", "dvc", "repro"]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment()).stdout


UP_TO_DATE = dict.fromkeys(["configure", "clean", "train", "evaluate", "record"], "up to date")


def test_nothing_is_stale_and_nothing_is_changed(upcurve: Any) -> None:
    before = snapshot(upcurve)
    assert verdicts(upcurve) == UP_TO_DATE
    assert "Nothing would run" in upcurve("plan").output
    upcurve("plan", "train.epochs=20")
    assert snapshot(upcurve) == before


def test_a_parameter_makes_its_stage_stale(upcurve: Any) -> None:
    stale = {"configure": "runs", "train": "runs", "evaluate": "may run", "record": "runs"}
    assert verdicts(upcurve, "train.epochs=20") == UP_TO_DATE | stale
    text = upcurve("plan", "train.epochs=20").output
    assert "train.epochs: 10 -> 20" in text
    assert "12 s" in text
    assert "only if data/train comes out changed" in text
    plans = {each["stage"]: each for each in json.loads(upcurve("plan", "train.epochs=20", "--json").stdout)}
    assert plans["train"]["parameters"] == {"train.epochs": {"old": 10, "new": 20}}
    assert plans["evaluate"]["reads"] == ["data/train"]
    assert plans["evaluate"]["seconds"] == 3.5


def test_only_evaluate(upcurve: Any) -> None:
    stale = {"configure": "runs", "evaluate": "runs", "record": "runs"}
    assert verdicts(upcurve, "evaluate.worst_rows=40") == UP_TO_DATE | stale


def test_a_switched_choice_is_one_reason(upcurve: Any) -> None:
    lines = upcurve("plan", "model=linear").output.splitlines()
    train = next(line for line in lines if line.startswith("train"))
    assert train.endswith("model: mlp -> linear")


def test_another_data_set_is_another_dependency(upcurve: Any) -> None:
    plans = {each["stage"]: each for each in json.loads(upcurve("plan", "dataset=ames", "--json").stdout)}
    assert plans["clean"]["verdict"] == "runs"
    assert list(plans["clean"]["files"]) == ["data/raw/ames"]
    assert plans["train"]["verdict"] == "may run"


def test_files_make_stages_stale(upcurve: Any) -> None:
    (upcurve.root / "evaluate.py").write_text((upcurve.root / "evaluate.py").read_text() + "\n# more\n")
    (upcurve.root / "data/clean/names").write_text("overwritten")
    (upcurve.root / "conf/model/unused.yaml").write_text("# x\n_target_: x\n")
    plans = {each["stage"]: each for each in json.loads(upcurve("plan", "--json").stdout)}
    assert plans["configure"]["files"] == {"conf": "modified"}
    assert plans["evaluate"]["files"] == {"evaluate.py": "modified"}
    assert plans["clean"]["files"] == {"data/clean": "not as the stage wrote it"}
    assert plans["clean"]["verdict"] == "restored from cache"
    assert plans["train"]["verdict"] == "up to date"
    assert plans["record"]["verdict"] == "may run"


def test_what_ran_before_is_restored_all_the_way(upcurve: Any) -> None:
    upcurve("run", "train.epochs=20")
    planned = verdicts(upcurve, "train.epochs=10")
    assert planned == UP_TO_DATE | dict.fromkeys(
        ["configure", "train", "evaluate", "record"], "restored from cache"
    )
    upcurve("undo")
    said = repro(upcurve)
    assert "Running stage" not in said
    assert said.count("is cached - skipping run") == 4
    # 19 epochs give the same weights as 10, so that nothing after train needs to run: the plan cannot know.
    assert verdicts(upcurve, "train.epochs=19")["evaluate"] == "may run"


def test_a_project_that_never_ran(upcurve: Any) -> None:
    (upcurve.root / "dvc.lock").unlink()
    plans = json.loads(upcurve("plan", "--json").stdout)
    assert {each["verdict"] for each in plans} <= {"runs", "restored from cache"}
    assert {each["reason"] for each in plans} == {"has never run"}


def test_a_wrong_override_is_refused(upcurve: Any) -> None:
    assert "no such parameter" in upcurve("plan", "train.epocs=3", status=1).stderr
