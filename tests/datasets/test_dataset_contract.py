"""Every data set in conf/dataset/ whose files are committed cleans, and its YAML is complete."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest
from raw_files import ROOT, cleaned_folder, described

from stages.datasets.cells import parse_cells
from stages.datasets.kinds import MEDIA_KINDS
from stages.datasets.reading import read_raw
from stages.examples.schema import CONTENT_ID, EXAMPLE_ID, EXCLUDE, RESERVED, TARGET
from stages.settings.dataset import DatasetSettings

NAMES = sorted(path.stem for path in (ROOT / "conf/dataset").glob("*.yaml"))
DTYPES = {"numeric": "float64", "boolean": "float64", "categorical": "str", "date": "datetime64[us]"} | {
    "text": "str",
    "image": "object",
    "sequence": "object",
}


@pytest.mark.parametrize("name", NAMES)
def test_yaml_is_complete(name: str) -> None:
    settings = DatasetSettings(**described(name))
    given = set(described(name))
    if settings.format in MEDIA_KINDS or settings.columns.text:
        assert {"name", "target", "task"} <= given <= set(DatasetSettings.model_fields)
    else:  # a table: every key but those of arrays and of long tables
        assert given - {"arrays", "sequence"} == set(DatasetSettings.model_fields) - {"arrays", "sequence"}
    assert DatasetSettings(**described(name)).name == name
    assert (ROOT / f"conf/dataset/{name}.yaml").read_text().startswith("# ")


@pytest.mark.parametrize("name", NAMES)
def test_data_set_cleans(name: str) -> None:
    folder = ROOT / "data/raw" / name
    if not folder.is_dir():
        pytest.skip(f"data/raw/{name} is not committed")
    before = _digests(folder)
    cleaned = cleaned_folder(folder, **described(name))
    examples, schema = cleaned.examples, cleaned.schema
    assert examples[EXAMPLE_ID].is_unique
    assert examples[TARGET].notna().all()
    assert str(examples[CONTENT_ID].dtype) == "uint64"
    assert str(examples[EXCLUDE].dtype) == "str"
    features = [column for column in examples.columns if column not in RESERVED]
    assert features == [column.key for column in schema.features]
    for column in schema.features:
        assert str(examples[column.key].dtype) == DTYPES[column.role]
    assert len(cleaned.origins) == len(examples)
    assert cleaned.profile["column"].is_unique
    assert _digests(folder) == before
    if schema.classes:
        assert set(examples[TARGET]) == set(schema.classes)


@pytest.mark.parametrize("name", NAMES)
def test_raw_rows_to_predict_give_the_same_cells(name: str) -> None:
    folder = ROOT / "data/raw" / name
    if not folder.is_dir():
        pytest.skip(f"data/raw/{name} is not committed")
    cleaned = cleaned_folder(folder, **described(name))
    raw = read_raw(folder, DatasetSettings(**described(name)))
    position = pd.MultiIndex.from_arrays([raw.files, raw.rows]).get_indexer(
        pd.MultiIndex.from_frame(cleaned.origins)
    )
    rows = raw.frame.iloc[position].reset_index(drop=True)
    features = cleaned.examples[[column.key for column in cleaned.schema.features]]
    pd.testing.assert_frame_equal(parse_cells(rows, cleaned.schema), features)
    # As a program would send them: numbers as numbers, the rest as Python objects.
    typed = rows.astype(object).copy()
    for column in cleaned.schema.features:
        if column.role == "numeric":
            typed[column.name] = features[column.key]
    pd.testing.assert_frame_equal(parse_cells(typed, cleaned.schema), features)


def test_credit_is_read_as_documented() -> None:
    cleaned = cleaned_folder(ROOT / "data/raw/credit", **described("credit"))
    assert cleaned.schema.classes == ("good", "bad")
    assert cleaned.examples[TARGET].value_counts().to_dict() == {"good": 3200, "bad": 1254}
    features = cleaned.examples[[column.key for column in cleaned.schema.features]]
    assert int(features.isna().sum().sum()) == 455
    assert len(cleaned.schema.keys("categorical")) == 3
    assert cleaned.schema.keys("boolean") == ["feature.Records"]


def test_ames_keeps_the_level_none() -> None:
    cleaned = cleaned_folder(ROOT / "data/raw/ames", **described("ames"))
    assert cleaned.schema.task == "regression"
    assert int((cleaned.examples["feature.Mas_Vnr_Type"] == "None").sum()) == 1775
    assert not cleaned.examples[cleaned.schema.keys("categorical", "numeric")].isna().any(axis=None)


def _digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
