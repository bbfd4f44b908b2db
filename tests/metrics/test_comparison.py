"""Who is better: differences over the same resamples, against doing it the slow way."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from evaluate_examples import BINARY, THREE, VALUES, random_answers, two_classes, values

from stages.metrics.comparison import compare, matched, verdict
from stages.metrics.direction import LESS_IS_BETTER, gain, main_metric
from stages.metrics.draws import Resampling, draws
from stages.metrics.judgement import Judge

SCHEMAS = (BINARY, THREE, VALUES)
SIZE = Resampling(resamples=40, confidence=0.9, seed=1)


def judge_of(schema):
    return Judge(schema.task, schema.classes)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.task)
def test_differences_are_those_of_naive_resampling(schema):
    first, second = (random_answers(schema, 60, seed=seed) for seed in (0, 0))
    rows = np.random.default_rng(0).permutation(60)
    second = dataclasses.replace(second, predicted=random_answers(schema, 60, seed=7).predicted)
    judge = judge_of(schema)
    table = compare(first, second.take(rows), judge=judge, part="test", resampling=SIZE).table.set_index(
        "metric"
    )
    counts = np.concatenate(list(draws(60, SIZE, part="test"))).astype(int)
    naive = []
    for drawn in counts:
        own = np.repeat(np.arange(60), drawn)
        naive.append([judge.measure(each.take(own)).values for each in (first, second)])
    ours, theirs = (judge.measure(each).values for each in (first, second))
    assert set(table.index) == {name for name in ours if name not in ("rows", "per_class")}
    for name, row in table.iterrows():
        gaps = [mine[name] - other[name] for mine, other in naive]
        assert row["difference"] == pytest.approx(ours[name] - theirs[name])
        assert [row["low"], row["high"]] == pytest.approx(list(np.quantile(gaps, [0.05, 0.95])), abs=1e-9)
        assert (row["first"], row["second"]) == (ours[name], theirs[name])


def test_pairing_makes_the_interval_narrow():
    random = np.random.default_rng(0)
    target = random.normal(0, 10, 200)
    noise = random.normal(0, 5, 200)
    first, second = values(target + noise, target), values(target + 1.05 * noise, target)
    table = compare(first, second, judge=Judge("regression"), part="test").table.set_index("metric")
    assert table.loc["rmse", "verdict"] == "better"  # by 5 %, where each interval alone spans 20 %


def test_twins_are_not_distinguishable():
    answers = random_answers(BINARY, 50)
    table = compare(answers, answers, judge=judge_of(BINARY), part="test").table
    assert set(table["verdict"]) == {"not distinguishable"}
    assert (table[["difference", "low", "high"]] == 0).all(axis=None)


def test_only_rows_of_both_count_in_the_order_of_the_first():
    first = two_classes([0.9, 0.8, 0.7], [1, 1, 0], weight=np.array([1.0, 2.0, 3.0]))
    second = two_classes([0.1, 0.2, 0.3], [1, 1, 0]).take(np.array([2, 0]))
    ours, theirs, notes = matched(first, second)
    assert ours.example_id.tolist() == theirs.example_id.tolist() == ["f:0", "f:2"]
    assert theirs.predicted[:, 1].tolist() == [0.1, 0.3]
    assert theirs.weight.tolist() == [1.0, 3.0]
    assert notes == ("2 rows are in both (3 and 2 rows): compared on these alone",)
    assert compare(first, second, judge=judge_of(BINARY), part="test").rows == 2


def test_nothing_in_common_is_refused():
    first = two_classes([0.9], [1])
    second = dataclasses.replace(first, example_id=np.array(["g:0"], dtype=object))
    with pytest.raises(ValueError, match=r"expected two runs with rows in common.*split\.seed"):
        compare(first, second, judge=judge_of(BINARY), part="test")


def test_decisions_of_each_are_kept():
    first = two_classes([0.4, 0.4, 0.2], [1, 1, 0], decided=np.array([1, 1, 0]))  # a threshold below 0.4
    second = two_classes([0.4, 0.4, 0.2], [1, 1, 0])
    table = compare(first, second, judge=judge_of(BINARY), part="test").table.set_index("metric")
    assert (table.loc["accuracy", "first"], table.loc["accuracy", "second"]) == (1.0, pytest.approx(1 / 3))
    assert table.loc["roc_auc", "difference"] == 0


def test_what_is_not_defined_has_no_verdict():
    answers = two_classes([0.9, 0.8], [1, 1])
    table = compare(answers, answers, judge=judge_of(BINARY), part="test").table.set_index("metric")
    assert table.loc["roc_auc", ["difference", "low", "verdict"]].isna().all()
    assert table.loc["accuracy", "verdict"] == "not distinguishable"


@pytest.mark.parametrize(
    ("metric", "low", "high", "said"),
    [
        ("roc_auc", 0.01, 0.2, "better"),
        ("roc_auc", -0.2, -0.01, "worse"),
        ("log_loss", 0.01, 0.2, "worse"),
        ("log_loss", -0.2, -0.01, "better"),
        ("roc_auc", 0.0, 0.2, "not distinguishable"),
        ("roc_auc", None, None, None),
    ],
)
def test_verdict(metric, low, high, said):
    assert verdict(metric, low, high) == said


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.task)
def test_direction_of_every_metric(schema):
    """A perfect answer is at least as good as a poor one by every metric, in its direction."""
    poor = random_answers(schema, 60, ties=False)
    best = poor.target if schema.task == "regression" else np.eye(len(schema.classes))[poor.target]
    judge = judge_of(schema)
    good, bad = judge.measure(dataclasses.replace(poor, predicted=best)).values, judge.measure(poor).values
    for name in set(good) - {"rows", "per_class"}:
        assert gain(name) * (good[name] - bad[name]) > 0, name
    assert main_metric(schema.task) in good


def test_directions_name_metrics_that_exist():
    known = {
        name for schema in SCHEMAS for name in judge_of(schema).measure(random_answers(schema, 30)).values
    }
    assert known | {"mean_cost"} > LESS_IS_BETTER  # which is measured where a cost matrix decides


def test_table_of_a_comparison():
    answers = random_answers(VALUES, 20)
    table = compare(answers, answers, judge=Judge("regression"), part="test").table
    assert list(table) == ["metric", "first", "second", "difference", "low", "high", "verdict"]
    assert isinstance(table, pd.DataFrame)
