"""Permutation importance against its definition, and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from evaluate_examples import names
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.inspection import permutation_importance

from stages.examples.schema import Column
from stages.metrics import importance as module
from stages.metrics.answers import Answers
from stages.metrics.decision import Decision
from stages.metrics.draws import Resampling
from stages.metrics.importance import PermutationImportance

ROWS = 80
COLUMNS = (
    Column(name="much", role="numeric"),
    Column(name="little", role="numeric"),
    Column(name="nothing", role="categorical"),
)
SIZE = Resampling(200, confidence=0.9, seed=1)


def table(rows=ROWS):
    random = np.random.default_rng(0)
    cells = {"feature.much": random.normal(size=rows), "feature.little": random.normal(size=rows)}
    return pd.DataFrame(cells | {"feature.nothing": pd.Series(random.choice(list("abc"), rows), dtype="str")})


def values_of(frame):
    return (3 * frame["feature.much"] + frame["feature.little"]).to_numpy()


def probabilities_of(frame):
    positive = 1 / (1 + np.exp(-values_of(frame)))
    return np.column_stack([1 - positive, positive])


def regression(rows=ROWS, **more):
    frame = table(rows)
    target = values_of(frame) + np.random.default_rng(1).normal(size=rows)
    return Answers(names(rows), target, values_of(frame), **more), frame


def measure(answers, frame, answer, *, task="regression", repeats=4, threshold=0.5):
    permutation = PermutationImportance(task, Decision(threshold), repeats, SIZE)
    return permutation(answers, frame, answer, columns=COLUMNS, part="validation")


class Recorder:
    """Answers, and keeps what it was asked."""

    def __init__(self, answer):
        self.answer, self.asked = answer, []

    def __call__(self, frame):
        self.asked.append(frame.copy())
        return self.answer(frame)


@pytest.mark.parametrize("at_once", [1, 10**6])
def test_definition(monkeypatch, at_once):
    """The loss is the mean rise of the error over copies in which one column alone is permuted."""
    monkeypatch.setattr(module, "ROWS_AT_ONCE", at_once)
    answers, frame = regression()
    recorder = Recorder(values_of)
    found = measure(answers, frame, recorder).table.set_index("column")["importance"]
    assert len(recorder.asked) == (3 if at_once == 1 else 1)
    asked = pd.concat(recorder.asked, ignore_index=True)
    before = np.sqrt(((answers.target - answers.predicted) ** 2).mean())
    for place, column in enumerate(COLUMNS):
        copies = [asked.iloc[(4 * place + copy) * ROWS :][:ROWS].reset_index(drop=True) for copy in range(4)]
        rises = [np.sqrt(((answers.target - values_of(each)) ** 2).mean()) - before for each in copies]
        assert found[column.name] == pytest.approx(np.mean(rises))
        orders = {tuple(copy[column.key]) for copy in copies}
        assert len(orders) == 4
        for copy in copies:
            assert sorted(copy[column.key]) == sorted(frame[column.key])
            others = frame.columns.drop(column.key)
            pd.testing.assert_frame_equal(copy[others], frame[others])


class Threshold(ClassifierMixin, BaseEstimator):
    """Decides as the test does."""

    def fit(self, frame, target):
        self.classes_ = np.array([0, 1])
        return self

    def predict(self, frame):
        return (probabilities_of(frame)[:, 1] >= 0.3).astype(int)


def test_as_scikit_learn():
    frame = table(400)
    target = (values_of(frame) + np.random.default_rng(1).normal(size=400) > 0).astype(int)
    answers = Answers(names(400), target, probabilities_of(frame))
    found = measure(answers, frame, probabilities_of, task="binary", repeats=80, threshold=0.3).table
    wanted = permutation_importance(
        Threshold().fit(frame, target), frame, target, n_repeats=80, random_state=0
    )
    ours = found.set_index("column").loc[["much", "little", "nothing"], "importance"].to_numpy()
    assert ours == pytest.approx(wanted.importances_mean, abs=0.01)
    assert ours[2] == 0
    assert set(found["metric"]) == {"accuracy"}


def test_greatest_first_with_intervals():
    answers, frame = regression()
    told = measure(answers, frame, values_of).table
    assert list(told) == ["column", "metric", "importance", "low", "high"]
    assert told["column"].tolist() == ["much", "little", "nothing"]
    assert (told["low"] <= told["importance"]).all()
    assert (told["importance"] <= told["high"]).all()
    assert told.iloc[0]["low"] > 1
    assert told.iloc[2][["importance", "low", "high"]].tolist() == [0, 0, 0]


def test_interval_narrows_with_the_rows():
    widths = []
    for rows in (50, 800):
        answers, frame = regression(rows)
        told = measure(answers, frame, values_of, repeats=10).table.iloc[0]
        widths.append(told["high"] - told["low"])
    assert widths[0] / widths[1] == pytest.approx(4, rel=0.5)


def test_rows_without_weight_do_not_count():
    answers, frame = regression(weight=np.repeat([1.0, 0.0], ROWS // 2))
    spoilt = Answers(
        answers.example_id, answers.target + answers.weight * 0, answers.predicted, answers.weight
    )
    spoilt.target[ROWS // 2 :] = 1e6
    first, second = (measure(each, frame, values_of).table for each in (answers, spoilt))
    pd.testing.assert_frame_equal(first, second)


def test_many_rows_are_sampled(monkeypatch):
    monkeypatch.setattr(module, "ROWS_IN_ALL", 3 * 2 * 30)
    monkeypatch.setattr(module, "LEAST_ROWS", 20)
    answers, frame = regression()
    recorder = Recorder(values_of)
    found = measure(answers, frame, recorder, repeats=2)
    assert sum(map(len, recorder.asked)) == 3 * 2 * 30
    assert found.notes[0].startswith("importances are measured on 30 of the 80 rows of validation, drawn")


def wide(columns, rows=60):
    cells = np.random.default_rng(0).normal(size=(rows, columns))
    names_of = tuple(Column(name=f"c{number}", role="numeric") for number in range(columns))
    return pd.DataFrame(cells, columns=[column.key for column in names_of]), names_of


def first_of(frame):
    return frame["feature.c0"].to_numpy()


@pytest.mark.parametrize(
    ("columns", "repeats", "looked_at", "rows"),
    [(30, 5, 30, 6), (100, 5, 40, 5), (60, 20, 10, 5), (9, 40, 9, 5), (2, 5, 2, 60)],
)
def test_wide_tables_are_asked_about_within_the_budget(monkeypatch, columns, repeats, looked_at, rows):
    sizes = {"ROWS_IN_ALL": 1000, "LEAST_ROWS": 5, "LEAST_COLUMNS": 10, "CELLS_AT_ONCE": 6000}
    for name, size in sizes.items():
        monkeypatch.setattr(module, name, size)
    frame, listed = wide(columns)
    answers = Answers(names(60), first_of(frame), first_of(frame))
    recorder = Recorder(first_of)
    permutation = PermutationImportance("regression", Decision(), repeats, SIZE._replace(resamples=2))
    found = permutation(answers, frame, recorder, columns=listed, part="validation")
    assert set(found.table["column"]) == {column.name for column in listed[:looked_at]}
    assert found.table["column"][0] == "c0"
    assert sum(map(len, recorder.asked)) == looked_at * repeats * rows
    assert max(each.size for each in recorder.asked) <= max(module.CELLS_AT_ONCE, repeats * rows * columns)
    told = f"importances are measured for the first {looked_at} of {columns} columns"
    assert any(note.startswith(told) for note in found.notes) == (looked_at < columns)
    assert any(f"{rows} of the 60 rows" in note for note in found.notes) == (rows < 60)


def test_same_again_and_columns_do_not_depend_on_each_other():
    answers, frame = regression()
    whole = measure(answers, frame, values_of).table
    pd.testing.assert_frame_equal(whole, measure(answers, frame, values_of).table)
    permutation = PermutationImportance("regression", Decision(), 4, SIZE)
    alone = permutation(answers, frame, values_of, columns=COLUMNS[1:2], part="validation").table
    pd.testing.assert_frame_equal(alone, whole.iloc[[1]].reset_index(drop=True))


@pytest.mark.parametrize(("rows", "repeats"), [(0, 3), (20, 0)])
def test_nothing_to_measure(rows, repeats):
    answers, frame = regression(rows)
    found = measure(answers, frame, values_of, repeats=repeats)
    assert list(found.table) == ["column", "metric", "importance", "low", "high"]
    assert len(found.table) == 0


def test_one_row_has_no_interval():
    answers, frame = regression(1)
    assert measure(answers, frame, values_of).table[["low", "high"]].isna().all(axis=None)
