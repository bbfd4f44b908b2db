from __future__ import annotations

import pandas as pd
import pytest

from stages.examples.schema import Schema
from stages.transformers.classes import with_enough_rows

SCHEMA = Schema(dataset="d", task="multiclass", target="y", classes=("a", "b", "c", "d"), features=())
PARTS = {
    "train": pd.DataFrame({"target": list("aaabbbcccd")}),
    "validation": pd.DataFrame({"target": ["a", "d"]}),
    "test": pd.DataFrame({"target": ["d"]}),
}


def test_rare_ones_are_kept_with_a_note() -> None:
    classes = with_enough_rows(PARTS, SCHEMA, rare_classes="keep", min_class_rows=2)
    assert classes.schema == SCHEMA
    assert classes.notes == ["Train has few rows of the class(es) d (1 rows); kept all the same."]


def test_rare_ones_are_refused_with_the_remedy() -> None:
    with pytest.raises(ValueError, match=r"encode.min_class_rows=2 rows of the class\(es\) d \(1 rows\)"):
        with_enough_rows(PARTS, SCHEMA, rare_classes="refuse", min_class_rows=2)


def test_rare_ones_are_dropped_with_their_rows_in_every_part() -> None:
    classes = with_enough_rows(PARTS, SCHEMA, rare_classes="drop", min_class_rows=2)
    assert classes.schema.classes == ("a", "b", "c")
    assert classes.schema.task == "multiclass"
    assert {part: len(frame) for part, frame in classes.parts.items()} == {
        "train": 9,
        "validation": 1,
        "test": 0,
    }
    assert "1 of train, 1 of validation, 1 of test" in classes.notes[0]
    assert len(PARTS["train"]) == 10


@pytest.mark.parametrize(("rows", "classes"), [("aabbbcd", ("b", "a")), ("aaabbcd", ("a", "b"))])
def test_two_that_are_left_make_a_binary_task_the_rarer_is_positive(
    rows: str, classes: tuple[str, ...]
) -> None:
    parts = {"train": pd.DataFrame({"target": list(rows)})}
    schema = with_enough_rows(parts, SCHEMA, rare_classes="drop", min_class_rows=2).schema
    assert (schema.task, schema.classes) == ("binary", classes)


def test_one_that_is_left_is_refused() -> None:
    parts = {"train": pd.DataFrame({"target": list("aabcd")})}
    with pytest.raises(ValueError, match="would leave 1 of the classes"):
        with_enough_rows(parts, SCHEMA, rare_classes="drop", min_class_rows=2)


def test_a_regression_has_no_classes() -> None:
    schema = SCHEMA.model_copy(update={"task": "regression", "classes": ()})
    parts = {"train": pd.DataFrame({"target": [1.0]})}
    assert with_enough_rows(parts, schema, rare_classes="refuse", min_class_rows=9).notes == []
