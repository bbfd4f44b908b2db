"""What a sync leaves alone, and what it does not let stop it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from run_cache import Cache
from tracked_project import lay_out, make_store

from stages.shell.cli.records import told
from stages.shell.tracking import client as tracking
from stages.shell.tracking import index
from stages.shell.tracking.description import CONTENT, NOTED, description_tags
from stages.shell.tracking.executions import executions
from stages.shell.tracking.files import send_files
from stages.shell.tracking.index import Row, complete_keys, rows
from stages.shell.tracking.notes import digest, write_note
from stages.shell.tracking.row import write_row
from stages.shell.tracking.sync import Failures, Synced, send_notes, sync

KEY = "0123456789abcdef"


@pytest.fixture(scope="module")
def fresh_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("store"))


@pytest.fixture
def project(tmp_path: Path, fresh_store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return lay_out(tmp_path, fresh_store, monkeypatch)


def tags_of(run: str) -> dict[str, Any]:
    return dict(tracking.open_client().get_run(run).data.tags)


def test_one_run_that_cannot_be_sent_keeps_back_no_other(project: Path) -> None:
    cache = Cache(project)
    for number, key in enumerate(("first", "second")):  # their folder `clean` lacks what the row needs
        cache.add_run(key, time=number, metrics=key.encode())
    (project / "data" / "record" / "record.json").write_text(json.dumps({"key": KEY}))
    synced = sync(project)
    assert (synced.there, len(synced.written), synced.impossible) == (0, 1, 0)
    assert set(synced.failed) == {"first", "second"}
    assert synced.failed["first"].startswith("FileNotFoundError: ")
    assert [row.key for row in rows()] == [KEY]
    assert sync(project).there == 1


def test_a_workspace_that_cannot_be_sent_keeps_back_no_run(project: Path) -> None:
    Cache(project).add_run("first", time=1)
    (project / "data" / "record" / "record.json").write_text("{cut off")
    assert set(sync(project).failed) == {"workspace", "first"}


def test_a_store_that_does_not_answer_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    failures = Failures()
    with pytest.raises(KeyError), failures.of("run"):
        raise KeyError("any")
    assert not failures.said


def test_what_failed_is_said_in_words() -> None:
    synced = Synced(1, ("a",), 0, {KEY: "disk full", "other": "no"})
    assert told(synced) == "1 row was there, 1 written, 2 failed: 0123456789ab: disk full; other: no"


def test_a_run_that_was_cut_off_in_the_cache_is_none(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.add_run("key", time=1)
    cache.enter("cmd: python -m stages.record\ndeps: [{", "cut", 2)
    cache.enter("cmd: python -m stages.record\n", "short", 3)
    assert [each.key for each in executions(cache.objects)] == ["key"]


def test_a_note_of_a_colleague_is_not_taken_for_a_removed_one(project: Path) -> None:
    write_note(project, KEY, name="any", text="from a colleague")
    run = write_row(project / "data", project, key=KEY)
    before = tags_of(run)
    (project / "notes" / f"{KEY[:12]}.md").unlink()  # a clone that has not pulled it
    send_notes(rows(), project, Failures())
    assert tags_of(run) == before
    (project / "data" / "evaluate" / "comparison.json").write_text("{}")
    assert write_row(project / "data", project, key=KEY) == run
    assert tags_of(run)[CONTENT].startswith("from a colleague\n\n---\n\nDiffers from the defaults")
    assert tags_of(run)[NOTED] == digest("from a colleague")


def test_a_description_that_had_to_be_cut_is_left() -> None:
    tags = description_tags({}, note="n" * 6000, judgement="good")
    assert set(description_tags(tags, note=None, judgement="bad")) == {"upcurve.judgement"}
    assert description_tags(tags, note="n", judgement="bad")[CONTENT] == "n\n\n---\n\nbad"


def test_read_only_files_become_ones_that_can_be_written(project: Path) -> None:
    client = tracking.open_client()
    experiment = tracking.open_experiment(client, "credit")
    run = client.create_run(experiment, tags={tracking.KEY: KEY}).info.run_id
    data = project / "data"
    (data / "evaluate" / "deep").mkdir()
    (data / "evaluate" / "deep" / "table.csv").write_text("a\n")
    for file in data.rglob("*"):
        if file.is_file():
            file.chmod(0o444)
    send_files(client, run, data, data / "record")
    place = project / "mlartifacts" / "credit" / run / "artifacts"
    sent = {file.relative_to(place).as_posix(): file.stat().st_mode for file in place.rglob("*.*")}
    assert {"config.yaml", "train/history.csv", "evaluate/metrics.json", "evaluate/deep/table.csv"} <= set(
        sent
    )
    assert all(mode & 0o200 for mode in sent.values())


def test_an_experiment_that_a_person_deleted_comes_back(project: Path) -> None:
    client = tracking.open_client()
    experiment = tracking.open_experiment(client, "credit")
    client.create_run(experiment, tags={tracking.KEY: KEY})
    client.delete_experiment(experiment)
    assert complete_keys(rows()) == complete_keys(index._ask_server()) == {KEY}  # a sync leaves it deleted
    run = write_row(project / "data", project, key=KEY)
    assert client.get_experiment(experiment).lifecycle_stage == "active"
    assert client.get_run(run).info.experiment_id == experiment


def test_a_deleted_twin_hides_no_unfinished_row() -> None:
    def row(run: str, status: str, *, deleted: bool) -> Row:
        return Row(run, status, deleted, "", {tracking.KEY: run[0]})

    gone, live = row("a1", "FINISHED", deleted=True), row("a2", "KILLED", deleted=False)
    done, alone = row("b", "FINISHED", deleted=False), row("c", "KILLED", deleted=True)
    assert complete_keys([gone, live, done, alone]) == {"b", "c"}


def test_of_two_rows_with_one_key_the_younger_goes_once_the_older_is_complete(project: Path) -> None:
    client = tracking.open_client()
    experiment = tracking.open_experiment(client, "credit")
    younger, older = (
        client.create_run(experiment, start_time=time, tags={tracking.KEY: KEY}).info.run_id
        for time in (2, 1)
    )
    assert write_row(project / "data", project, key=KEY) == older
    assert {row.run: row.deleted for row in rows()} == {older: False, younger: True}
    assert complete_keys(rows()) == {KEY}
