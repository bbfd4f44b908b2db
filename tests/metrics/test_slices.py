"""Slices: which rows they hold, and their metrics against those of the rows alone."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from evaluate_examples import BINARY, THREE, VALUES, random_answers

from stages.examples.schema import Column
from stages.metrics import slices as module
from stages.metrics.draws import Resampling, draws
from stages.metrics.judgement import Judge
from stages.metrics.slices import slice_table
from stages.metrics.slicing import Slices, sliced_columns, slices_of, unsliced_note

SIZE = Resampling(30, confidence=0.8, seed=1)
SCHEMAS = (BINARY, THREE, VALUES)


def cut(role, cells, quantiles=4, min_rows=1):
    found = slices_of(Column(name="x", role=role), pd.Series(cells), quantiles=quantiles, min_rows=min_rows)
    names = [*found.names, None]
    return [names[code] for code in found.codes]


def test_categories():
    cells = pd.Series(["b", "a", "b", "c", "d", None], dtype="str")
    found = slices_of(Column(name="x", role="categorical"), cells, quantiles=4, min_rows=2)
    assert found.names == ("b", "other (3 values)")
    assert found.codes.tolist() == [0, 1, 0, 1, 1, -1]  # the one missing cell is too few
    found = slices_of(Column(name="x", role="categorical"), cells, quantiles=4, min_rows=1)
    assert found.names == ("b", "a", "c", "d", "missing")


def test_booleans():
    assert cut("boolean", [1.0, 0.0, np.nan, 1.0]) == ["true", "false", "missing", "true"]


def test_numbers_by_quantiles():
    assert cut("numeric", np.arange(1.0, 9.0)) == [
        *["[1, 2]"] * 2,
        *["(2, 4]"] * 2,
        *["(4, 6]"] * 2,
        *["(6, 8]"] * 2,
    ]
    drawn = np.random.default_rng(0).normal(size=1000)
    found = slices_of(Column(name="x", role="numeric"), pd.Series(drawn), quantiles=4, min_rows=1)
    assert np.bincount(found.codes).tolist() == [250] * 4
    assert found.codes.tolist() == pd.qcut(drawn, 4, labels=False).tolist()


def test_numbers_that_are_mostly_one_value():
    cells = [0.0] * 8 + [1.0, 2.0, 3.0, 5.0]
    assert cut("numeric", cells) == ["0"] * 8 + ["1"] + ["(1, 5]"] * 3


def test_few_different_numbers_are_slices_of_their_own():
    assert cut("numeric", [3.0, 1.0, np.nan, 1.0]) == ["3", "1", "missing", "1"]


def test_ends_of_ranges_differ():
    large = 12_345_678.0 + np.arange(8)
    assert cut("numeric", large, quantiles=2) == ["[12345678, 12345681]"] * 4 + ["(12345681, 12345685]"] * 4
    assert cut("numeric", [0.1, 0.1 + 1e-15, 0.3]) == ["0.1", "0.100000000000001", "0.3"]


def test_a_category_called_missing_is_not_the_empty_cells():
    cells = pd.Series(["missing", "a", None], dtype="str")
    assert cut("categorical", cells) == ["missing", "a", "missing (no value)"]


def test_dates():
    days = pd.Series(pd.to_datetime(["2020-01-01", "2020-02-01", None, "2020-03-01", "2020-04-01"]))
    days = days.astype("datetime64[us]")
    assert cut("date", days, quantiles=2) == [
        "[2020-01-01, 2020-02-01]",
        "[2020-01-01, 2020-02-01]",
        "missing",
        "(2020-02-01, 2020-04-01]",
        "(2020-02-01, 2020-04-01]",
    ]
    hours = pd.Series(pd.to_datetime(["2020-01-01 10:00", "2020-01-01 11:00"])).astype("datetime64[us]")
    assert cut("date", hours) == ["2020-01-01 10:00:00", "2020-01-01 11:00:00"]


@pytest.mark.parametrize("role", ["numeric", "categorical", "boolean", "date"])
def test_all_missing_and_no_rows(role):
    kind = {"categorical": "str", "date": "datetime64[us]"}.get(role, "float64")
    assert cut(role, pd.Series([None, None], dtype="object").astype(kind)) == ["missing"] * 2
    assert cut(role, pd.Series([], dtype=kind)) == []


def test_small_slices_are_left_out():
    assert cut("numeric", [1.0, 1.0, 1.0, 2.0], min_rows=2) == ["1", "1", "1", None]
    assert cut("categorical", ["a", "a", "b", None], min_rows=2) == ["a", "a", None, None]


def two_columns(rows):
    random = np.random.default_rng(3)
    first = Slices("first", ("a", "b", "missing"), random.integers(0, 3, rows))
    second = Slices("second", ("x", "y"), random.integers(-1, 2, rows))
    return [first, second]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.task)
def test_metrics_are_those_of_the_rows_alone(schema, weighted):
    weight = np.random.default_rng(1).random(90) if weighted else None
    answers, slices = random_answers(schema, 90, weight=weight), two_columns(90)
    table = slice_table(answers, slices, classes=schema.classes, part="test", resampling=SIZE)
    judge = Judge(schema.task, schema.classes)
    for row in table.itertuples():
        column = next(each for each in slices if each.column == row.column)
        rows = np.flatnonzero(column.codes == column.names.index(row.slice))
        assert row.rows == len(rows)
        assert row.value == pytest.approx(judge.measure(answers.take(rows)).values[row.metric])
    assert len(table) == 5 * {"binary": 6, "multiclass": 4, "regression": 3}[schema.task]


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.task)
def test_intervals_are_those_of_naive_resampling_of_the_whole_part(schema):
    group = np.random.default_rng(2).integers(0, 30, 90).astype(str)
    answers, slices = random_answers(schema, 90, group=group), two_columns(90)
    table = slice_table(answers, slices, classes=schema.classes, part="test", resampling=SIZE)
    counts = np.concatenate(list(draws(90, SIZE, part="test", group=group))).astype(int)
    judge, inside = Judge(schema.task, schema.classes), slices[0].codes == 1
    naive = [judge.measure(answers.take(np.repeat(np.arange(90), drawn * inside))).values for drawn in counts]
    for row in table[(table["column"] == "first") & (table["slice"] == "b")].itertuples():
        sample = [each[row.metric] for each in naive]
        assert [row.low, row.high] == pytest.approx(list(np.quantile(sample, [0.1, 0.9])))


@pytest.mark.parametrize("name", ["ENTRIES_AT_ONCE", "SLICES_AT_ONCE"])
def test_a_few_columns_at_a_time_are_the_same(monkeypatch, name):
    answers, slices = random_answers(THREE, 90), two_columns(90)
    whole = slice_table(answers, slices, classes=THREE.classes, part="test", resampling=SIZE)
    monkeypatch.setattr(module, name, 8)
    assert len(list(module._portions(slices, rows=90, num_classes=3))) == 2
    parted = slice_table(answers, slices, classes=THREE.classes, part="test", resampling=SIZE)
    pd.testing.assert_frame_equal(parted, whole, check_exact=True)


def test_columns_with_one_slice_tell_nothing():
    answers = random_answers(BINARY, 10)
    alone = Slices("x", ("a",), np.zeros(10, int))
    table = slice_table(answers, [alone], classes=BINARY.classes, part="test", resampling=SIZE)
    assert list(table) == ["column", "slice", "rows", "metric", "value", "low", "high"]
    assert len(table) == 0


def test_slice_of_a_single_class():
    answers = random_answers(BINARY, 40)
    slices = [Slices("x", ("bad", "good"), answers.target)]
    table = slice_table(answers, slices, classes=BINARY.classes, part="test", resampling=SIZE)
    found = table.set_index(["slice", "metric"])["value"]
    assert np.isnan(found["bad", "recall"])
    assert found["good", "recall"] == pytest.approx(
        (answers.classes_decided[answers.target == 1] == 1).mean()
    )
    assert table.set_index(["slice", "metric"])["low"].isna()["bad", "recall"]


def test_target_far_from_the_others_keeps_its_r2():
    answers = random_answers(VALUES, 60, ties=False)
    shift = np.where(np.arange(60) < 30, 0.0, 1e4)
    moved = dataclasses.replace(answers, target=answers.target + shift, predicted=answers.predicted + shift)
    slices = [Slices("x", ("near", "far"), (shift > 0).astype(int))]
    table = slice_table(moved, slices, classes=(), part="test", resampling=SIZE)
    r2 = table[table["metric"] == "r2"]["value"].to_numpy()
    wanted = [
        Judge("regression").measure(answers.take(rows)).values["r2"] for rows in np.split(np.arange(60), 2)
    ]
    assert r2 == pytest.approx(wanted, rel=1e-5)


def test_columns_asked_for():
    columns = [Column(name="age", role="numeric"), Column(name="job", role="categorical")]
    assert sliced_columns("auto", columns) == columns
    assert sliced_columns(["job", "job"], columns) == columns[1:]
    assert sliced_columns([], columns) == []
    with pytest.raises(
        ValueError, match=r"evaluate\.slices: .*\(age, job\).*received jop.*Did you mean job\?"
    ):
        sliced_columns(["age", "jop"], columns)


def test_of_very_many_columns_the_first_are_sliced():
    columns = [Column(name=f"c{number}", role="numeric") for number in range(102)]
    assert sliced_columns("auto", columns) == columns[:100]
    assert unsliced_note("auto", columns) == (
        "slices are those of the first 100 of 102 columns; name others in evaluate.slices "
        "(evaluate.slices=[c100])",
    )
    assert sliced_columns(["c101"], columns) == columns[101:]
    assert unsliced_note(["c101"], columns) == unsliced_note("auto", columns[:100]) == ()


@pytest.mark.parametrize("cells", [[0.0] * 6, [0.0, np.nan, 0.0], [np.nan, np.nan]])
def test_a_number_that_never_changes_is_no_range(cells):
    slices = slices_of(Column(name="a", role="numeric"), pd.Series(cells), quantiles=4, min_rows=1)
    assert set(slices.names) <= {"0", "missing"}
