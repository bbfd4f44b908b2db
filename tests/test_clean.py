"""The stage `clean`: its table on a literal file, its account, and what it writes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from raw_files import ROOT, SETTINGS, cleaned_bytes, cleaned_folder, described

from stages import clean as module
from stages.clean import clean
from stages.datasets.reading import read_raw
from stages.examples.schema import Schema
from stages.settings.clean import CleanConfig, CleanSettings
from stages.settings.dataset import DatasetSettings
from stages.shell.store import Store

TABLE = """key,rent,job,smoker,since,visit,weight,when,ok
p1,"$1,200",clerk ,yes,2020-01-31,a,1,3,no
p2,950,nurse,no,31/12/2019,a,2,1,yes
p3,,clerk,?,2020-02-01,,1,2,no
p4,inf,NA,no,2020-02-02,b,1,5,yes
p5,700,clerk,yes,2020-02-03,b,1,4,
"""
STATED = {
    "target": "ok",
    "id": "key",
    "group": "visit",
    "weight": "weight",
    "time": "when",
    "columns": {"numeric": ["rent"], "boolean": ["smoker"], "date": ["since"]},
}


def test_the_table_of_examples(tmp_path: Path) -> None:
    examples = cleaned_bytes(tmp_path / "d", TABLE, **STATED).examples
    expected = pd.DataFrame(
        {
            "example_id": pd.Series(["p1", "p2", "p3", "p4"], dtype="str"),
            "target": pd.Series(["no", "yes", "no", "yes"], dtype="str"),
            "exclude": pd.Series([None] * 4, dtype="str"),
            "group": pd.Series(["a", "a", "(none) p3", "b"], dtype="str"),
            "time": [3.0, 1.0, 2.0, 5.0],
            "weight": [1.0, 2.0, 1.0, 1.0],
            "feature.rent": [1200.0, 950.0, np.nan, np.nan],
            "feature.job": pd.Series(["clerk", "nurse", "clerk", None], dtype="str"),
            "feature.smoker": [1.0, 0.0, np.nan, 0.0],
            "feature.since": pd.Series(
                ["2020-01-31", "2019-12-31", "2020-02-01", "2020-02-02"], dtype="datetime64[us]"
            ),
        }
    )
    pd.testing.assert_frame_equal(examples.drop(columns="content_id"), expected)
    assert examples["content_id"].is_unique


def test_the_audit_names_every_change(tmp_path: Path) -> None:
    audit = cleaned_bytes(tmp_path / "d", TABLE, **STATED).audit
    lines = [tuple("" if pd.isna(cell) else cell for cell in line) for line in audit.itertuples(index=False)]
    assert lines == [
        ("a.csv", 5, "ok", "row dropped", "no target", "", ""),
        ("a.csv", 1, "rent", "cell read", "number written as text", "$1,200", "1200"),
        ("a.csv", 4, "rent", "cell to missing", "infinite", "inf", ""),
        ("a.csv", 4, "job", "cell to missing", "marker of a missing value", "NA", ""),
        ("a.csv", 1, "job", "cell trimmed", "white space at the ends", "'clerk '", "clerk"),
        ("a.csv", 3, "smoker", "cell to missing", "marker of a missing value", "?", ""),
    ]


def test_the_profile_says_what_each_column_is(tmp_path: Path) -> None:
    profile = cleaned_bytes(tmp_path / "d", TABLE, **STATED).profile.set_index("column")
    assert profile["role"].to_dict() == {
        "key": "id",
        "rent": "numeric",
        "job": "categorical",
        "smoker": "boolean",
        "since": "date",
        "visit": "group",
        "weight": "weight",
        "when": "time",
        "ok": "target",
    }
    assert profile.loc["job", "how"] == "inferred"
    assert (profile.drop("job")["how"] == "stated").all()
    rent = profile.loc["rent"]
    assert (rent["rows"], rent["missing"], rent["distinct"]) == (5, 2, 3)
    assert (rent["min"], rent["median"], rent["max"], rent["mean"], rent["std"]) == (700, 950, 1200, 950, 250)
    assert profile.loc["job", "top"] == "clerk (3); nurse (1)"
    assert (profile.loc["since", "min"], profile.loc["since", "max"]) == ("2019-12-31", "2020-02-03")


def test_long_audits_are_counted(tmp_path: Path) -> None:
    table = "x,y\n" + "".join(f"${number % 7},{'ab'[number % 2]}\n" for number in range(40))
    audit = cleaned_bytes(
        tmp_path / "d",
        table,
        changes={"audit_limit": 3, "duplicates": "keep", "contradicting_labels": "keep"},
    ).audit
    assert audit["row"].tolist()[:3] == [1, 2, 3]
    assert audit["before"].iloc[3] == "... and 37 more (clean.audit_limit)"
    assert len(audit) == 4


def test_the_raw_table_is_not_changed(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "a.csv").write_text(TABLE)
    dataset = DatasetSettings(name="d", **STATED)
    raw = read_raw(folder, dataset)
    before = raw.frame.copy()
    clean(raw, dataset=dataset, settings=CleanSettings(**SETTINGS))
    pd.testing.assert_frame_equal(raw.frame, before)


def test_several_files_and_parts(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "one.csv").write_text("x,c,y\n1.5,u,a\n2.5,v,b\n")
    (folder / "two.csv").write_text("c,y,x\nu,a,1.5\nw,b,4.5\n")
    cleaned = cleaned_folder(
        folder,
        {"max_repeated_share": 1.0},
        parts={"train": ["one.csv"], "test": ["two.csv"]},
    )
    assert cleaned.examples["part"].tolist() == ["train", "train", "test", "test"]
    assert cleaned.examples["example_id"].tolist() == ["one.csv:1", "one.csv:2", "two.csv:1", "two.csv:2"]
    assert cleaned.examples["feature.x"].tolist() == [1.5, 2.5, 1.5, 4.5]
    assert cleaned.examples["exclude"].tolist()[0] == "duplicate"
    assert cleaned.origins.to_numpy().tolist()[2] == ["two.csv", 1]


def test_main_writes_the_same_bytes_twice(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/credit").symlink_to(ROOT / "data/raw/credit")
    config = CleanConfig(dataset=DatasetSettings(**described("credit")), clean=CleanSettings(**SETTINGS))
    contents = []
    for name in ("one", "two"):
        store = Store("clean", tmp_path / name / "clean", tmp_path)
        store.begin()
        module.main.__wrapped__(config, store)
        store.finish()
        contents.append({file.name: file.read_bytes() for file in (tmp_path / name / "clean").iterdir()})
    assert contents[0] == contents[1]
    assert set(contents[0]) == {
        "examples.parquet",
        "origins.parquet",
        "schema.json",
        "audit.csv",
        "profile.csv",
        "sources.json",
    }
    schema = Schema.model_validate_json(contents[0]["schema.json"])
    assert schema.classes == ("good", "bad")
