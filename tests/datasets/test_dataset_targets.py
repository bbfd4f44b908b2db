"""The task and the classes."""

from __future__ import annotations

import pandas as pd
import pytest

from stages.datasets.targets import Target, read_target
from stages.examples.schema import Notation
from stages.settings.dataset import DatasetSettings


def target(cells: list[object], times: int = 10, **dataset: object) -> Target:
    settings = DatasetSettings(**{"name": "d", "target": "y"} | dataset)
    series = pd.Series(cells * times, name="y")
    return read_target(series, settings, Notation(missing_values=("", "NA")), max_unreadable_share=0.05)


@pytest.mark.parametrize(
    ("cells", "task", "classes"),
    [
        (["good", "good", "bad"], "binary", ("good", "bad")),
        (["bad", "good", "bad"], "binary", ("bad", "good")),
        (["a", "b"], "binary", ("a", "b")),
        ([" a", "b ", "b"], "binary", ("b", "a")),
        (["c", "a", "b"], "multiclass", ("a", "b", "c")),
        ([0, 1, 1], "binary", ("1", "0")),
        (["1", "1.0", "2"], "binary", ("1", "2")),
        ([10, 9, 1], "multiclass", ("1", "9", "10")),
        ([True, False, False], "binary", ("False", "True")),
        (["yes", "no", "no", ""], "binary", ("no", "yes")),
        ([1.5, 2.5, 3.0], "regression", ()),
        (["$1.50", "$2.50"], "regression", ()),
        (list(range(21)), "regression", ()),
        (list(range(20)), "multiclass", tuple(map(str, range(20)))),
    ],
)
def test_task_and_classes(cells: list[object], task: str, classes: tuple[str, ...]) -> None:
    found = target(cells)
    assert (found.task, found.classes) == (task, classes)


def test_few_rows_of_whole_numbers_are_a_regression() -> None:
    assert target([1, 2, 3, 4, 5], times=2).task == "regression"
    assert target([1, 2, 3, 4, 5], times=5).task == "multiclass"


def test_stated_task_wins() -> None:
    assert target([1, 2, 3], task="regression").values.tolist()[:3] == [1.0, 2.0, 3.0]
    assert target([1.5, 2.5, 3.0], task="classification").classes == ("1.5", "2.5", "3")


@pytest.mark.parametrize("positive", ["1", 1, 1.0])
def test_positive_class_is_last_however_written(positive: object) -> None:
    assert target([0, 1, 1], positive_class=positive).classes == ("0", "1")


def test_positive_class_true() -> None:
    assert target([True, True, False], positive_class=True).classes == ("False", "True")


def test_rows_without_target_are_missing() -> None:
    found = target(["a", "b", "NA", ""], times=1)
    assert found.values.isna().tolist() == [False, False, True, True]
    assert found.classes == ("a", "b")


def test_class_names_alike_but_for_case_are_remarked() -> None:
    assert "alike" in target(["Good", "good", "bad"]).remark
