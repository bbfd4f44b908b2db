"""The bootstrap, resample by resample against scikit-learn on the very rows that were drawn."""

from __future__ import annotations

import dataclasses
import warnings

import numpy as np
import pytest
from evaluate_examples import BINARY, THREE, VALUES, random_answers, two_classes, values
from sklearn import metrics as sklearn

from stages.metrics.bootstrap import bootstrap, interval, intervals
from stages.metrics.draws import Resampling, draws
from stages.metrics.judgement import Judge

SCHEMAS = (BINARY, THREE, VALUES)
WEIGHTS = {
    "unweighted": lambda rows: None,
    "whole": lambda rows: np.random.default_rng(5).integers(0, 3, rows) * 1.0,
    "fractions": lambda rows: np.random.default_rng(6).random(rows),
}


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def judge_of(schema):
    kinds = len(schema.classes)
    costs = np.arange(kinds**2, dtype=float).reshape(kinds, kinds) if kinds else None
    return Judge(schema.task, schema.classes, calibration_bins=5, costs=costs)


def counts_of(rows, resamples=25, part="test", **keywords):
    return np.concatenate(list(draws(rows, Resampling(resamples, seed=3), part=part, **keywords)))


def flat(measured):
    """Return metrics by name, those of each class too."""
    named = {name: value for name, value in measured.items() if name not in ("rows", "per_class")}
    for label, each in measured.get("per_class", {}).items():
        named |= {f"{name} of {label}": value for name, value in each.items() if name != "rows"}
    return named


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("rows", [4, 60])
@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.task)
def test_each_resample_is_measured_as_its_drawn_rows_are(schema, rows, weight):
    judge, counts = judge_of(schema), counts_of(rows)
    answers = random_answers(schema, rows, weight=WEIGHTS[weight](rows))
    found = flat(judge.resampled(answers)(counts))
    for place, drawn in enumerate(counts.astype(int)):
        repeated = answers.take(np.repeat(np.arange(rows), drawn))
        if repeated.weight is not None and not repeated.weight.sum():
            continue
        wanted = flat(judge.measure(repeated).values)
        assert set(found) == set(wanted)
        for name, value in wanted.items():
            assert found[name][place] == pytest.approx(
                np.nan if value is None else value, rel=1e-9, abs=1e-9, nan_ok=True
            ), name


def test_mean_cost_is_the_confusion_matrix_times_the_costs():
    answers, judge = random_answers(THREE, 60), judge_of(THREE)
    counts = sklearn.confusion_matrix(answers.target, answers.classes_decided, labels=[0, 1, 2])
    wanted = (counts * [[0, 1, 2], [3, 4, 5], [6, 7, 8]]).sum() / 60
    assert judge.measure(answers).values["mean_cost"] == pytest.approx(wanted)
    assert "mean_cost" not in Judge("multiclass", THREE.classes).measure(answers).values


def test_classification_is_scikit_learns_with_counts_as_sample_weight():
    answers, counts = random_answers(BINARY, 80), counts_of(80, resamples=10)
    found = judge_of(BINARY).resampled(answers)(counts)
    target, chance = answers.target, answers.predicted[:, 1]
    decided = (chance >= 0.5).astype(int)
    wanted = {
        "accuracy": lambda w: sklearn.accuracy_score(target, decided, sample_weight=w),
        "balanced_accuracy": lambda w: sklearn.balanced_accuracy_score(target, decided, sample_weight=w),
        "matthews_corrcoef": lambda w: sklearn.matthews_corrcoef(target, decided, sample_weight=w),
        "f1_macro": lambda w: sklearn.f1_score(target, decided, average="macro", sample_weight=w),
        "precision": lambda w: sklearn.precision_score(target, decided, sample_weight=w),
        "recall_weighted": lambda w: sklearn.recall_score(
            target, decided, average="weighted", sample_weight=w
        ),
        "roc_auc": lambda w: sklearn.roc_auc_score(target, chance, sample_weight=w),
        "pr_auc": lambda w: sklearn.average_precision_score(target, chance, sample_weight=w),
        "log_loss": lambda w: sklearn.log_loss(target, answers.predicted, sample_weight=w),
        "brier_score": lambda w: sklearn.brier_score_loss(target, chance, sample_weight=w),
    }
    for name, score in wanted.items():
        assert found[name] == pytest.approx([score(each) for each in counts]), name


