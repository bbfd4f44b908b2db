"""``upcurve show``, ``choices``, ``use``, ``completion`` and the help."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from processes import environment

from stages.shell.cli.main import upcurve as command
from stages.shell.cli.overrides import complete
from stages.shell.cli.project import find_root

ROOT = Path(__file__).resolve().parents[2]


def test_show_says_where_each_value_came_from(upcurve: Any) -> None:
    rows = {row["key"]: row for row in json.loads(upcurve("show", "--json", "model=linear").stdout)}
    assert rows["train.epochs"] == {"key": "train.epochs", "value": 10, "from": "params.yaml"}
    assert rows["train.seed"]["from"] == "conf/config.yaml (${seed})"
    assert rows["model"] == {"key": "model", "value": "linear", "from": "command line"}
    assert rows["model.l2"]["from"] == "conf/model/linear.yaml"
    assert "model._target_" not in rows


def test_show_one_key_or_what_is_changed(upcurve: Any) -> None:
    assert upcurve("show", "train.epochs").stdout.splitlines()[1].split() == [
        "train.epochs",
        "10",
        "params.yaml",
    ]
    lines = upcurve("show", "train/optimizer").stdout.splitlines()
    assert all(line.startswith("train.optimizer") for line in lines[1:])
    changed = upcurve("show", "--changed", "model=linear").stdout
    assert [line.split()[0] for line in changed.splitlines()[1:]] == ["model", "train.epochs"]
    assert "did you mean `train.epochs`?" in upcurve("show", "train.epocs", status=1).stderr
    assert "Nothing differs" in upcurve("show", "--changed", "~train").stdout


def test_choices_lists_groups_and_marks_the_active(upcurve: Any) -> None:
    rows = json.loads(upcurve("choices", "--json").stdout)
    active = {row["group"]: row["choice"] for row in rows if row["active"]}
    assert active["model"] == "mlp"
    assert all(row["description"] for row in rows)
    lines = upcurve("choices", "train/optimizer").stdout.splitlines()
    assert lines[0] == "train/optimizer"
    assert next(line for line in lines if " adam " in line).startswith("*")
    assert "train/schedule" in upcurve("choices", "train").stdout


def test_choices_work_with_a_broken_page(upcurve: Any) -> None:
    (upcurve.root / "params.yaml").write_text("model: [")
    assert "mlp" in upcurve("choices", "model").stdout


def test_choices_describe_one_choice(upcurve: Any) -> None:
    rows = {row["key"]: row for row in json.loads(upcurve("choices", "model", "mlp", "--json").stdout)}
    assert rows["dropout"]["default"] == 0.0
    assert rows["dropout"]["kind"] == "number, at least 0, below 1"
    assert rows["units"]["kind"].startswith("list of integers")
    assert rows["units"]["meaning"].startswith("width of each hidden layer")
    text = upcurve("choices", "model", "mlp").stdout
    assert "see below" in text
    assert "Set one: upcurve run model=mlp" in text
    assert "did you mean `mlp`?" in upcurve("choices", "model", "mpl", status=1).stderr
    assert "There is no group `modle`; did you mean `model`?" in upcurve("choices", "modle", status=1).stderr
    assert "holds several groups" in upcurve("choices", "train", "sgd", status=1).stderr


def test_every_choice_can_be_described(upcurve: Any) -> None:
    for row in json.loads(upcurve("choices", "--json").stdout):
        described = json.loads(upcurve("choices", row["group"], row["choice"], "--json").stdout)
        assert all(each["meaning"] for each in described), row


def test_use_puts_an_experiment_in_place_and_undo_brings_the_page_back(upcurve: Any) -> None:
    before = upcurve.page
    assert "upcurve undo" in upcurve("use", "ames").stdout
    assert upcurve.page == (upcurve.root / "conf/experiment/ames.yaml").read_text()
    assert "already" in upcurve("use", "ames").stdout
    upcurve("undo")
    assert upcurve.page == before
    assert "did you mean `ames`?" in upcurve("use", "amse", status=1).stderr
    assert "ames" in upcurve("use").stdout


def test_use_refuses_an_experiment_that_is_wrong(upcurve: Any) -> None:
    (upcurve.root / "conf/experiment/bad.yaml").write_text("# bad\ndataset: credit\ntrain: {epocs: 3}\n")
    before = upcurve.page
    assert "did you mean `epochs`?" in upcurve("use", "bad", status=1).stderr
    assert upcurve.page == before


@pytest.mark.parametrize("name", sorted(file.stem for file in (ROOT / "conf/experiment").glob("*.yaml")))
def test_every_experiment_composes_and_opens_with_its_command(upcurve: Any, name: str) -> None:
    first = (ROOT / f"conf/experiment/{name}.yaml").read_text().splitlines()[0]
    assert first.startswith(f"# upcurve use {name} && upcurve run: ")
    upcurve("use", name)


def test_a_page_that_is_missing_is_said(upcurve: Any) -> None:
    (upcurve.root / "params.yaml").unlink()
    for arguments in (["run"], ["plan"], ["show"]):
        assert "params.yaml is not there" in upcurve(*arguments, status=1).stderr
    upcurve("use", "credit")
    assert (upcurve.root / "params.yaml").exists()


def completed(root: Path, word: str, *before: str) -> list[str]:
    return [item.value for item in complete(root, word, list(before))]


def test_keys_and_choices_are_completed(upcurve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    root = upcurve.root
    assert completed(root, "mod") == ["model.", "model="] or set(completed(root, "mod")) == {
        "model=",
        "model.",
    }
    assert completed(root, "model.un") == ["model.units="]
    assert completed(root, "~train.ep") == ["~train.epochs"]
    assert completed(root, "train.epo") == ["train.epochs="]
    assert completed(root, "model=l") == ["model=linear"]
    assert completed(root, "train/optimizer=sg") == ["train/optimizer=sgd"]
    monkeypatch.setenv("_UPCURVE_COMPLETE", "bash_complete")
    assert completed(root, "l", "model", "=") == ["linear"]
    assert {"linear", "mlp"} <= set(completed(root, "=", "model"))


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_completion_works_in_bash(upcurve: Any, tmp_path: Path) -> None:
    script = tmp_path / "complete.bash"
    program = tmp_path / "upcurve"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m stages.shell.cli "$@"\n')
    program.chmod(0o755)
    script.write_text(
        upcurve("completion", "bash").stdout
        + "\nCOMP_WORDS=(upcurve run model = li); COMP_CWORD=4; _upcurve_completion upcurve; "
        + 'echo "${COMPREPLY[@]}"\n'
    )
    path = f"{tmp_path}{os.pathsep}{environment()['PATH']}"
    done = subprocess.run(
        ["bash", str(script)],
        check=False,
        capture_output=True,
        text=True,
        env=environment(PYTHONPATH=str(ROOT)) | {"PATH": path},
    )
    assert done.stdout.strip().endswith("linear"), done.stderr


def every_command(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name, each in group.commands.items():
        found += every_command(each, (*path, name)) if isinstance(each, click.Group) else [(*path, name)]
    return found


@pytest.mark.parametrize("path", every_command(command), ids=" ".join)
def test_every_command_has_help_with_an_example(upcurve: Any, path: tuple[str, ...]) -> None:
    text = upcurve(*path, "--help").stdout
    assert "Example" in text or "Install" in text
    assert f"upcurve {' '.join(path)}" in text


def test_the_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom stages.shell.cli.main import upcurve\n"
        "try:\n    upcurve.main(['--help'], prog_name='upcurve')\nexcept SystemExit:\n    pass\n"
        "heavy = {'tensorflow', 'keras', 'mlflow', 'dvc', 'pandas', 'numpy', 'sklearn', 'hydra'}\n"
        "heavy |= {'omegaconf', 'pydantic', 'yaml', 'rich'}\n"
        "sys.exit(','.join(sorted(heavy & set(sys.modules))) or None)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, cwd=ROOT, env=environment()
    )
    assert done.returncode == 0, done.stderr


def test_usage_errors_have_their_own_status(upcurve: Any) -> None:
    assert "No such command" in upcurve("rnu", status=2).stderr
    assert "No such option" in upcurve("run", "--onec", status=2).stderr


def test_it_works_from_any_folder_of_the_project_and_nowhere_else(
    upcurve: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(upcurve.root / "conf/model")
    assert find_root() == upcurve.root
    assert "train.epochs" in upcurve("show", "train.epochs").stdout
    monkeypatch.chdir(tmp_path)
    result = upcurve("show", status=1)
    assert result.stderr.startswith("There is no upcurve project here")
