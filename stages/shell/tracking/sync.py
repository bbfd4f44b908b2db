"""Send to MLflow what is missing there, from the files of the workspace."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import yaml

from stages.shell.store import ROOT
from stages.shell.tracking.client import find_run, open_client, open_experiment, read_document, run_key
from stages.shell.tracking.row import write_row

CONFIG = "data/config.yaml"


def sync(root: Path = ROOT) -> str | None:
    """Make sure that the finished run of the workspace has its row.

    Returns
    -------
    str or None
        The id of a row that was missing or incomplete and has been written; None where nothing was, or the
        workspace holds no finished run.
    """
    data = root / "data"
    recorded = data / "record" / "record.json"
    if not recorded.exists() or not is_of_one_piece(root):
        return None
    key = json.loads(recorded.read_text(encoding="utf-8")).get("key") or run_key(root)
    client = open_client()
    experiment = open_experiment(client, read_document(root)["record"]["experiment"])
    run = find_run(client, experiment, key)
    if run is not None and run.info.status == "FINISHED":
        return None
    return write_row(data, root, key=key)


def is_of_one_piece(root: Path) -> bool:
    """Return whether the workspace holds what `record` read last, as dvc.lock says.

    After a run that failed half-way the configuration is new and the results are old: a row made of both
    would show numbers beside parameters that they do not belong to.
    """
    lock = root / "dvc.lock"
    stages = yaml.load(lock.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) if lock.exists() else {}
    stages = stages.get("stages", {})
    made = {out["path"]: out.get("md5") for stage in stages.values() for out in stage.get("outs", ())}
    if (root / CONFIG).exists():
        made[CONFIG] = hashlib.md5((root / CONFIG).read_bytes(), usedforsecurity=False).hexdigest()
    read = stages.get("record", {}).get("deps", ())
    return all(made.get(dep["path"], dep.get("md5")) == dep.get("md5") for dep in read)
