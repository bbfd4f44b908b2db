"""The whole pipeline by real DVC on real data: what reruns, what stays, and that bytes repeat."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import yaml
from processes import UPCURVE, environment, run_module

from stages.shell.rewrite import put_in

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
QUICK = put_in((ROOT / "params.yaml").read_text(encoding="utf-8"), ("train", "epochs"), 2)
"""The page that ships, with two epochs."""
STAGES = [
    "configure",
    "clean",
    "split",
    "baseline",
    "encode",
    "resample",
    "augment",
    "train",
    "evaluate",
    "record",
]


def dvc(project: Path, *arguments: str) -> set[str]:
    """Run DVC in `project`; return the stages that ran."""
    return ran(run_module(project, "dvc", *arguments))


def ran(output: str) -> set[str]:
    return set(re.findall(r"Running stage '(\w+)'", output))


def hashes(project: Path) -> dict[str, str]:
    """The hash of every stage's output, as DVC knows it."""
    lock = yaml.safe_load((project / "dvc.lock").read_text())["stages"]
    return {name: block["outs"][0]["md5"] for name, block in lock.items()}


def results(project: Path) -> dict[str, str]:
    """The hashes of all but `record`, which names the commit it was made from."""
    return {name: md5 for name, md5 in hashes(project).items() if name != "record"}


def page(project: Path, text: str) -> None:
    (project / "params.yaml").write_text(QUICK + text)


@pytest.fixture(scope="module")
def project(make_project: Callable[[], Path]) -> Path:
    """A project that has run once on its default data."""
    project = make_project()
    page(project, "")
    assert dvc(project, "repro") == set(STAGES)
    subprocess.run(["git", "add", "-A"], cwd=project, check=True)
    subprocess.run(["git", "commit", "-qm", "ran"], cwd=project, check=True, env=environment())
    return project


def test_a_second_repro_runs_nothing(project: Path) -> None:
    assert dvc(project, "repro") == set()


def test_a_comment_reruns_configure_alone(project: Path) -> None:
    page(project, "# a comment\n")
    assert dvc(project, "repro") == {"configure"}


def test_an_unused_choice_reruns_configure_alone(project: Path) -> None:
    unused = project / "conf" / "model" / "linear.yaml"
    unused.write_text(unused.read_text() + "# touched\n")
    assert dvc(project, "repro") == {"configure"}


@pytest.mark.parametrize("way", ["repro", "exp", "upcurve"])
@pytest.mark.parametrize(
    ("key", "values", "expected"),
    [
        ("evaluate.threshold", ("best_f1", "youden", "recall"), {"configure", "evaluate", "record"}),
        ("train.learning_rate", ("0.004", "0.003", "0.002"), {"configure", "train", "evaluate", "record"}),
    ],
)
def test_a_value_reruns_what_it_touches(
    project: Path, way: str, key: str, values: tuple[str, ...], expected: set[str]
) -> None:
    value = values[["repro", "exp", "upcurve"].index(way)]
    assert change(project, way, key, value) == expected


@pytest.mark.parametrize("way", ["repro", "exp", "upcurve"])
def test_a_choice_reruns_its_stage_and_after(project: Path, way: str) -> None:
    choice = {"repro": "smote", "exp": "random_over", "upcurve": "random_under"}[way]
    expected = {"configure", "resample", "augment", "train", "evaluate", "record"}
    stages = change(project, way, "resample", choice)
    assert stages - {"augment"} == expected - {"augment"}
    assert stages <= expected


def change(project: Path, way: str, key: str, value: str) -> set[str]:
    """Set `key` by editing the page, by DVC, or by upcurve; return what ran."""
    if way == "exp":
        return dvc(project, "exp", "run", "-S", f"{key}={value}")
    if way == "upcurve":
        return ran(run_module(project, UPCURVE, "run", f"{key}={value}"))
    path = project / "params.yaml"
    path.write_text(put_in(path.read_text(), tuple(key.split(".")), yaml.safe_load(value)))
    return dvc(project, "repro")


def test_one_stage_by_hand_writes_to_scratch_alone(project: Path) -> None:
    before = hashes(project)
    command = [sys.executable, "-m", "stages.split", "split.seed=7", "split.strategy=random"]
    subprocess.run(command, cwd=project, env=environment(), check=True)
    by_hand = pd.read_parquet(project / "scratch" / "split" / "assignment.parquet")
    by_dvc = pd.read_parquet(project / "data" / "split" / "assignment.parquet")
    assert (by_hand["part"] != by_dvc["part"]).any()
    assert hashes(project) == before
    assert dvc(project, "repro", "--dry") == set()


def test_going_back_restores_without_training(project: Path) -> None:
    page(project, "")
    assert "train" not in dvc(project, "repro")


def test_a_forced_retrain_leaves_evaluate_untouched(project: Path) -> None:
    page(project, "")
    dvc(project, "repro")
    before = hashes(project)
    assert dvc(project, "repro", "-f", "-s", "train") == {"train"}
    assert hashes(project) == before
    assert dvc(project, "repro") == set()


def test_two_runs_from_scratch_give_the_same_bytes(project: Path, make_project: Callable[[], Path]) -> None:
    page(project, "")
    dvc(project, "repro")
    again = make_project()
    page(again, "")
    shutil.copy(project / "conf" / "model" / "linear.yaml", again / "conf" / "model" / "linear.yaml")
    dvc(again, "repro")
    assert results(again) == results(project)


def test_killed_at_every_stage_it_ends_with_the_same_bytes(
    project: Path, make_project: Callable[[], Path]
) -> None:
    page(project, "")
    dvc(project, "repro")
    killed = make_project()
    page(killed, "")
    for stage in STAGES[1:]:
        kill_within(killed, stage)
    dvc(killed, "repro")
    assert results(killed) == results(project)
    assert not list((killed / "data").glob(".*.tmp"))


def kill_within(project: Path, stage: str) -> None:
    """Start a repro and kill DVC as soon as `stage` has begun to write."""
    command = [sys.executable, "-m", "dvc", "repro"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=project, env=environment(), stdout=quiet, stderr=quiet)
    deadline = time.monotonic() + 120
    while not list((project / "data").glob(f".{stage}.*.tmp")):
        assert process.poll() is None, f"repro ended before {stage} began"
        assert time.monotonic() < deadline, f"{stage} never began"
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
