"""Send to MLflow what is missing there, from the files that DVC keeps of every run."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from stages.shell.store import ROOT
from stages.shell.tracking.client import open_client, run_key
from stages.shell.tracking.description import NOTED, describe
from stages.shell.tracking.executions import Execution, Objects, executions, open_objects, restore
from stages.shell.tracking.index import Row, complete_keys, rows
from stages.shell.tracking.notes import DIGITS, digest, keys_with_notes, read_note
from stages.shell.tracking.outage import shortened
from stages.shell.tracking.tags import locked_stages, outputs_of

CONFIG = "data/config.yaml"


class Synced(NamedTuple):
    """What became of the runs that DVC remembers, by key."""

    there: int
    """Runs whose row was complete."""
    written: tuple[str, ...]
    """Ids of the rows that have been written."""
    impossible: int
    """Runs without a row, whose files are gone from DVC's cache."""
    failed: Mapping[str, str] = MappingProxyType({})
    """What was said of the runs that could not be sent, by key."""


class Failures:
    """What was said of the runs that could not be sent, by key: none of them keeps back another."""

    def __init__(self) -> None:
        self.said: dict[str, str] = {}

    @contextmanager
    def of(self, key: str) -> Iterator[None]:
        """Keep what is raised about the run with this key; raise it on where no run could be sent."""
        try:
            yield
        except Exception as error:  # whatever MLflow or a damaged file raises
            if not _store_answers():
                raise
            self.said[key] = f"{type(error).__name__}: {shortened(error)}"


def sync(root: Path = ROOT) -> Synced:
    """Make sure that every finished run has its row, and that no row says it is running which is not.

    Sources are the workspace, where it holds one finished run, and DVC's run cache. Where nothing is missing
    MLflow is not even imported.
    """
    objects = open_objects(root)
    known = rows()
    failures = Failures()
    close_abandoned(known, failures)
    send_notes(known, root, failures)
    complete = complete_keys(known)
    written: dict[str, str] = {}
    key = ""
    with failures.of("workspace"):
        key = workspace_key(root)
    if key and key not in complete:
        with failures.of(key):
            written[key] = write_workspace(root, key)
    there, impossible = set(complete & {key}), 0
    for execution in executions(objects):
        if execution.key in complete or (not execution.key and _is_known(execution, known)):
            there.add(execution.key or json.dumps(execution.outputs()))
        elif execution.key not in written:
            with failures.of(execution.key):
                run = write_restored(execution, objects, root) if execution.key else None
                impossible += run is None
                written |= {execution.key: run} if run else {}
    failed = {key: said for key, said in failures.said.items() if key not in written}
    return Synced(len(there), tuple(written.values()), impossible, failed)


def write_workspace(root: Path, key: str) -> str:
    """Write the row of the run in the workspace; return its id."""
    from stages.shell.tracking.row import Origin, write_row
    from stages.shell.tracking.source import code_of

    data = root / "data"
    with tempfile.TemporaryDirectory(prefix="upcurve-") as scratch:
        code = code_of(key, data, root, scratch=Path(scratch))
        time = (data / "record" / "record.json").stat().st_mtime
        return write_row(data, root, key=key, origin=Origin(outputs_of(root), time, code))


def write_restored(execution: Execution, objects: Objects, root: Path) -> str | None:
    """Write the row of a run from its files in DVC's cache; return its id, None where any of them is gone."""
    from stages.shell.tracking.row import Origin, write_row
    from stages.shell.tracking.source import code_of

    with tempfile.TemporaryDirectory(prefix="upcurve-") as folder:
        place, scratch = Path(folder, "run"), Path(folder, "code")
        if not restore(execution, objects, place):
            return None
        scratch.mkdir()
        code = code_of(execution.key, place / "data", root, scratch=scratch)
        origin = Origin(execution.outputs(), execution.time, code)
        return write_row(place / "data", root, key=execution.key, origin=origin)


def close_abandoned(known: Iterable[Row], failures: Failures) -> None:
    """Mark as killed the rows whose process on this machine is gone."""
    for row in known:
        if row.is_abandoned() and not row.deleted:
            with failures.of(row.key):
                open_client().set_terminated(row.run, "KILLED")


def send_notes(known: Iterable[Row], root: Path, failures: Failures) -> None:
    """Let the descriptions of rows hold the notes that lie in files.

    A row without a file is left as it is: a colleague may have noted something on it, in another clone.
    """
    noted = {beginning: read_note(root, beginning) for beginning in keys_with_notes(root)}
    for row in known:
        note = noted.get(row.key[:DIGITS])
        if note is not None and row.tags.get(NOTED, digest("")) != digest(note) and not row.deleted:
            with failures.of(row.key):
                describe(open_client(), row.run, note=note)


def workspace_key(root: Path) -> str:
    """Return the key of the finished run that the workspace holds; nothing where it holds none."""
    recorded = root / "data" / "record" / "record.json"
    if not recorded.exists() or not is_of_one_piece(root):
        return ""
    return str(json.loads(recorded.read_text(encoding="utf-8")).get("key") or run_key(root))


def is_of_one_piece(root: Path) -> bool:
    """Return whether the workspace holds what `record` read last, as dvc.lock says.

    After a run that failed half-way the configuration is new and the results are old: a row made of both
    would show numbers beside parameters that they do not belong to.
    """
    stages = locked_stages(root)
    made = {out["path"]: out.get("md5") for stage in stages.values() for out in stage.get("outs", ())}
    if (root / CONFIG).exists():
        made[CONFIG] = hashlib.md5((root / CONFIG).read_bytes(), usedforsecurity=False).hexdigest()
    read = stages.get("record", {}).get("deps", ())
    return all(made.get(dep["path"], dep.get("md5")) == dep.get("md5") for dep in read)


def _store_answers() -> bool:
    try:
        open_client().search_experiments(max_results=1)
    except Exception:  # whatever MLflow raises: then every run would fail, each after its time-out
        return False
    return True


def _is_known(execution: Execution, known: Iterable[Row]) -> bool:
    """Return whether a row was made from the same outputs: a run's own key may be gone with its files."""
    return any(_agree(row.outputs(), execution.outputs()) for row in known)


def _agree(tags: Mapping[str, str], outputs: Mapping[str, str]) -> bool:
    return bool(tags) and all(tags.get(stage) == digest for stage, digest in outputs.items())
