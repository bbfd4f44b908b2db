"""Contradictory descriptions of a data set are refused with the remedy."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from raw_files import SETTINGS

from stages.settings.clean import CleanSettings
from stages.settings.dataset import DatasetSettings


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"columns": {"numeric": ["a"], "ignored": ["a"]}}, "'a' has more than one role"),
        ({"columns": {"date": ["y"]}}, "dataset.target and dataset.columns.date"),
        ({"id": "a", "group": "a"}, "dataset.id and dataset.group"),
        ({"columns": {"date": ["a", "a"]}}, "dataset.columns.date twice"),
        ({"task": "regression", "positive_class": "a"}, "dataset.positive_class counts for two classes only"),
        ({"part": "p", "parts": {"train": ["a.csv"]}}, "keep one"),
        ({"decimal": ",", "thousands": ","}, "dataset.decimal and dataset.thousands are both ','"),
        ({"delimiter": ";;"}, "one character or auto"),
        ({"sha256": {"a.csv": "abc"}}, "pattern"),
        ({"name": "../a"}, "pattern"),
        ({"skip_rows": 1.5}, "integer"),
        ({"skip_rows": True}, "integer"),
        ({"format": "sql"}, "'csv'"),
        ({"colums": {}}, "Extra inputs"),
    ],
)
def test_contradictions_are_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=r"dataset|input|Input|pattern") as raised:
        DatasetSettings(**{"name": "d", "target": "y"} | wrong)
    assert message in str(raised.value)


def test_name_and_target_are_enough() -> None:
    settings = DatasetSettings(name="d", target="y")
    assert settings.roles() == {"dataset.target": ["y"]}
    assert settings.delimiter == "auto"


@pytest.mark.parametrize(
    "wrong",
    [
        {"duplicates": "drop"},
        {"max_missing_share": 1.5},
        {"max_missing_share": "half"},
        {"max_repeated_share": True},
        {"audit_limit": 0},
        {"audit_limit": 2.5},
        {"sentinel": "keep"},
    ],
)
def test_wrong_clean_values_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CleanSettings(**SETTINGS | wrong)


def test_whole_numbers_serve_as_shares() -> None:
    assert CleanSettings(**SETTINGS | {"max_missing_share": 1}).max_missing_share == 1.0
