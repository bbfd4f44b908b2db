"""One MLflow row, completed or rebuilt from the files of a run."""

from __future__ import annotations

import json
import math
import platform
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import yaml

from stages.shell.page import leaves
from stages.shell.store import ROOT
from stages.shell.tracking.client import (
    KEY,
    find_run,
    open_client,
    open_experiment,
    read_document,
    run_key,
    sections,
)
from stages.shell.tracking.live import close_dead_runs

if TYPE_CHECKING:
    from mlflow import MlflowClient

LONGEST_VALUE = 6000
"""Characters MLflow takes for the value of a parameter."""
ENTRIES_A_CALL = 100
METRICS_A_CALL = 1000
REFUSED = re.compile(r"[^\w\-. :]")
"""Signs that MLflow takes in no name, and the one that divides it: a class may be called ``<=50K``."""
PACKAGES = ("tensorflow", "keras", "scikit-learn", "imbalanced-learn", "pandas", "numpy", "dvc", "mlflow")
FIGURES = ("train/history.csv", "train/training.json", "evaluate", "clean/profile.csv", "split/report.json")


def write_row(data: Path, root: Path = ROOT, *, key: str | None = None) -> str:
    """Complete the MLflow run of this configuration from the files in `data`; return its id.

    An upsert: a run that is there gets what it lacks, and only that. `key` is the run's where it was made
    before; computed where not given.
    """
    config = read_document(root)
    client = open_client()
    experiment = open_experiment(client, config["record"]["experiment"])
    close_dead_runs(client, experiment)
    key = key or run_key(root)
    name = run_name(config)
    run = find_run(client, experiment, key) or client.create_run(experiment, run_name=name, tags={KEY: key})
    identity = str(run.info.run_id)
    _add_parameters(client, run, dict(parameters(config)))
    _add_epochs(client, identity, pd.read_csv(data / "train" / "history.csv"))
    _add_results(client, run, json.loads((data / "evaluate" / "metrics.json").read_text(encoding="utf-8")))
    _add_tags(client, identity, tags(config, root) | {"mlflow.runName": name})
    _add_files(client, identity, data, model=config["record"]["model"])
    client.set_terminated(identity, "FINISHED")
    return identity


def parameters(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every parameter of every section, and the name of each group's choice."""
    yield from config["choices"].items()
    for key, value in leaves(sections(config)):
        yield ".".join(key), (value if isinstance(value, str) else json.dumps(value))[:LONGEST_VALUE]


def run_name(config: Mapping[str, Any]) -> str:
    """Return a name that a person knows the run by: the model, and what differs from the defaults."""
    differs = [each for each in config["overrides"] if not each.startswith(("model=", "dataset="))]
    return " ".join([config["choices"]["model"], *differs])[:250]


def installed(package: str) -> str:
    """Return the version of `package`; nothing where it goes by another name here (tensorflow-cpu)."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def tags(config: Mapping[str, Any], root: Path = ROOT) -> dict[str, str]:
    """Return what ties the run to the files: commit, hashes of DVC's outputs, versions."""
    lock = yaml.safe_load((root / "dvc.lock").read_text()) if (root / "dvc.lock").exists() else {}
    outputs = {
        f"dvc.{stage}": str(block["outs"][0].get("md5", ""))
        for stage, block in lock.get("stages", {}).items()
        if block.get("outs") and stage != "record"
    }
    packages = {f"version.{name}": installed(name) for name in PACKAGES}
    git = {"mlflow.source.git.commit": _commit(root)}
    overrides = " ".join(config["overrides"]) or "none: all defaults"
    return (
        outputs
        | packages
        | git
        | {"overrides": overrides[:5000], "version.python": platform.python_version()}
    )


def _add_parameters(client: MlflowClient, run: Any, wanted: Mapping[str, str]) -> None:
    from mlflow.entities import Param

    missing = {REFUSED.sub("_", key)[:250]: value for key, value in wanted.items()}
    entries = [Param(key, value) for key, value in missing.items() if key not in run.data.params]
    for start in range(0, len(entries), ENTRIES_A_CALL):
        client.log_batch(run.info.run_id, params=entries[start : start + ENTRIES_A_CALL])


def _add_epochs(client: MlflowClient, run: str, history: pd.DataFrame) -> None:
    """Log the epochs of `history` that the run does not have yet."""
    from mlflow.entities import Metric

    now = int(time.time() * 1000)
    known = {metric.step for metric in client.get_metric_history(run, "loss")}
    epochs = history[~history["epoch"].isin(known)].set_index("epoch")
    entries = [
        Metric(str(name), float(value), now, int(str(epoch)))
        for epoch, row in epochs.iterrows()
        for name, value in row.items()
        if math.isfinite(value)
    ]
    _log_metrics(client, run, entries)


def _add_results(client: MlflowClient, run: Any, metrics: Mapping[str, Any]) -> None:
    from mlflow.entities import Metric

    now = int(time.time() * 1000)
    results = {metric_name(key): value for key, value in leaves(metrics)}
    entries = [
        Metric(key, float(value), now, 0)
        for key, value in results.items()
        if isinstance(value, int | float) and run.data.metrics.get(key) != float(value)
    ]
    _log_metrics(client, run.info.run_id, entries)


def metric_name(key: tuple[str, ...]) -> str:
    """Return a metric's name in MLflow, whose UI folds what stands before each slash.

    Examples
    --------
    >>> metric_name(("test", "per_class", "<=50K", "f1")), metric_name(("test", "per_class", "1.5", "f1"))
    ('test/per_class/__50K/f1', 'test/per_class/1_5/f1')
    """
    return "/".join(REFUSED.sub("_", part).replace(".", "_") for part in key)


def _log_metrics(client: MlflowClient, run: str, entries: list[Any]) -> None:
    for start in range(0, len(entries), METRICS_A_CALL):
        client.log_batch(run, metrics=entries[start : start + METRICS_A_CALL])


def _add_tags(client: MlflowClient, run: str, wanted: Mapping[str, str]) -> None:
    from mlflow.entities import RunTag

    client.log_batch(run, tags=[RunTag(key, value) for key, value in wanted.items() if value])


def _add_files(client: MlflowClient, run: str, data: Path, *, model: bool) -> None:
    """Upload the figures, tables and the model; what is there is replaced by the same."""
    client.log_artifact(run, str(data / "config.yaml"))
    for name in [*FIGURES, *(["train/model.keras"] if model else [])]:
        path = data / name
        if path.is_dir():
            client.log_artifacts(run, str(path), artifact_path=path.name)
        elif path.exists():
            client.log_artifact(run, str(path), artifact_path=path.parent.name)


def _commit(root: Path) -> str:
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""
