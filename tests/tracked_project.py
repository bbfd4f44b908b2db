"""A small project that holds a finished run, with an MLflow store of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from processes import environment

from stages.shell.compose import compose
from stages.shell.tracking import client as tracking
from stages.shell.tracking import live, row

ROOT = Path(__file__).resolve().parents[1]


def in_a_process(project: Path, code: str) -> str:
    """What `code` prints in a process of its own that works on `project`."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(DVC_ROOT=str(project)),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def make_store(folder: Path) -> Path:
    """Make an empty store in `folder`; that takes seconds, so that it is made once and copied."""
    in_a_process(folder, "from stages.shell.tracking import client; client.open_client()")
    return folder / "mlflow.db"


def configuration(*overrides: str) -> str:
    """The text of data/config.yaml; without the model, which the tests of the bundle are about."""
    return compose(ROOT, [*overrides, "record.model=false"], page={"dataset": "credit"}).text()


METRICS = {
    "test": {
        "accuracy": 0.75,
        "rows": 8,
        "per_class": {"<=50K": {"recall": 0.5}, ">=50K": {"recall": 0.25}},
        "roc_auc": None,
    },
    "validation": {"accuracy": 0.7},
}
INTERVALS = {
    "confidence": 0.95,
    "test": {
        "accuracy": [0.7, 0.8],
        "per_class": {"<=50K": {"recall": [0.4, 0.6]}, ">=50K": {"recall": [0.1, 0.3]}},
        "roc_auc": None,
    },
}
COMPARISON = {
    "test": {
        "main": "accuracy",
        "baselines": {
            "linear": {
                "metrics": {"accuracy": 0.7, "rows": 8},
                "intervals": {"accuracy": [0.6, 0.8]},
                "differences": {
                    "accuracy": {"difference": 0.05, "low": 0.01, "high": 0.09, "verdict": "better"},
                    "roc_auc": {"difference": None, "low": None, "high": None, "verdict": None},
                },
            }
        },
    }
}


def lay_out(folder: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lay out a project with the outputs of a finished run, and a copy of an MLflow store."""
    monkeypatch.setenv("DVC_ROOT", str(folder))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    data = folder / "data"
    for stage in ("clean", "train", "evaluate", "record"):
        (data / stage).mkdir(parents=True)
    shutil.copy(store, folder)
    (data / "config.yaml").write_text(configuration("train.epochs=3"))
    (data / "clean" / "sources.json").write_text('{"files": {"credit.csv": "abc"}}')
    pd.DataFrame({"epoch": [1, 2, 3], "loss": [0.7, 0.5, 0.4], "val_loss": [0.8, 0.6, 0.5]}).to_csv(
        data / "train" / "history.csv", index=False
    )
    (data / "train" / "model.keras").write_bytes(b"model")
    (data / "train" / "training.json").write_text('{"best_epoch": 2}')
    for name, document in (("metrics", METRICS), ("intervals", INTERVALS), ("comparison", COMPARISON)):
        (data / "evaluate" / f"{name}.json").write_text(json.dumps(document))
    (data / "split").mkdir()
    (data / "split" / "report.json").write_text('{"rows": {"train": 2, "validation": 1, "test": 1}}')
    write_assignment(data, ["train", "validation", "test", "train"])
    (data / "record" / "record.json").write_text("{}")
    (folder / "stages").mkdir()
    for target in (live, row, tracking):
        if hasattr(target, "ROOT"):
            monkeypatch.setattr(target, "ROOT", folder)
    monkeypatch.setattr("stages.shell.tracking.live.read_document", lambda: tracking.read_document(folder))
    monkeypatch.setattr("stages.shell.tracking.live.run_key", lambda: tracking.run_key(folder))
    return folder


def write_assignment(data: Path, parts: list[str]) -> None:
    table = pd.DataFrame({"example_id": [f"row {number}" for number in range(len(parts))], "part": parts})
    table.to_parquet(data / "split" / "assignment.parquet")
