"""Which runs DVC remembers, what is missing of them, and when the workspace holds a finished one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml
from run_cache import CONFIG, Cache

from stages.shell.cli.records import told
from stages.shell.tracking.executions import OUTPUT, executions, open_objects, restore
from stages.shell.tracking.sync import Synced, is_of_one_piece, sync


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace after a finished run: `record` has read what the stages before it wrote."""
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    digest = hashlib.md5(CONFIG, usedforsecurity=False).hexdigest()
    outputs = {"configure": ("data/config.yaml", digest), "train": ("data/train", "aaa.dir")}
    stages = {name: {"outs": [{"path": path, "md5": md5}]} for name, (path, md5) in outputs.items()}
    read = [{"path": path, "md5": md5} for path, md5 in outputs.values()]
    stages["record"] = {"deps": [*read, {"path": "stages/record.py", "md5": "bbb"}], "outs": []}
    (tmp_path / "data" / "record").mkdir(parents=True)
    (tmp_path / "data" / "config.yaml").write_bytes(CONFIG)
    (tmp_path / "data" / "record" / "record.json").write_text('{"key": "k"}')
    (tmp_path / "dvc.lock").write_text(yaml.safe_dump({"schema": "2.0", "stages": stages}))
    return tmp_path


def test_a_finished_run_is_of_one_piece(root: Path) -> None:
    assert is_of_one_piece(root)


def test_a_new_configuration_over_old_results_is_not(root: Path) -> None:
    (root / "data" / "config.yaml").write_bytes(CONFIG + b"seed: 1\n")
    assert not is_of_one_piece(root)
    assert sync(root) == Synced(0, (), 0)


def test_a_new_network_that_was_not_recorded_is_not(root: Path) -> None:
    lock = (root / "dvc.lock").read_text()
    first = lock.index("aaa.dir")
    for start in (first, lock.rindex("aaa.dir")):
        (root / "dvc.lock").write_text(lock[:start] + "ccc.dir" + lock[start + 7 :])
        assert not is_of_one_piece(root)


def test_a_workspace_without_a_lock_is_taken_as_it_is(root: Path) -> None:
    (root / "dvc.lock").unlink()
    assert is_of_one_piece(root)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path)


def test_the_runs_in_the_cache_are_told_once_each_the_newest_of_a_key(cache: Cache) -> None:
    cache.add_run("first", time=10)
    cache.add_run("second", time=20)
    cache.add_run("first", time=30, metrics=b"newer")
    cache.enter("cmd: python -m stages.train\ndeps: []\nouts: []\n", "other", 40)
    found = executions(cache.objects)
    assert {(each.key, each.time) for each in found} == {("first", 30), ("second", 20)}
    assert len(found) == 2
    assert set(found[0].outputs()) == {"configure", "clean", "split", "encode", "train", "evaluate"}


def test_a_restored_run_lies_as_in_a_project(cache: Cache, tmp_path: Path) -> None:
    cache.add_run("key", time=10, metrics=b"numbers")
    (found,) = executions(cache.objects)
    assert restore(found, cache.objects, tmp_path / "restored")
    data = tmp_path / "restored" / "data"
    assert (data / "config.yaml").read_bytes() == CONFIG
    assert (data / "evaluate" / "m.json").read_bytes() == b"numbers"
    assert (data / "train" / "deep" / "b.csv").read_bytes() == b"2"
    assert (data / "record" / "report.html").read_bytes() == b"<p>"


def test_a_run_of_which_a_file_is_gone_is_impossible(cache: Cache, root: Path, tmp_path: Path) -> None:
    cache.add_run("key", time=10, metrics=b"numbers")
    (found,) = executions(cache.objects)
    cache.objects.path(cache.add(b"numbers")).unlink()
    assert not restore(found, cache.objects, tmp_path / "restored")
    assert not (tmp_path / "restored").exists()
    (root / "data" / "record" / "record.json").unlink()
    assert sync(root) == Synced(0, (), 1)
    cache.objects.path(found.digests[OUTPUT]).unlink()
    assert [each.key for each in executions(cache.objects)] == [""]
    assert sync(root) == Synced(0, (), 1)


def test_the_cache_is_where_the_configuration_of_dvc_says(tmp_path: Path) -> None:
    (tmp_path / ".dvc").mkdir()
    assert open_objects(tmp_path).folder == tmp_path / ".dvc" / "cache"
    (tmp_path / ".dvc" / "config").write_text("[core]\n    analytics = false\n[cache]\n    dir = ../shared\n")
    assert open_objects(tmp_path).folder == tmp_path / "shared"
    (tmp_path / ".dvc" / "config.local").write_text(f"[cache]\n    dir = {tmp_path / 'mine'}\n")
    assert open_objects(tmp_path).folder == tmp_path / "mine"


def test_what_became_of_the_runs_is_said_in_words() -> None:
    assert told(Synced(1, (), 0)) == "1 row was there, nothing was missing"
    assert told(Synced(0, ("a", "b"), 2)) == (
        "0 rows were there, 2 written, 2 impossible: their files are gone from the cache"
    )
