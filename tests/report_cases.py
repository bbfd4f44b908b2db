"""The files of a made-up run, as the stages write them: what the report is made from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from stages.metrics.calibration import calibration_table
from stages.metrics.confusion import confusion_table
from stages.metrics.precision_recall import precision_recall_table
from stages.metrics.residuals import residual_table
from stages.metrics.roc import roc_table
from stages.record import read_contents
from stages.reporting.contents import Contents
from stages.shell.store import Store

ROWS = 200
CLASSES = {"binary": ("good", "bad"), "multiclass": ("a", "b", "c"), "regression": ()}
EVIL = "<script>alert('no')</script>"
"""A name that must never become part of the page."""
BASELINES = ("constant", "linear", "gradient_boosting")
VERDICTS = ("better", "better", "not distinguishable")
METRICS: dict[str, dict[str, float]] = {
    "binary": {"accuracy": 0.78214, "balanced_accuracy": 0.6912, "f1": 0.5312, "roc_auc": 0.80261}
    | {"pr_auc": 0.5934, "log_loss": 0.4763, "brier_score": 0.1548},
    "multiclass": {"accuracy": 0.78214, "balanced_accuracy": 0.6912, "f1_macro": 0.6911, "log_loss": 0.4763},
    "regression": {"rmse": 30717.0706, "mae": 18089.5353, "r2": 0.874205, "median_absolute_error": 11333.147},
}
OVERRIDES = ("encode.imputer=knn", "train.dropout=[0.1, 0.2]")


def make_contents(folder: Path, task: str, **changed: Any) -> Contents:
    """Return the contents of a run written to `folder`; `changed` as in `write_run`."""
    write_run(folder, task, **changed)
    return contents_of(folder, task)


def contents_of(folder: Path, task: str) -> Contents:
    """Return the contents of the run whose files lie in `folder`."""
    store = Store("record", folder / "record", folder)
    record = {
        "key": "0123456789abcdef",
        "name": "mlp encode.imputer=knn",
        "commit": "c0ffee",
        "changed": False,
    }
    return read_contents(store, record | {"overrides": list(OVERRIDES)}, configuration(task))


def configuration(task: str) -> dict[str, Any]:
    """Return what the report reads of data/config.yaml."""
    choices = (
        "model",
        "train.optimizer",
        "train.schedule",
        "train.loss",
        "resample",
        "augment",
        "split.strategy",
    )
    return {
        "dataset": {"name": f"{task} {EVIL}"},
        "split": {"seed": 42},
        "train": {"monitor": "val_loss", "learning_rate": 0.001, "batch_size": 32},
        "choices": {name: f"the_{name.rpartition('.')[2]}" for name in choices},
        "overrides": list(OVERRIDES),
    }


def write_run(
    folder: Path,
    task: str,
    *,
    classes: Sequence[str] | None = None,
    baselines: Sequence[str] = BASELINES,
    columns: int = 4,
) -> None:
    """Write the files of a run to `folder`, a subfolder a stage."""
    names = CLASSES[task] if classes is None else tuple(classes)
    raw = ["size", EVIL, *(f"column {number}" for number in range(3, columns + 1))]
    documents = _documents(task, names, raw) | {"evaluate/comparison.json": _comparison(task, baselines)}
    for name, document in documents.items():
        _place(folder, name).write_text(json.dumps(document), encoding="utf-8")
    for name, table in (_tables(raw) | _curves(task, names)).items():
        table.to_csv(_place(folder, name), index=False)
    text = yaml.safe_dump(configuration(task), allow_unicode=True)
    (folder / "config.yaml").write_text(text, encoding="utf-8")


def _place(folder: Path, name: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _documents(task: str, classes: Sequence[str], columns: Sequence[str]) -> dict[str, Any]:
    parts = {"train": 600, "validation": 200, "test": ROWS}
    split: dict[str, Any] = {"rows": parts, "notes": []}
    if classes:
        split["classes"] = {
            part: dict.fromkeys(classes, rows // len(classes)) for part, rows in parts.items()
        }
    else:
        split["target_mean"] = dict.fromkeys(parts, 180689.01)
    training = {"best_epoch": 3, "kept_epoch": 3, "epochs_run": 5, "stopped_early": True, "diverged_epoch": 0}
    training |= {"num_trainable_parameters": 1234, "num_rows": 600, "num_validation_rows": 200}
    decision = {"task": task, "classes": list(classes), "threshold": 0.31, "threshold_rule": "best_f1"}
    return {
        "clean/schema.json": {
            "task": task,
            "target": "y",
            "features": [{"name": name, "role": "numeric"} for name in columns],
        },
        "clean/sources.json": {"files": {"rows.csv": "ab" * 32}, "notes": [f"a note on {EVIL}"]},
        "split/report.json": split,
        "baseline/report.json": {"baselines": {}, "notes": []},
        "encode/report.json": {"dropped_columns": {"empty": "no value in train"}, "notes": []},
        "resample/report.json": {"notes": []},
        "augment/report.json": {"notes": []},
        "train/training.json": training | {"class_weights": {}, "notes": ["training noted this"]},
        "evaluate/report.json": {"notes": []},
        "evaluate/metrics.json": dict.fromkeys(("test", "validation"), _measured(task, classes)),
        "evaluate/intervals.json": {"confidence": 0.95, "resamples": 1000}
        | dict.fromkeys(("test", "validation"), _intervals(task, classes)),
        "evaluate/decision.json": decision
        | {"costs": None, "temperature": 1.5, "calibration": "temperature"},
    }


def _measured(task: str, classes: Sequence[str]) -> dict[str, Any]:
    each = {"precision": 0.7, "recall": 0.6, "f1": 0.65, "roc_auc": 0.8, "pr_auc": None, "rows": 100}
    per_class = {"per_class": {name: each | {"f1": 0.65 + 0.001 * i} for i, name in enumerate(classes)}}
    return METRICS[task] | {"rows": ROWS} | (per_class if classes else {})


def _intervals(task: str, classes: Sequence[str]) -> dict[str, Any]:
    around = {name: [value * 0.965, value * 1.035] for name, value in METRICS[task].items()}
    return around | {"per_class": {name: {"precision": [0.6, 0.8], "pr_auc": None} for name in classes}}


def _comparison(task: str, baselines: Sequence[str]) -> dict[str, Any]:
    main = "rmse" if task == "regression" else "accuracy"
    worse = 1.1 if task == "regression" else 0.9
    found = {}
    for name, verdict in zip(baselines, VERDICTS, strict=False):
        metrics = {metric: value * worse for metric, value in METRICS[task].items()}
        gaps = {metric: METRICS[task][metric] - value for metric, value in metrics.items()}
        differences = {
            metric: {
                "difference": gap,
                "low": gap - abs(gap) / 10,
                "high": gap + abs(gap) / 10,
                "verdict": verdict,
            }
            for metric, gap in gaps.items()
        }
        intervals = {metric: [value * 0.95, value * 1.05] for metric, value in metrics.items()}
        found[name] = {"metrics": metrics, "intervals": intervals, "differences": differences}
    compared = {"main": main, "baselines": found}
    return {"test": compared, "validation": compared}


def _tables(names: Sequence[str]) -> dict[str, pd.DataFrame]:
    epochs = np.arange(1, 6)
    history = {"epoch": epochs, "learning_rate": 0.001, "loss": 1 / epochs, "accuracy": 1 - 0.5 / epochs}
    history |= {"val_loss": 0.3 + (epochs - 3) ** 2 / 20, "val_accuracy": 1 - 0.6 / epochs}
    profile = [(name, "numeric", 0.1, 7, 1.0, 2.0, 3.0, "1 (3); 2 (1)") for name in names]
    audit = [
        ("rows.csv", 3, "size", "cell to missing", "marker of a missing value", "NA", ""),
        ("", None, "size", "cell to missing", "marker of a missing value", "... and 1,240 more (limit)", ""),
        ("rows.csv", 9, None, "row excluded from training", "equal rows: as row 3", "", ""),
    ]  # fmt: skip
    worst = {"example_id": [f"rows.csv:{row}" for row in range(20)], "target": "good", "prediction": "bad"}
    worst |= {
        "loss": np.linspace(3, 2, 20),
        **{name: [f"{EVIL} {row}" for row in range(20)] for name in names},
    }
    importance = [
        (name, "accuracy", 0.05 / (place + 1), 0.02 / (place + 1) - 0.004, 0.08 / (place + 1))
        for place, name in enumerate(names)
    ]
    return {
        "train/history.csv": pd.DataFrame(history),
        "clean/profile.csv": pd.DataFrame(
            profile, columns=["column", "role", "missing_share", "distinct", "min", "median", "max", "top"]
        ),
        "clean/audit.csv": pd.DataFrame(
            audit, columns=["file", "row", "column", "action", "reason", "before", "after"]
        ),
        "evaluate/worst.csv": pd.DataFrame(worst),
        "evaluate/importance.csv": pd.DataFrame(
            importance, columns=["column", "metric", "importance", "low", "high"]
        ),
    }


def _curves(task: str, classes: Sequence[str]) -> dict[str, pd.DataFrame]:
    random = np.random.default_rng(0)
    tables = {
        "confusion": pd.DataFrame(columns=["actual", "predicted", "rows", "share"]),
        "roc": pd.DataFrame(columns=["false_positive_rate", "true_positive_rate", "threshold", "class"]),
        "precision_recall": pd.DataFrame(columns=["recall", "precision", "threshold", "class"]),
        "calibration": pd.DataFrame(columns=["predicted", "observed", "rows"]),
        "residuals": pd.DataFrame(columns=["target", "prediction", "residual"]),
        "threshold": pd.DataFrame(columns=["threshold", "precision", "recall", "f1", "youden"]),
    }
    if classes:
        target = np.arange(ROWS) % len(classes)
        scores = random.random((ROWS, len(classes))) + 0.5 * np.eye(len(classes))[target]
        scores /= scores.sum(axis=1, keepdims=True)
        tables["confusion"] = confusion_table(target, scores.argmax(axis=1), classes=classes)
        curves = range(1, 2) if len(classes) == 2 else range(len(classes))
        for name, curve in (("roc", roc_table), ("precision_recall", precision_recall_table)):
            each = [curve(target == k, scores[:, k]).assign(**{"class": classes[k]}) for k in curves]
            tables[name] = pd.concat(each, ignore_index=True)
        tables["calibration"] = calibration_table(target, scores)
    else:
        target = random.lognormal(12, 0.4, ROWS)
        tables["residuals"] = residual_table(target, target * random.normal(1, 0.1, ROWS), limit=1000)
    if task == "binary":
        share = np.linspace(0, 1, 21)
        curve = {"threshold": share, "precision": 0.3 + 0.7 * share, "recall": 1 - share**2, "f1": 0.5}
        tables["threshold"] = pd.DataFrame(curve | {"youden": 0.2})
    return {f"evaluate/{name}.csv": table for name, table in tables.items()} | {
        "evaluate/slices.csv": _slices(task)
    }


def _slices(task: str) -> pd.DataFrame:
    main = "rmse" if task == "regression" else "accuracy"
    value = METRICS[task][main]
    rows = [
        ("size", "(10, 20]", 90, main, value * 0.8, value * 0.7, value * 0.9),
        ("size", "missing", 12, main, value * 0.5, value * 0.3, value * 0.6),
        (EVIL, EVIL, 98, main, value * 1.1, value, value * 1.2),
        ("size", "(10, 20]", 90, "other", 0.1, 0.1, 0.2),
    ]
    return pd.DataFrame(rows, columns=["column", "slice", "rows", "metric", "value", "low", "high"])
