"""What rows there are: asked of our own database without MLflow, whose import alone takes a second."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from stages.shell.tracking.client import KEY, database, mend, open_client
from stages.shell.tracking.description import NOTED
from stages.shell.tracking.place import is_lost
from stages.shell.tracking.processes import PROCESS, is_dead

OUTPUT = "dvc."
"""Prefix of the tags that hold the digests of DVC's outputs."""
ROWS_A_CALL = 1000
QUERY = f"""
SELECT runs.run_uuid, runs.status, runs.lifecycle_stage, runs.artifact_uri, tags.key, tags.value
FROM runs JOIN tags ON tags.run_uuid = runs.run_uuid
WHERE (tags.key IN ('{KEY}', '{PROCESS}', '{NOTED}') OR tags.key LIKE '{OUTPUT}%')
"""  # noqa: S608 - constants of our own


class Row(NamedTuple):
    """What is known of one run in MLflow."""

    run: str
    status: str
    deleted: bool
    artifacts: str
    tags: dict[str, str]

    @property
    def key(self) -> str:
        """The key of its configuration, data and source."""
        return self.tags[KEY]

    def is_complete(self) -> bool:
        """Return whether nothing is missing; a row that a person deleted misses nothing."""
        return self.deleted or (self.status == "FINISHED" and not is_lost(self.artifacts, "config.yaml"))

    def is_abandoned(self) -> bool:
        """Return whether it is said to be running, but its process on this machine has ended."""
        return self.status == "RUNNING" and is_dead(self.tags.get(PROCESS, ""))

    def outputs(self) -> dict[str, str]:
        """Return the digest of what each stage wrote."""
        found = self.tags.items()
        return {name.removeprefix(OUTPUT): text for name, text in found if name.startswith(OUTPUT)}


def complete_keys(known: Iterable[Row]) -> set[str]:
    """Return the keys of the rows that miss nothing; a deleted row counts only where no other has its key."""
    known = list(known)
    live = {row.key for row in known if not row.deleted}
    return {row.key for row in known if row.is_complete() and not (row.deleted and row.key in live)}


def rows() -> list[Row]:
    """Return the rows of every experiment, those that a person deleted too."""
    path = database()
    if path is None:
        return _ask_server()
    if not path.exists():
        return []
    mend(path)
    try:
        return _ask_database(path)
    except sqlite3.OperationalError:  # another MLflow's tables
        return _ask_server()


def _ask_database(path: Path) -> list[Row]:
    with closing(sqlite3.connect(path, timeout=20)) as connection:
        return _gather(connection.execute(QUERY))


def _gather(found: Iterable[tuple[str, str, str, str, str, str]]) -> list[Row]:
    gathered: dict[str, Row] = {}
    for run, status, stage, artifacts, key, value in found:
        row = gathered.setdefault(run, Row(run, status, stage == "deleted", artifacts or "", {}))
        row.tags[key] = value
    return [row for row in gathered.values() if KEY in row.tags]


def _ask_server() -> list[Row]:
    from mlflow.entities import ViewType

    client = open_client()
    experiments = [each.experiment_id for each in client.search_experiments(ViewType.ALL)]
    wanted = f"tags.`{KEY}` != ''"
    found: list[Row] = []
    token = None
    while True:
        some = client.search_runs(experiments, wanted, ViewType.ALL, ROWS_A_CALL, page_token=token)
        found += [_row(run) for run in some]
        token = some.token
        if not token:
            return found


def _row(run: Any) -> Row:
    info = run.info
    deleted = info.lifecycle_stage == "deleted"
    return Row(info.run_id, info.status, deleted, info.artifact_uri or "", dict(run.data.tags))
