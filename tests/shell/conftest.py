"""Small projects to try the command line on."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from processes import environment

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Callable[[str], Path]:
    """A function that returns a folder with the real conf/ and the page given to it."""

    def make(page: str = "dataset: credit\n") -> Path:
        if not (tmp_path / "conf").exists():
            (tmp_path / "conf").symlink_to(ROOT / "conf")
            (tmp_path / "dvc.yaml").write_text("stages: {}\n", encoding="utf-8")
        (tmp_path / "params.yaml").write_text(page, encoding="utf-8")
        return tmp_path

    return make


CONFIGURE = """\
import sys
from pathlib import Path
from stages.shell.compose import compose

try:
    text = compose(Path.cwd()).text()
except ValueError as error:
    sys.exit(str(error))
Path("data").mkdir(exist_ok=True)
Path("data/config.yaml").write_text(text, encoding="utf-8")
"""

TRAIN = """\
from pathlib import Path
import yaml

config = yaml.safe_load(Path("data/config.yaml").read_text(encoding="utf-8"))
if config["train"]["patience"] == 13:
    raise SystemExit("unlucky")
Path("data/train").mkdir(parents=True)
Path("data/train/weights").write_text(f"{config['model']['_target_']} {config['train']['epochs'] // 10}")
"""

EVALUATE = """\
import json
from pathlib import Path
import yaml

config = yaml.safe_load(Path("data/config.yaml").read_text(encoding="utf-8"))
epochs = int(Path("data/train/weights").read_text().split()[1])
Path("data/evaluate").mkdir(parents=True)
metrics = {"test": {"accuracy": epochs / 20, "rows": 9, "per_class": {"bad": {"f1": 0.5}}}}
metrics["train"] = {"worst_rows": config["evaluate"]["worst_rows"]}
intervals = {"confidence": 0.95, "test": {"accuracy": [0.04, 0.2], "rows": None}}
difference = {"difference": -0.2, "low": -0.3, "high": -0.1, "verdict": "worse"}
linear = {"differences": {"accuracy": difference}}
comparison = {"test": {"main": "accuracy", "baselines": {"linear": linear}}}
for name, document in (("metrics", metrics), ("intervals", intervals), ("comparison", comparison)):
    Path(f"data/evaluate/{name}.json").write_text(json.dumps(document))
"""

STAGES = """\
stages:
  configure:
    cmd: python configure.py
    deps: [conf, params.yaml, configure.py]
    params: [params.yaml: ]
    outs: [data/config.yaml]
  clean:
    cmd: mkdir -p data/clean && ls data/raw/${dataset} > data/clean/names
    deps: ["data/raw/${dataset}"]
    outs: [data/clean]
  train:
    cmd: python train.py
    deps: [train.py, data/clean]
    params: [data/config.yaml: [model, train]]
    outs: [data/train]
  evaluate:
    cmd: python evaluate.py
    deps: [evaluate.py, data/train]
    params: [data/config.yaml: [evaluate]]
    outs: [data/evaluate]
  record:
    cmd: cp data/config.yaml data/record
    deps: [data/config.yaml, data/evaluate]
    outs: [data/record]
"""


@pytest.fixture(scope="session")
def reproduced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the real conf/ and four tiny stages, a git and DVC repository, everything up to date."""
    root = tmp_path_factory.mktemp("reproduced")
    shutil.copytree(ROOT / "conf", root / "conf")
    for name in ("credit", "ames"):
        (root / "data/raw" / name).mkdir(parents=True)
        (root / "data/raw" / name / f"{name}.csv").write_text("a,b\n1,2\n")
    (root / "dvc.yaml").write_text(STAGES)
    (root / "params.yaml").write_text(
        "# The page\ndataset: credit # the loans\n\n# Training\ntrain: {epochs: 10}\n"
    )
    (root / "configure.py").write_text(CONFIGURE)
    (root / "train.py").write_text(TRAIN)
    (root / "evaluate.py").write_text(EVALUATE)
    (root / ".gitignore").write_text("/data/*\n!/data/raw/\n/scratch/\n")
    for command in (
        ["git", "init", "-q", "-b", "main"],
        [sys.executable, "-m", "dvc", "init", "-q"],
        [sys.executable, "-m", "dvc", "config", "core.analytics", "false"],
        [sys.executable, "-m", "dvc", "repro", "-q"],
        ["git", "add", "-A"],
        ["git", "commit", "-qm", "all of it"],
    ):
        subprocess.run(command, cwd=root, check=True, env=environment(PYTHONPATH=str(ROOT)))
    (root / "scratch").mkdir()
    (root / "scratch/seconds.json").write_text('{"train": 12.0, "evaluate": 3.5}')
    return root


class Shell:
    """``upcurve`` in a project of its own, in this process; DVC in a process of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, *arguments: str, status: int = 0, typed: str | None = None) -> Result:
        from stages.shell.cli.main import upcurve

        result = CliRunner().invoke(upcurve, arguments, input=typed, prog_name="upcurve")
        assert result.exit_code == status, result.output
        assert "Traceback" not in result.output
        return result

    @property
    def page(self) -> str:
        return (self.root / "params.yaml").read_text(encoding="utf-8")


@pytest.fixture
def upcurve(reproduced: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """The command, standing in a copy of the reproduced project."""
    root = tmp_path / "project"
    shutil.copytree(reproduced, root, symlinks=True)
    monkeypatch.chdir(root)
    for key, each in environment(PYTHONPATH=str(ROOT)).items():
        monkeypatch.setenv(key, each)
    return Shell(root)
