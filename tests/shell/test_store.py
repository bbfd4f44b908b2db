"""Where a stage's files appear, and what a state to resume from is keyed by."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from stages.examples.encoded import Encoded, concatenate
from stages.shell import store as module
from stages.shell.store import Store


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project, in a folder that is called like one of ours."""
    root = tmp_path / "shell" / "project"
    for file in ("stages/train.py", "stages/shell/help.py", "data/encode/train/target.npy"):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_bytes(b"1")
    monkeypatch.setattr(module, "ROOT", root)
    monkeypatch.setenv("DVC_ROOT", str(root))
    return root


def opened(root: Path, scope: str = "epochs: 3") -> Store:
    return Store("train", root / "data" / "train", data=root / "data", scope=scope)


def test_the_output_appears_whole_when_the_stage_is_done(root: Path) -> None:
    (root / "data" / "train").mkdir()
    (root / "data" / "train" / "old.txt").touch()
    store = opened(root)
    store.begin()
    store.write_text("new.txt", "é")
    assert not (root / "data" / "train" / "new.txt").exists()
    store.finish()
    assert [file.name for file in (root / "data" / "train").iterdir()] == ["new.txt"]
    assert (root / "data" / "train" / "new.txt").read_bytes() == "é".encode()


def test_what_a_killed_run_left_is_cleared_away(root: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    left = root / "data" / f".train.{process.pid}.tmp"
    left.mkdir()
    store = opened(root)
    store.begin()
    assert not left.exists()
    store.abandon()
    assert not store.output.exists()


def test_encoded_examples_come_back_as_they_were(root: Path) -> None:
    store = Store("encode", root / "data" / "encode", data=root / "data")
    store.begin()
    rows = np.arange(6, dtype=np.float32).reshape(3, 2)
    weight = np.array([1, 2, 3], np.float32)
    store.write_encoded("train", Encoded({"numeric": rows}, np.array([0, 1, 0]), np.array([4, 2, 9]), weight))
    store.write_encoded("made", Encoded({"numeric": rows[:0]}, np.zeros(0, np.int64), np.zeros(0, np.int64)))
    store.finish()
    read = opened(root).read_encoded("encode", "train")
    assert read.inputs["numeric"].tolist() == rows.tolist()
    assert read.inputs["numeric"].dtype == np.float32
    assert (read.target.tolist(), read.position.tolist()) == ([0, 1, 0], [4, 2, 9])
    assert read.weight is not None
    assert read.weight.tolist() == [1, 2, 3]
    assert opened(root).read_encoded("encode", "made").weight is None


def test_sparse_and_picked_rows_come_back_as_they_were(root: Path) -> None:
    pictures = np.arange(24, dtype=np.uint8).reshape(4, 2, 3, 1)
    terms = np.float32([[0, 1.5, 0], [2, 0, 0], [0, 0, 0], [0, 0, 3]])
    whole = Encoded({"image": pictures, "terms": csr_array(terms)}, np.arange(4), np.arange(4))
    rows = np.array([3, 0, 0])
    store = Store("encode", root / "data" / "encode", data=root / "data")
    store.begin()
    store.write_encoded("made", concatenate([whole.take(rows), whole]))
    store.write_encoded("plain", Encoded({"image": pictures[rows]}, rows, rows))
    store.write_encoded("picked", Encoded({"image": whole.take(rows).inputs["image"]}, rows, rows))
    store.finish()
    read = opened(root).read_encoded("encode", "made")
    assert list(read.inputs) == ["image", "terms"]
    assert np.array_equal(read.inputs["image"], np.concatenate([pictures[rows], pictures]))
    assert np.array_equal(read.inputs["terms"].toarray(), np.concatenate([terms[rows], terms]))
    assert read.inputs["terms"].dtype == np.float32
    folder = root / "data" / "encode"
    plain, picked = ((folder / kind / "inputs" / "image.npy").read_bytes() for kind in ("plain", "picked"))
    assert plain == picked


def test_sparse_and_picked_rows_without_any_example_keep_their_shape(root: Path) -> None:
    store = Store("encode", root / "data" / "encode", data=root / "data")
    store.begin()
    none = np.zeros(0, np.int64)
    pictures = Encoded({"image": np.zeros((2, 4, 3, 1), np.uint8)}, np.arange(2), np.arange(2)).take(none)
    terms = csr_array((0, 7), dtype=np.float32)
    store.write_encoded("made", Encoded({**pictures.inputs, "terms": terms}, none, none))
    store.finish()
    read = opened(root).read_encoded("encode", "made").inputs
    assert (read["terms"].shape, read["image"].shape) == ((0, 7), (0, 4, 3, 1))


def test_bytes_of_a_column_stay_on_disk(root: Path) -> None:
    frame = pd.DataFrame({"id": ["a", "b", "c"], "picture": [b"one", None, b"three"], "size": [1.0, 2, 3]})
    store = Store("encode", root / "data" / "encode", data=root / "data")
    store.begin()
    store.write_table("examples.parquet", frame)
    store.finish()
    reader = opened(root)
    reader.begin()
    read = reader.read_table("encode", "examples.parquet", blobs=["picture"])
    assert list(read) == ["id", "picture", "size"]
    assert read["picture"].isna().tolist() == [False, True, False]
    assert [bytes(cell) for cell in read["picture"].iloc[[2, 0]]] == [b"three", b"one"]
    assert list(reader.output.iterdir()) == []
    some = reader.read_table("encode", "examples.parquet", ["size"], blobs=["picture"])
    assert list(some) == ["size"]
    assert list(reader.stream_column("encode", "examples.parquet", "id", rows=2)) == [["a", "b"], ["c"]]
    reader.abandon()


def test_an_output_that_is_not_there_names_the_stage(root: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"train reads data/split/report\.json.*Run `dvc repro`"):
        opened(root).read_json("split", "report.json")


def test_equal_inputs_have_one_state_to_resume_from(root: Path) -> None:
    before = opened(root).scratch
    assert opened(root).scratch == before
    (root / "stages" / "shell" / "help.py").write_bytes(b"2")
    assert opened(root).scratch == before


@pytest.mark.parametrize("file", ["stages/train.py", "data/encode/train/target.npy"])
def test_other_code_or_other_rows_have_another_state(root: Path, file: str) -> None:
    before = opened(root).scratch
    (root / file).write_bytes(b"2")
    assert opened(root).scratch != before


def test_other_settings_or_other_names_have_another_state(root: Path) -> None:
    before = opened(root).scratch
    assert opened(root, "epochs: 4").scratch != before
    (root / "data" / "encode" / "train").rename(root / "data" / "encode" / "validation")
    assert opened(root).scratch != before
