"""Duplicates, contradictions and empty rows on literal tables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from raw_files import cleaned_bytes

from stages.datasets.faults import content_ids, duplicates
from stages.examples.schema import CONTENT_ID, EXCLUDE


def test_content_ids_ignore_the_sign_of_zero_and_the_kind_of_missing() -> None:
    features = pd.DataFrame(
        {
            "a": [0.0, -0.0, np.nan, np.nan, 1.0],
            "b": pd.Series(["u", "u", None, np.nan, "u"], dtype="str"),
            "c": pd.Series(["2020-01-01", "2020-01-01", None, None, "2020-01-01"], dtype="datetime64[us]"),
        }
    )
    ids = content_ids(features)
    assert ids.dtype == np.uint64
    assert (ids[0], ids[2]) == (ids[1], ids[3])
    assert len(set(ids.tolist())) == 3


def test_content_ids_are_the_same_in_every_process() -> None:
    code = (
        "import pandas as pd; from stages.datasets.faults import content_ids; "
        "print(content_ids(pd.DataFrame({'a': [1.5], 'b': pd.Series(['u'], dtype='str')})))"
    )
    root = Path(__file__).resolve().parents[2]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_the_copy_in_train_is_the_duplicate() -> None:
    content = np.array([5, 5, 6, 5], np.uint64)
    beside = pd.DataFrame({"target": ["a", "a", "a", "a"]})
    assert duplicates(content, beside).tolist() == [-1, 0, -1, 0]
    parts = pd.Series(["train", "validation", "train", "test"])
    assert duplicates(content, beside, parts).tolist() == [3, 3, -1, -1]


ROWS = [f"{number}.5,u,{'ab'[number % 2]}" for number in range(20)]


def table(*more: str) -> str:
    return "\n".join(["x,c,y", *ROWS, *more]) + "\n"


def test_duplicates_and_contradictions_are_excluded_and_told(tmp_path: Path) -> None:
    cleaned = cleaned_bytes(tmp_path / "d", table("0.5,u,a", "1.5,u,a"))
    exclude = cleaned.examples[EXCLUDE]
    assert exclude[exclude.notna()].to_dict() == {
        1: "contradicting label",
        20: "duplicate",
        21: "contradicting label",
    }
    ids = cleaned.examples[CONTENT_ID]
    assert (ids[0], ids[1]) == (ids[20], ids[21])
    lines = cleaned.audit[["row", "reason"]].to_numpy().tolist()
    assert [21, "duplicate: equal to a.csv:1"] in lines
    assert [22, "contradicting label: equal features, another class elsewhere"] in lines


def test_flag_only_tells_and_keep_does_not_look(tmp_path: Path) -> None:
    flagged = cleaned_bytes(tmp_path / "d", table("0.5,u,a"), changes={"duplicates": "flag"})
    assert flagged.examples[EXCLUDE].isna().all()
    assert flagged.audit["action"].tolist() == ["row flagged"]
    kept = cleaned_bytes(tmp_path / "d", table("0.5,u,a"), changes={"duplicates": "keep"})
    assert kept.examples[EXCLUDE].isna().all()
    assert kept.audit.empty


def test_natural_repetition_is_only_flagged(tmp_path: Path) -> None:
    content = "c,d,y\n" + "u,1.5,a\nu,1.5,b\nv,2.5,a\nv,2.5,b\n" * 10
    cleaned = cleaned_bytes(tmp_path / "d", content)
    assert cleaned.examples[EXCLUDE].isna().all()
    assert [note.split(":")[0] for note in cleaned.notes] == ["contradicting label", "duplicate"]
    excluded = cleaned_bytes(tmp_path / "d", content, changes={"max_repeated_share": 1.0})
    assert excluded.examples[EXCLUDE].notna().all()


def test_equal_rows_of_a_regression_with_other_values_do_not_contradict(tmp_path: Path) -> None:
    content = "x,y\n" + "".join(f"{number % 3}.5,{number}.25\n" for number in range(30))
    cleaned = cleaned_bytes(tmp_path / "d", content)
    assert cleaned.schema.task == "regression"
    assert cleaned.examples[EXCLUDE].isna().all()


def test_rows_of_another_group_or_time_are_no_duplicates(tmp_path: Path) -> None:
    content = "x,g,y\n" + "".join(
        f"{number % 12}.5,g{number // 12},{'ab'[number % 2]}\n" for number in range(24)
    )
    grouped = cleaned_bytes(tmp_path / "d", content, group="g", changes={"max_repeated_share": 1.0})
    assert grouped.examples[EXCLUDE].isna().all()
    ignored = cleaned_bytes(
        tmp_path / "d", content, columns={"ignored": ["g"]}, changes={"max_repeated_share": 1.0}
    )
    assert ignored.examples[EXCLUDE].notna().sum() == 12


def test_too_empty_rows_by_share(tmp_path: Path) -> None:
    cleaned = cleaned_bytes(tmp_path / "d", table(",u,b", ",,a"), changes={"max_missing_share": 0.5})
    assert cleaned.examples[EXCLUDE].iloc[-2:].tolist()[1] == "too empty"
    assert pd.isna(cleaned.examples[EXCLUDE].iloc[-2])
    kept = cleaned_bytes(tmp_path / "d", table(",u,b", ",,a"), changes={"max_missing_share": 1.0})
    assert kept.examples[EXCLUDE].isna().all()
