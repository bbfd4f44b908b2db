"""The stage `clean` on pictures beside a table: what it writes, in groups of rows, and the same twice."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from image_files import class_folders
from pyarrow import parquet
from raw_files import SETTINGS, cleaned_folder

from stages import clean as module
from stages.examples.schema import Schema
from stages.settings.clean import CleanConfig, CleanSettings
from stages.settings.dataset import DatasetSettings
from stages.shell.store import Store


def written(folder: Path, name: str, **dataset: object) -> Path:
    described = DatasetSettings(**{"name": "pets", "target": "label"} | dataset)
    store = Store("clean", folder / name / "clean", folder)
    store.begin()
    module.main.__wrapped__(CleanConfig(dataset=described, clean=CleanSettings(**SETTINGS)), store)
    store.finish()
    return folder / name / "clean"


def test_main_writes_pictures_in_groups_and_the_same_bytes_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    monkeypatch.setattr(module, "GROUP_ROWS", 4)
    folder = class_folders(tmp_path / "raw/pets", {"cat": 9, "dog": 9})
    one, other = written(tmp_path, "one"), written(tmp_path, "two")
    assert {file.name: file.read_bytes() for file in one.iterdir()} == {
        file.name: file.read_bytes() for file in other.iterdir()
    }
    assert "pets: 18 examples, 1 feature, binary of label" in caplog.text
    assert parquet.ParquetFile(one / "examples.parquet").num_row_groups == 5
    examples = cleaned_folder(folder, target="label").examples
    pd.testing.assert_frame_equal(pd.read_parquet(one / "examples.parquet"), examples)
    schema = Schema.model_validate_json((one / "schema.json").read_text())
    assert [(column.key, column.role) for column in schema.features] == [("feature.image", "image")]


def test_a_group_without_any_picture_keeps_the_type(tmp_path: Path) -> None:
    store = Store("clean", tmp_path / "clean", tmp_path)
    store.begin()
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0], "image": pd.Series([None, None, b"a"], dtype=object)})
    store.write_table("t.parquet", frame, group_rows=2)
    assert str(parquet.read_schema(store.output / "t.parquet").field("image").type) == "binary"
    pd.testing.assert_frame_equal(pd.read_parquet(store.output / "t.parquet"), frame)
    store.abandon()
