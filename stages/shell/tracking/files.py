"""The files of a run that a person looks at in MLflow: report, figures, tables, and the model."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from filelock import FileLock

from stages.shell.store import real_root
from stages.shell.tracking.place import is_lost
from stages.shell.tracking.tags import requirements

if TYPE_CHECKING:
    from mlflow import MlflowClient

TABLES = (
    "train/history.csv",
    "train/training.json",
    "clean/profile.csv",
    "split/report.json",
    "augment/contact_sheet.png",
    "evaluate",
)
RECORDED = ("report.html", "figures")


class Artifact(NamedTuple):
    """A file, and the folder among the run's artifacts that it goes to (empty: the top)."""

    path: Path
    folder: str


def artifacts(data: Path, recorded: Path) -> Iterator[Artifact]:
    """Yield what is there of the files of a run; `recorded` is where `record` wrote."""
    yield Artifact(data / "config.yaml", "")
    found = [Artifact(data / name, name.partition("/")[0]) for name in TABLES]
    found += [Artifact(recorded / name, name if name == "figures" else "") for name in RECORDED]
    for path, folder in found:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in (each for each in inside if each.is_file()):
            deeper = file.parent.relative_to(path).as_posix() if path.is_dir() else "."
            yield Artifact(file, folder if deeper == "." else f"{folder}/{deeper}")


def send_files(client: MlflowClient, run: str, data: Path, recorded: Path) -> None:
    """Upload the files; what is there is replaced by the same.

    One by one: MLflow puts a new file in the place of the old one, but writes a folder's files into the old
    ones, which refuse that where they are read-only.
    """
    for artifact in artifacts(data, recorded):
        _upload(client, run, artifact)
    client.log_text(run, requirements(), "requirements.txt")


def _upload(client: MlflowClient, run: str, artifact: Artifact) -> None:
    """Upload a copy that can be written: files in DVC's cache cannot, and MLflow keeps their mode."""
    with tempfile.TemporaryDirectory(prefix="upcurve-") as folder:
        copy = shutil.copyfile(artifact.path, Path(folder, artifact.path.name))
        client.log_artifact(run, str(copy), artifact_path=artifact.folder or None)


def send_model(
    client: MlflowClient, run: str, data: Path, config: Mapping[str, Any], *, code: Path | None
) -> str | None:
    """Log the model as the bundle that takes raw rows, and return its id.

    Where its code is gone, the network alone is logged, as a file without an id.
    """
    if code is None:
        _upload(client, run, Artifact(data / "train" / "model.keras", "train"))
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