def test_regression_is_scikit_learns_with_counts_as_sample_weight():
    answers, counts = random_answers(VALUES, 80), counts_of(80, resamples=10)
    found = judge_of(VALUES).resampled(answers)(counts)
    for name, score in {
        "rmse": sklearn.root_mean_squared_error,
        "mae": sklearn.mean_absolute_error,
        "r2": sklearn.r2_score,
        "median_absolute_error": sklearn.median_absolute_error,
        "mean_absolute_percentage_error": sklearn.mean_absolute_percentage_error,
    }.items():
        wanted = [score(answers.target, answers.predicted, sample_weight=each) for each in counts]
        assert found[name] == pytest.approx(wanted), name


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.task)
def test_intervals_are_the_percentiles_of_naive_resampling(schema):
    judge, counts = judge_of(schema), counts_of(50, resamples=60)
    answers = random_answers(schema, 50)
    whole = judge.measure(answers).values
    samples = bootstrap({"network": judge.resampled(answers)}, [counts[:25], counts[25:]])["network"]
    found = flat(intervals(samples, whole, confidence=0.8).values)
    naive = [
        flat(judge.measure(answers.take(np.repeat(np.arange(50), drawn))).values)
        for drawn in counts.astype(int)
    ]
    for name, bounds in found.items():
        wanted = np.quantile([each[name] for each in naive], [0.1, 0.9])
        assert bounds == pytest.approx(list(wanted), rel=1e-9), name
    assert set(found) == set(flat(whole))


def test_interval_of_an_accuracy_is_about_that_of_the_binomial():
    answers = two_classes(np.full(400, 0.9), np.arange(400) % 10 != 0)  # 90 % right
    judged = Judge("binary", ("no", "yes")).resampled(answers)
    samples = bootstrap({"n": judged}, draws(400, Resampling(2000), part="test"))["n"]
    error = 1.96 * np.sqrt(0.9 * 0.1 / 400)
    assert interval(samples["accuracy"], confidence=0.95) == pytest.approx(
        [0.9 - error, 0.9 + error], abs=0.005
    )


@pytest.mark.parametrize("group", [None, np.repeat(np.arange(10), 5)], ids=["rows", "groups"])
def test_draws_do_not_depend_on_how_many_are_held_at_once(group):
    size = Resampling(12, seed=3)
    whole = np.concatenate(list(draws(50, size, part="test", group=group)))
    pieces = list(draws(50, size, part="test", group=group, cells=100))
    assert len(pieces) == 6
    assert np.array_equal(np.concatenate(pieces), whole)


def test_draws_are_those_of_the_seed_and_the_part():
    same, again = counts_of(30), counts_of(30)
    assert np.array_equal(same, again)
    assert not np.array_equal(same, counts_of(30, part="validation"))
    other = np.concatenate(list(draws(30, Resampling(25, seed=4), part="test")))
    assert not np.array_equal(same, other)
    assert (same.sum(axis=1) == 30).all()


def test_every_row_is_drawn_as_often():
    mean = counts_of(20, resamples=4000).mean(axis=0)
    assert mean == pytest.approx(np.ones(20), abs=0.08)  # a standard deviation is 0.016
    together = np.cov(counts_of(20, resamples=4000), rowvar=False)
    assert together.diagonal() == pytest.approx(np.full(20, 0.95), abs=0.15)  # 1 - 1 / 20


def test_groups_are_drawn_whole():
    group = np.array(["b", "a", "b", "c", "a", "b"], dtype=object)
    counts = counts_of(6, resamples=50, group=group)
    for name in "abc":
        assert (counts[:, group == name] == counts[:, group == name][:, :1]).all()
    firsts = counts[:, [0, 1, 3]]
    assert (firsts.sum(axis=1) == 3).all()


