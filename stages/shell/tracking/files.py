"""The files of a run that a person looks at in MLflow: report, figures, tables, and the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from filelock import FileLock

from stages.shell.store import real_root
from stages.shell.tracking.place import is_lost
from stages.shell.tracking.tags import requirements

if TYPE_CHECKING:
    from mlflow import MlflowClient

TABLES = ("train/history.csv", "train/training.json", "clean/profile.csv", "split/report.json", "evaluate")
RECORDED = ("report.html", "figures")


class Artifact(NamedTuple):
    """A file or folder, and the folder among the run's artifacts that it goes to (empty: the top)."""

    path: Path
    folder: str


def artifacts(data: Path, recorded: Path) -> Iterator[Artifact]:
    """Yield what is there of the files of a run; `recorded` is where `record` wrote."""
    yield Artifact(data / "config.yaml", "")
    found = [Artifact(data / name, name.partition("/")[0]) for name in TABLES]
    found += [Artifact(recorded / name, name if name == "figures" else "") for name in RECORDED]
    yield from (each for each in found if each.path.exists())


def send_files(client: MlflowClient, run: str, data: Path, recorded: Path) -> None:
    """Upload the files; what is there is replaced by the same."""
    for path, folder in artifacts(data, recorded):
        if path.is_dir():
            client.log_artifacts(run, str(path), artifact_path=folder)
        else:
            client.log_artifact(run, str(path), artifact_path=folder or None)
    client.log_text(run, requirements(), "requirements.txt")


def send_model(
    client: MlflowClient, run: str, data: Path, config: Mapping[str, Any], *, code: Path | None
) -> str | None:
    """Log the model as the bundle that takes raw rows, and return its id.

    Where its code is gone, the network alone is logged, as a file without an id.
    """
    if code is None:
        client.log_artifact(run, str(data / "train" / "model.keras"), artifact_path="train")
        client.set_tag(run, "upcurve.model", "network only: the code that made it is in no commit")
        return None
    from stages.shell.tracking.bundle import log_bundle

    # One at a time: two that write the same row would each find no model and log one.
    with FileLock(real_root() / ".mlflow.models.lock"):
        _reopen_lost_models(client, run)
        return log_bundle(client, run, data, config=config, code=code)


def _reopen_lost_models(client: MlflowClient, run: str) -> None:
    """Let the models of a run whose files are gone be logged anew, under their own ids."""
    outputs = client.get_run(run).outputs
    for output in outputs.model_outputs if outputs else ():
        model = client.get_logged_model(output.model_id)
        if model.status == "READY" and is_lost(model.artifact_location, "MLmodel"):
            client.finalize_logged_model(model.model_id, "FAILED")
