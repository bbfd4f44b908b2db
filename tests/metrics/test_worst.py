"""The rows that the network is most wrong about."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from evaluate_examples import two_classes, values

from stages.metrics.worst import worst_table

CELLS = pd.DataFrame(
    {"feature.age": [1.0, 2.0, 3.0], "feature.loss": pd.Series(["a", None, "c"], dtype="str")}
)


def test_classes():
    answers = two_classes([0.9, 0.2, 0.4], [1, 1, 0], decided=np.array([1, 0, 1]))
    table = worst_table(answers, CELLS, classes=("no", "yes"), limit=2)
    assert list(table) == ["example_id", "target", "prediction", "loss", "probability", "age", "loss"]
    assert table["example_id"].tolist() == ["f:1", "f:2"]
    assert table["target"].tolist() == ["yes", "no"]
    assert table["prediction"].tolist() == ["no", "yes"]
    assert table["probability"].tolist() == pytest.approx([0.2, 0.6])
    assert table.iloc[:, 3].tolist() == pytest.approx([-np.log(0.2), -np.log(0.6)])
    assert table["age"].tolist() == [2.0, 3.0]


def test_values_and_ties_in_order():
    answers = values([1.0, 5.0, 4.0], [2.0, 4.0, 1.0])
    table = worst_table(answers, CELLS, classes=(), limit=10)
    assert list(table) == ["example_id", "target", "prediction", "loss", "age", "loss"]
    assert table["example_id"].tolist() == ["f:2", "f:0", "f:1"]
    assert table.iloc[:, 3].tolist() == [3.0, 1.0, 1.0]


def test_none_wanted_or_there():
    answers = values([1.0, 5.0, 4.0], [2.0, 4.0, 1.0])
    assert len(worst_table(answers, CELLS, classes=(), limit=0)) == 0
    assert len(worst_table(answers.take(np.arange(0)), CELLS.iloc[:0], classes=(), limit=5)) == 0