def test_alike_rows_of_a_group_widen_the_interval():
    right = np.repeat(np.random.default_rng(0).random(40) < 0.7, 25)  # 40 groups of 25 equal rows
    answers = two_classes(np.where(right, 0.9, 0.1), np.ones(1000, int))
    judged = Judge("binary", ("no", "yes")).resampled(answers)
    widths = []
    for group in (None, np.repeat(np.arange(40), 25)):
        samples = bootstrap({"n": judged}, draws(1000, Resampling(500), part="test", group=group))["n"]
        low, high = interval(samples["accuracy"], confidence=0.95)
        widths.append(high - low)
    assert widths[1] / widths[0] == pytest.approx(5, rel=0.2)  # the root of 25


@pytest.mark.parametrize("rows", [0, 1])
def test_nothing_is_drawn_from_less_than_two(rows):
    assert list(draws(rows, Resampling(5), part="test")) == []
    assert list(draws(4, Resampling(5), part="test", group=np.array(["a"] * 4))) == []


def test_class_missing_in_some_resamples_is_passed_over_and_in_most_leaves_no_interval():
    judge = Judge("binary", ("no", "yes"))
    for positives, defined in ((3, True), (1, False)):  # missing in 4 % and in 36 % of the resamples
        target = np.zeros(50, int)
        target[:positives] = 1
        answers = two_classes(np.linspace(0.9, 0.1, 50), target)
        counts = counts_of(50, resamples=200)
        if not defined:
            counts[:120, 0] = 0  # in more than half
        samples = bootstrap({"n": judge.resampled(answers)}, [counts])["n"]
        found = intervals(samples, judge.measure(answers).values, confidence=0.95)
        assert np.isnan(samples["recall"]).any()
        assert (found.values["roc_auc"] is not None) == defined
        assert found.values["accuracy"] is not None
        if defined:
            recall = samples["recall"][~np.isnan(samples["recall"])]
            assert found.values["recall"] == pytest.approx(list(np.quantile(recall, [0.025, 0.975])))
            assert found.notes == ()
        else:
            assert "roc_auc" in found.notes[0]
            assert "more than half of the resamples" in found.notes[0]


def test_metric_that_is_not_defined_has_no_interval_and_no_note():
    answers = values([1.0, 2.0, 3.0], [0.0, 1.0, 2.0])  # a target is 0
    judge = Judge("regression")
    whole = judge.measure(answers).values
    assert whole["mean_absolute_percentage_error"] is None
    samples = bootstrap({"n": judge.resampled(answers)}, draws(3, Resampling(50), part="t"))["n"]
    found = intervals(samples, whole, confidence=0.95)
    assert found.values["mean_absolute_percentage_error"] is None
    assert found.notes == ()


def test_equal_targets_have_no_r2_wherever_they_lie():
    for level in (0.0, 0.1, 1e9):
        answers = values([1.0, 2.0, 4.0, 8.0], [level, level, level, level + 1])
        samples = Judge("regression").resampled(answers)(np.array([[2.0, 1, 1, 0], [1, 1, 1, 1]]))
        assert np.isnan(samples["r2"]).tolist() == [True, False]


def test_all_measure_the_same_resamples():
    answers = random_answers(BINARY, 40)
    judged = judge_of(BINARY).resampled(answers)
    samples = bootstrap({"a": judged, "b": judged}, draws(40, Resampling(9), part="t", cells=100))
    assert np.array_equal(samples["a"]["roc_auc"], samples["b"]["roc_auc"])
    assert len(samples["a"]["per_class"]["bad"]["f1"]) == 9


def test_arguments_stay_unchanged():
    answers, counts = random_answers(THREE, 30), counts_of(30)
    before = dataclasses.replace(answers, predicted=answers.predicted.copy()), counts.copy()
    judge_of(THREE).resampled(answers)(counts)
    assert np.array_equal(answers.predicted, before[0].predicted)
    assert np.array_equal(counts, before[1])
