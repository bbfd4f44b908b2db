"""What a network answered, and the table of predictions."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from stages.examples.schema import Schema
from stages.metrics.answers import Answers, answers_of, check_answers, make_answers, prediction_table
from stages.metrics.decision import Decision
from stages.metrics.rule import Rule

BINARY = Schema(dataset="d", task="binary", target="t", classes=("bad", "good"), features=())
VALUES = Schema(dataset="d", task="regression", target="t", features=())
EXAMPLES = pd.DataFrame({"example_id": ["f:3", "f:1"], "target": ["good", "bad"]})


def test_classes_become_ids_and_rows_sum_to_one():
    predicted = np.array([[0.25, 0.7500001], [0.5, 0.5]], np.float32)
    answers = make_answers(EXAMPLES, predicted, schema=BINARY, weight=np.array([1, 2], np.float32))
    assert answers.target.tolist() == [1, 0]
    assert answers.predicted.sum(axis=1) == pytest.approx([1, 1], abs=1e-15)
    assert answers.predicted.dtype == answers.weight.dtype == np.float64
    assert predicted[0, 1] == np.float32(0.7500001)


def test_prediction_table_of_classes():
    answers = make_answers(EXAMPLES, np.array([[0.25, 0.75], [0.5, 0.5]]), schema=BINARY)
    strict = Rule(decision=Decision(0.6)).applied(answers)
    table = prediction_table({"test": strict}, classes=BINARY.classes)
    assert list(table) == [
        "example_id",
        "part",
        "target",
        "prediction",
        "probability.bad",
        "probability.good",
    ]
    assert table.iloc[0].tolist() == ["f:3", "test", "good", "good", 0.25, 0.75]
    assert table.iloc[1].tolist() == ["f:1", "test", "bad", "bad", 0.5, 0.5]
    low = prediction_table({"test": answers}, classes=BINARY.classes)
    assert low["prediction"].tolist() == ["good", "good"]


def test_prediction_table_of_values():
    examples = pd.DataFrame({"example_id": ["a", "b"], "target": [1.5, 2.0]})
    answers = make_answers(examples, np.array([1.0, 2.5]), schema=VALUES)
    table = prediction_table({"validation": answers}, classes=())
    assert table.values.tolist() == [["a", "validation", 1.5, 1.0], ["b", "validation", 2.0, 2.5]]
    assert table["prediction"].dtype == np.float64


def test_no_rows():
    answers = make_answers(EXAMPLES.iloc[:0], np.zeros((0, 2)), schema=BINARY, weight=np.zeros(0))
    check_answers(answers, part="test")
    assert len(prediction_table({"test": answers}, classes=BINARY.classes)) == 0


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_not_finite_is_refused_with_the_remedy(wrong):
    examples = pd.DataFrame({"example_id": ["a", "b"], "target": [1.5, 2.0]})
    answers = make_answers(examples, np.array([1.0, wrong]), schema=VALUES)
    with pytest.raises(ValueError, match=r"1 of the 2 rows of the test part.*train\.learning_rate") as error:
        check_answers(answers, part="test")
    assert "encode.target=standard" in str(error.value)


def test_weights_of_nothing_are_refused_with_the_remedy():
    answers = make_answers(EXAMPLES, np.full((2, 2), 0.5), schema=BINARY, weight=np.zeros(2))
    with pytest.raises(ValueError, match=r"weight 0.*evaluate\.weighted=false"):
        check_answers(answers, part="test")
    check_answers(dataclasses.replace(answers, weight=None), part="test")


def test_group_weight_and_decisions_come_back_from_the_table(tmp_path):
    examples = EXAMPLES.assign(group=["x", "y"])
    answers = make_answers(
        examples, np.array([[0.25, 0.75], [0.5, 0.5]]), schema=BINARY, weight=np.array([1.0, 2.0])
    )
    assert answers.group.tolist() == ["x", "y"]
    decided = Rule(decision=Decision(0.6)).applied(answers)
    other = dataclasses.replace(decided, decided=np.array([0, 0]))
    path = tmp_path / "predictions.parquet"
    prediction_table({"test": decided, "validation": other}, classes=BINARY.classes).to_parquet(path)
    back = answers_of(pd.read_parquet(path), part="test", classes=BINARY.classes)
    for field in dataclasses.fields(Answers):
        assert getattr(back, field.name).tolist() == getattr(decided, field.name).tolist()
    assert back.target.dtype == back.decided.dtype == np.int64


def test_values_come_back_from_the_table():
    answers = Answers(np.array(["a", "b"], object), np.array([1.5, 2.0]), np.array([1.0, 2.5]))
    back = answers_of(prediction_table({"test": answers}, classes=()), part="test", classes=())
    assert (back.target.tolist(), back.predicted.tolist()) == ([1.5, 2.0], [1.0, 2.5])
    assert back.weight is back.group is back.decided is None


def test_other_classes_are_refused():
    table = prediction_table(
        {"test": make_answers(EXAMPLES, np.full((2, 2), 0.5), schema=BINARY)}, classes=BINARY.classes
    )
    with pytest.raises(
        ValueError, match="expected predictions of the classes a, b, received those of bad, good"
    ):
        answers_of(table, part="test", classes=("a", "b"))


def test_take_keeps_what_is_not_there():
    answers = Answers(np.array(["a", "b"], object), np.array([1.5, 2.0]), np.array([1.0, 2.5]))
    taken = answers.take(np.array([1, 1]))
    assert (taken.example_id.tolist(), taken.target.tolist(), taken.weight) == (["b", "b"], [2.0, 2.0], None)
