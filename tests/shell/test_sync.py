"""When the workspace holds one finished run: only then may a row be rebuilt from it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml

from stages.shell.tracking.sync import is_of_one_piece, sync

CONFIG = b"train: {epochs: 3}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace after a finished run: `record` has read what the stages before it wrote."""
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
    assert sync(root) is None


def test_a_new_network_that_was_not_recorded_is_not(root: Path) -> None:
    lock = (root / "dvc.lock").read_text()
    first = lock.index("aaa.dir")
    for start in (first, lock.rindex("aaa.dir")):
        (root / "dvc.lock").write_text(lock[:start] + "ccc.dir" + lock[start + 7 :])
        assert not is_of_one_piece(root)


def test_a_workspace_without_a_lock_is_taken_as_it_is(root: Path) -> None:
    (root / "dvc.lock").unlink()
    assert is_of_one_piece(root)
