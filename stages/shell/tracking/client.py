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
from urllib.parse import quote

import yaml
from filelock import FileLock

from stages.shell.store import ROOT, real_root
from stages.shell.tracking.place import artifacts_of, mend_addresses

if TYPE_CHECKING:
    from mlflow import MlflowClient

KEY = "upcurve.key"
STORE = "mlflow.db"
"""The repository's own store, at its root."""
WITHOUT_EFFECT = ("shell", "bundle", "figures", "reporting")
"""Packages that change no number of a run, only how it is started, shown and shipped."""


def tracking_uri() -> str:
    """Return the address of the MLflow store."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{real_root() / STORE}"


def database() -> Path | None:
    """Return the file of the store where it is SQLite, None where it is a server."""
    uri = tracking_uri()
    return Path(uri.removeprefix("sqlite:///")) if uri.startswith("sqlite:///") else None


def open_client() -> MlflowClient:
    """Return a client of the store; the store is made on first use, by one process alone."""
    # A server that is down must cost a warning and seconds, not MLflow's default of minutes.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "ERROR")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # nobody is told what is run here
    from mlflow import MlflowClient

    path = database()
    # Two processes that make a fresh database at once break it: MLflow's own client path takes no lock.
    with locked():
        if path is not None:
            _make_store(path)
            mend(path)
        return MlflowClient(tracking_uri=tracking_uri())


def mend(path: Path) -> None:
    """Let the store at `path` know where the repository is now, if it is this repository's own."""
    root = real_root().resolve()
    if path.resolve() == root / STORE:  # another that MLFLOW_TRACKING_URI names may serve several clones
        with locked():
            mend_addresses(path, root)


def locked() -> FileLock:
    """Return the lock that is held while something is made that must not be made twice."""
    return FileLock(real_root() / ".mlflow.lock", is_singleton=True)  # so that it may be taken twice


def open_experiment(client: MlflowClient, name: str) -> str:
    """Return the id of the experiment called `name`; it is made where there is none.

    One that a person deleted is restored: MLflow keeps its name taken, and refuses runs in it.
    """
    from mlflow.exceptions import MlflowException

    with locked():
        found = client.get_experiment_by_name(name)
        if found is not None and found.lifecycle_stage == "deleted":
            client.restore_experiment(found.experiment_id)
    if found is None:
        # Named here: MLflow would take the current folder of whoever comes first, perhaps a temporary copy.
        local = tracking_uri().startswith("sqlite:")
        place = f"{artifacts_of(real_root().resolve())}/{quote(name)}" if local else None
        try:
            return str(client.create_experiment(name, artifact_location=place))
        except MlflowException:
            found = client.get_experiment_by_name(name)
            if found is None:
                raise
    return str(found.experiment_id)


def find_run(client: MlflowClient, experiment: str, key: str) -> Any | None:
    """Return the run with this key, or None; one that a person deleted only where there is no other."""
    from mlflow.entities import ViewType

    found = client.search_runs([experiment], f"tags.`{KEY}` = '{key}'", ViewType.ALL, max_results=10)
    return min(found, key=_order, default=None)


def _order(run: Any) -> tuple[bool, int, str]:
    return run.info.lifecycle_stage == "deleted", run.info.start_time, run.info.run_id


def find_or_create_run(
    client: MlflowClient, experiment: str, key: str, *, name: str, began: float | None = None
) -> Any:
    """Return the run with this key; it is made where there is none, once though several ask at a time."""
    with locked():
        found = find_run(client, experiment, key)
        if found is not None:
            if found.info.lifecycle_stage == "deleted":
                client.restore_run(found.info.run_id)
            return found
        start = None if began is None else int(began * 1000)
        made = client.create_run(experiment, start_time=start, tags={KEY: key}, run_name=name)
    first = find_run(client, experiment, key)  # another machine may have made it between the two calls
    if first is None or first.info.run_id == made.info.run_id:
        return made
    client.delete_run(made.info.run_id)
    return first


def delete_twins(client: MlflowClient, experiment: str, kept: Any) -> None:
    """Delete the younger rows with the key of `kept`: two machines may have made one each."""
    wanted = f"tags.`{KEY}` = '{kept.data.tags[KEY]}'"
    for run in client.search_runs([experiment], wanted):
        if _order(run) > _order(kept):
            client.delete_run(run.info.run_id)


def run_key(root: Path = ROOT, data: Path | None = None) -> str:
    """Return the SHA-256 of configuration, raw data and source: one MLflow run for each.

    Parameters
    ----------
    root
        Where the source lies, in ``stages/``.
    data
        Where the run's files lie; ``data/`` of the same project by default.
    """
    data = data or root / "data"
    sources = json.loads((data / "clean" / "sources.json").read_text(encoding="utf-8"))
    digest = hashlib.sha256()
    digest.update(json.dumps(sections(read_config(data)), sort_keys=True).encode())
    digest.update(json.dumps(sources, sort_keys=True).encode())
    for file in sorted((root / "stages").rglob("*.py")):
        inside = file.relative_to(root / "stages")
        if inside.parts[0] not in WITHOUT_EFFECT:
            digest.update(str(inside).encode() + file.read_bytes())
    return digest.hexdigest()


def read_document(root: Path = ROOT) -> dict[str, Any]:
    """Return all of ``data/config.yaml`` of the project at `root`."""
    return read_config(root / "data")


def read_config(data: Path) -> dict[str, Any]:
    """Return the composed configuration among the files of a run."""
    text = (data / "config.yaml").read_text(encoding="utf-8")
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
