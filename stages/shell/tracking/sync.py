"""Send to MLflow what is missing there, from the files of the workspace."""

from __future__ import annotations

from pathlib import Path

from stages.shell.store import ROOT
from stages.shell.tracking.client import find_run, open_client, open_experiment, read_document, run_key
from stages.shell.tracking.row import write_row


def sync(root: Path = ROOT) -> str | None:
    """Make sure that the finished run of the workspace has its row.

    Returns
    -------
    str or None
        The id of a row that was missing or incomplete and has been written; None where nothing was.
    """
    data = root / "data"
    if not (data / "record" / "record.json").exists():
        return None
    client = open_client()
    experiment = open_experiment(client, read_document(root)["record"]["experiment"])
    run = find_run(client, experiment, run_key(root))
    if run is not None and run.info.status == "FINISHED":
        return None
    return write_row(data, root)
