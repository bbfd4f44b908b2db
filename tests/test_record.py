"""The stage `record` from files to files, with MLflow within reach and without."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pytest
from processes import environment
from report_cases import write_run

from stages.record import NOTED, read_csv
from stages.shell.compose import compose
from stages.shell.store import Store
from stages.shell.tracking.tags import PACKAGES

ROOT = Path(__file__).resolve().parents[1]
NOBODY = "http://127.0.0.1:9"
"""An address that nobody answers at."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the code and the outputs of a finished run."""
    project = tmp_path_factory.mktemp("record")
    shutil.copytree(ROOT / "stages", project / "stages", ignore=shutil.ignore_patterns("__pycache__"))
    (project / "conf").mkdir()
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "code"]):
        subprocess.run(["git", *command], cwd=project, check=True, env=environment())
    write_run(project / "data", "binary")
    composed = compose(ROOT, ["train.epochs=5", "record.model=false"], page={"dataset": "credit"}).text()
    (project / "data" / "config.yaml").write_text(composed, encoding="utf-8")
    return project


def record(project: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the stage as DVC does."""
    return subprocess.run(
        [sys.executable, "-m", "stages.record"],
        cwd=project,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=True,
    )


def written(project: Path) -> dict[str, bytes]:
    folder = project / "data" / "record"
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_report_needs_no_store_and_is_the_same_with_one(project: Path) -> None:
    done = record(project, MLFLOW_TRACKING_URI=NOBODY)
    assert done.stderr.count("MLflow cannot be reached") == 1
    without = written(project)
    record(project)
    assert written(project) == without
    figures = {"learning_curves", "comparison", "confusion", "roc", "precision_recall", "calibration"}
    figures |= {"threshold", "slices", "importances"}
    assert set(without) == {"record.json", "report.html", *(f"figures/{name}.svg" for name in figures)}
    uploaded = {path.name: path for path in (project / "mlartifacts").rglob("*") if path.is_file()}
    assert uploaded["report.html"].read_bytes() == without["report.html"]
    assert uploaded["roc.svg"].read_bytes() == without["figures/roc.svg"]


def test_record_says_what_the_run_was_made_from(project: Path) -> None:
    record(project, MLFLOW_TRACKING_URI=NOBODY)
    said = json.loads(written(project)["record.json"])
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=project, capture_output=True, text=True, check=True
    )
    assert said.pop("key")
    assert said == {
        "name": "mlp train.epochs=5 record.model=false",
        "overrides": ["train.epochs=5", "record.model=false"],
        "commit": head.stdout.strip(),
        "changed": False,
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in PACKAGES},
        },
    }
    (project / "conf" / "new.yaml").write_text("a: 1\n")
    record(project, MLFLOW_TRACKING_URI=NOBODY)
    assert json.loads(written(project)["record.json"])["changed"] is True
    assert b"changes that are not in this commit" in written(project)["report.html"]


def test_the_report_has_the_notes_of_every_stage_that_can_have_some() -> None:
    stages = {file.stem for file in (ROOT / "stages").glob("*.py")} - {"__init__", "configure", "record"}
    assert set(NOTED) == stages


def test_names_that_look_like_numbers_or_like_nothing_stay_names(tmp_path: Path) -> None:
    folder = tmp_path / "evaluate"
    folder.mkdir()
    table = pd.DataFrame(
        {"actual": ["1.0", "NA"], "predicted": ["NA", "1.0"], "rows": [3, 4], "share": [0.5, None]}
    )
    table.to_csv(folder / "confusion.csv", index=False)
    read = read_csv(Store("record", tmp_path / "record", tmp_path), "confusion")
    assert read["actual"].tolist() == ["1.0", "NA"]
    assert read["rows"].tolist() == [3, 4]
    assert read["share"].isna().tolist() == [False, True]


def test_raw_cells_are_read_as_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "evaluate"
    folder.mkdir()
    (folder / "worst.csv").write_text("example_id,zip\na:1,00123\na:2,NA\n")
    read = read_csv(Store("record", tmp_path / "record", tmp_path), "worst")
    assert read["zip"].tolist() == ["00123", "NA"]
