"""The MLflow store and the key of a run.

By default SQLite at the root of the repository with artifacts beside it, the same store from the temporary
copies of ``dvc exp run``; ``MLFLOW_TRACKING_URI`` overrides it.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from filelock import FileLock

from stages.shell.store import ROOT, real_root

if TYPE_CHECKING:
    from mlflow import MlflowClient

KEY = "upcurve.key"
PROCESS = "upcurve.process"


def tracking_uri() -> str:
    """Return the address of the MLflow store."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{real_root() / 'mlflow.db'}"


def open_client() -> MlflowClient:
    """Return a client of the store; the store is made on first use, by one process alone."""
    # A server that is down must cost a warning and seconds, not MLflow's default of minutes.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "ERROR")
    from mlflow import MlflowClient

    uri = tracking_uri()
    # Two processes that make a fresh database at once break it: MLflow's own client path takes no lock.
    with FileLock(real_root() / ".mlflow.lock"):
        if uri.startswith("sqlite:///"):
            _make_store(Path(uri.removeprefix("sqlite:///")))
        return MlflowClient(tracking_uri=uri)


def open_experiment(client: MlflowClient, name: str) -> str:
    """Return the id of the experiment called `name`; it is made where there is none."""
    from mlflow.exceptions import MlflowException

    found = client.get_experiment_by_name(name)
    if found is None:
        # Named here: MLflow would take the current folder of whoever comes first, perhaps a temporary copy.
        local = tracking_uri().startswith("sqlite:")
        place = (real_root() / "mlartifacts" / name).as_uri() if local else None
        try:
            return str(client.create_experiment(name, artifact_location=place))
        except MlflowException:
            found = client.get_experiment_by_name(name)
            if found is None:
                raise
    return str(found.experiment_id)


def find_run(client: MlflowClient, experiment: str, key: str) -> Any | None:
    """Return the run with this key, or None."""
    found = client.search_runs([experiment], f"tags.`{KEY}` = '{key}'", max_results=1)
    return found[0] if found else None


def run_key(root: Path = ROOT) -> str:
    """Return the SHA-256 of configuration, raw data and source: one MLflow run for each."""
    sources = json.loads((root / "data" / "clean" / "sources.json").read_text(encoding="utf-8"))
    digest = hashlib.sha256()
    digest.update(json.dumps(sections(read_document(root)), sort_keys=True).encode())
    digest.update(json.dumps(sources, sort_keys=True).encode())
    for file in sorted((root / "stages").rglob("*.py")):
        inside = file.relative_to(root / "stages")
        if inside.parts[0] != "shell":
            digest.update(str(inside).encode() + file.read_bytes())
    return digest.hexdigest()


def read_document(root: Path = ROOT) -> dict[str, Any]:
    """Return all of ``data/config.yaml``."""
    text = (root / "data" / "config.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return document


def sections(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sections of `document`, without the names of the choices and the overrides beside them."""
    return {name: value for name, value in document.items() if name not in ("choices", "overrides")}


def _make_store(path: Path) -> None:
    """Make the database at `path` where there is none.

    Beside its place first: a process killed in MLflow's migrations leaves a database that nobody can open.
    """
    if path.exists():
        return
    from mlflow import MlflowClient

    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    MlflowClient(tracking_uri=f"sqlite:///{unfinished}").search_experiments(max_results=1)
    unfinished.replace(path)
    with sqlite3.connect(path, timeout=20) as connection:
        connection.execute("PRAGMA journal_mode=WAL")  # readers and a writer side by side; stays in the file
