"""The pure function of the stage `evaluate`."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from evaluate_examples import (
    BINARY,
    VALUES,
    baseline,
    features,
    no_baselines,
    random_answers,
    settings,
    two_classes,
    values,
)

from stages.evaluate import evaluate
from stages.metrics.answers import prediction_table
from stages.metrics.judgement import PLOTS

CURVES = set(PLOTS)
TABLES = CURVES | {"slices", "worst", "threshold"}


def judge(parts, schema, table=None, **changed):
    table = no_baselines(schema) if table is None else table
    return evaluate(parts, features(len(parts["test"])), table, schema=schema, settings=settings(**changed))


def filled(tables):
    """Every task writes the same files, with the same columns; those of other tasks hold no rows."""
    assert {name: tuple(tables[name]) for name in PLOTS} == PLOTS
    assert set(tables) == TABLES
    return {name for name, table in tables.items() if len(table)}


def test_binary():
    parts = {"test": two_classes([0.2, 0.9, 0.6], [0, 1, 0]), "validation": two_classes([0.3, 0.8], [0, 1])}
    result = judge(parts, BINARY)
    metrics = result.documents["metrics"]
    assert list(metrics) == ["test", "validation"]
    assert metrics["test"]["accuracy"] == pytest.approx(2 / 3)
    assert metrics["validation"]["accuracy"] == 1.0
    assert filled(result.tables) == TABLES - {"residuals", "slices"}
    assert result.tables["confusion"]["rows"].tolist() == [1, 1, 0, 1]
    told = prediction_table(result.answers, classes=BINARY.classes)
    assert told["part"].tolist() == ["test"] * 3 + ["validation"] * 2
    assert told["prediction"].tolist() == ["bad", "good", "good", "bad", "good"]


def test_regression():
    parts = {"test": values([1.0, 3.0], [1.0, 2.0]), "validation": values([0.0], [0.0])}
    result = judge(parts, VALUES)
    assert result.documents["metrics"]["test"]["mae"] == 0.5
    assert result.documents["metrics"]["validation"]["r2"] is None
    assert filled(result.tables) == {"residuals", "worst"}
    assert "validation: r2 is not defined: all targets are equal" in result.notes
    assert "validation: no intervals: they take two rows" in "\n".join(result.notes)
    assert result.documents["intervals"]["validation"]["mae"] is None


def test_documents_have_the_same_metrics_throughout():
    parts = {part: random_answers(BINARY, 40, seed=seed) for seed, part in enumerate(("test", "validation"))}
    others = {part: random_answers(BINARY, 40, seed=9) for part in parts}
    result = judge(parts, BINARY, baseline("linear", others, BINARY), confidence=0.9)
    documents = json.loads(json.dumps(result.documents, allow_nan=False))
    assert list(documents["intervals"]) == ["confidence", "resamples", "test", "validation"]
    assert (documents["intervals"]["confidence"], documents["intervals"]["resamples"]) == (0.9, 20)
    measured = {name for name, value in documents["metrics"]["test"].items() if name != "rows"}
    assert set(documents["intervals"]["test"]) == measured
    for name in ("bad", "good"):
        bounds = documents["intervals"]["test"]["per_class"][name]
        assert set(bounds) == set(documents["metrics"]["test"]["per_class"][name]) - {"rows"}
    compared = documents["comparison"]["validation"]
    assert compared["main"] == "accuracy"
    assert set(compared["baselines"]["linear"]["differences"]) == measured - {"per_class"}
    assert set(compared["baselines"]["linear"]["intervals"]) == measured - {"per_class"}
    assert compared["baselines"]["linear"]["metrics"]["rows"] == 40


def test_threshold_chosen_on_validation_counts_everywhere():
    validation = two_classes([0.1, 0.3, 0.35, 0.4], [0, 0, 1, 1])  # all is right between 0.3 and 0.35
    test = two_classes([0.2, 0.34, 0.36], [1, 1, 0])  # on which another one would be better
    result = judge({"test": test, "validation": validation}, BINARY, threshold="best_f1")
    assert 0.3 < result.rule.decision.threshold < 0.34
    assert result.answers["validation"].decided.tolist() == [0, 0, 1, 1]
    assert result.answers["test"].decided.tolist() == [0, 1, 1]
    assert result.documents["metrics"]["test"]["accuracy"] == pytest.approx(1 / 3)
    assert result.tables["confusion"]["rows"].tolist() == [0, 1, 1, 1]


def test_stated_threshold():
    parts = {"test": two_classes([0.2, 0.9, 0.6], [0, 1, 0]), "validation": two_classes([0.3], [0])}
    result = judge(parts, BINARY, threshold_values={"value": 0.7})
    assert result.answers["test"].decided.tolist() == [0, 1, 0]
    assert result.documents["metrics"]["test"]["accuracy"] == 1.0


def test_temperature_is_learnt_on_validation_and_changes_probabilities_everywhere():
    sure = two_classes(np.full(40, 0.99), np.arange(40) % 4 != 0)  # says 99 %, is right in 75 %
    test = two_classes([0.99, 0.5, 0.01], [1, 1, 0])
    result = judge({"test": test, "validation": sure}, BINARY, calibration="temperature")
    assert result.rule.temperature > 1
    assert result.answers["validation"].predicted[:, 1] == pytest.approx(0.75, abs=1e-3)
    assert result.answers["test"].predicted[:, 1] == pytest.approx([0.75, 0.5, 0.25], abs=1e-3)
    assert result.documents["metrics"]["validation"]["expected_calibration_error"] < 1e-3


def test_baselines_get_a_threshold_of_their_own_from_their_answers_for_validation():
    network = {"test": two_classes([0.9, 0.8, 0.1], [1, 1, 0]), "validation": two_classes([0.9, 0.1], [1, 0])}
    timid = {  # all is right between 0.1 and 0.3 on validation, and below 0.15 on test
        "test": two_classes([0.25, 0.15, 0.1], [1, 1, 0]),
        "validation": two_classes([0.3, 0.1], [1, 0]),
    }
    table = baseline("timid", timid, BINARY)
    told = judge(network, BINARY, table, threshold="best_f1").documents["comparison"]["test"]
    assert told["baselines"]["timid"]["metrics"]["accuracy"] == pytest.approx(2 / 3)
    told = judge(network, BINARY, table).documents["comparison"]["test"]  # fixed at 0.5
    assert told["baselines"]["timid"]["metrics"]["accuracy"] == pytest.approx(1 / 3)


def test_verdicts_on_a_regression_mind_that_errors_are_better_small():
    random = np.random.default_rng(0)
    target = random.normal(size=60)
    good, poor = target + 0.01, target + random.normal(1, 0.5, 60)
    parts = {part: values(good, target) for part in ("test", "validation")}
    table = baseline("poor", {part: values(poor, target) for part in parts}, VALUES)
    gaps = judge(parts, VALUES, table).documents["comparison"]["test"]["baselines"]["poor"]["differences"]
    assert gaps["rmse"]["difference"] < gaps["rmse"]["high"] < 0
    assert gaps["r2"]["low"] > 0
    assert {gaps[name]["verdict"] for name in ("rmse", "mae", "r2", "max_error")} == {"better"}
    told = judge({part: values(poor, target) for part in parts}, VALUES, baseline("good", parts, VALUES))
    gaps = told.documents["comparison"]["test"]["baselines"]["good"]["differences"]
    assert {gaps[name]["verdict"] for name in ("rmse", "mae", "r2", "max_error")} == {"worse"}


@pytest.mark.parametrize("schema", [BINARY, VALUES], ids=lambda schema: schema.task)
@pytest.mark.parametrize("empty", [("test",), ("validation",), ("test", "validation")], ids="+".join)
@pytest.mark.parametrize("changed", [{}, {"threshold": "best_f1", "calibration": "temperature"}], ids=str)
def test_empty_parts(schema, empty, changed):
    parts = {part: random_answers(schema, 0 if part in empty else 30) for part in ("test", "validation")}
    table = baseline("same", parts, schema)
    result = judge(parts, schema, table, **changed)
    for part in empty:
        assert result.documents["metrics"][part] == {"rows": 0}
        assert result.documents["intervals"][part] == {}
        compared = result.documents["comparison"][part]["baselines"]
        assert all(told["differences"] == {} for told in compared.values())
        assert f"{part}: no rows, nothing measured" in result.notes
    json.dumps(result.documents, allow_nan=False)
    assert len(result.tables["worst"]) == min(len(parts["test"]), 50)


def test_metrics_are_the_same_from_the_stored_predictions(tmp_path):
    parts = {part: random_answers(BINARY, 50, ties=False) for part in ("test", "validation")}
    result = judge(parts, BINARY)
    stored = prediction_table(result.answers, classes=BINARY.classes).query("part == 'test'")
    metrics = result.documents["metrics"]["test"]
    assert (stored["target"] == stored["prediction"]).mean() == metrics["accuracy"]
    chance = np.where(stored["target"] == "good", stored["probability.good"], stored["probability.bad"])
    assert -np.log(chance).mean() == pytest.approx(metrics["log_loss"], rel=1e-12)


def test_not_finite_names_its_part():
    parts = {"test": values([1.0], [1.0]), "validation": values([np.inf, 1.0], [1.0, 2.0])}
    with pytest.raises(ValueError, match="1 of the 2 rows of the validation part"):
        judge(parts, VALUES)


def test_no_resamples_no_intervals_and_no_verdicts():
    parts = {part: random_answers(BINARY, 30) for part in ("test", "validation")}
    result = judge(parts, BINARY, baseline("same", parts, BINARY), bootstrap_resamples=0, min_slice_rows=1)
    assert result.documents["intervals"]["test"]["accuracy"] is None
    gap = result.documents["comparison"]["test"]["baselines"]["same"]["differences"]["accuracy"]
    assert gap == {"difference": 0.0, "low": None, "high": None, "verdict": None}
    assert result.tables["slices"]["low"].isna().all()
    assert result.notes == []


def test_same_seed_same_result_and_another_one_other_intervals():
    parts = {part: random_answers(BINARY, 60) for part in ("test", "validation")}
    first, same, other = (judge(parts, BINARY, seed=seed).documents for seed in (1, 1, 2))
    assert first == same
    assert first["metrics"] == other["metrics"]
    assert first["intervals"]["test"]["accuracy"] != other["intervals"]["test"]["accuracy"]
    assert first["intervals"]["test"] != first["intervals"]["validation"]  # draws of their own


@pytest.mark.parametrize(
    "wrong",
    [
        {"threshold_values": {"value": 1.5}},
        {"threshold_values": {"value": "0.5"}},
        {"batch_size": 0},
        {"batch_size": True},
        {"weighted": "yes"},
        {"confidence": 1.0},
        {"bootstrap_resamples": -1},
        {"slices": "some"},
        {"slices": [1]},
        {"slice_quantiles": 1},
    ],
    ids=str,
)
def test_settings_refuse(wrong):
    name = next(iter(wrong)).removesuffix("_values")
    with pytest.raises(ValueError, match=name):
        settings(**wrong)


@pytest.mark.parametrize(
    ("threshold", "called"), [("best_f1", "best_f1"), ("precision", "precision"), ("fixed", "fixed")]
)
def test_choices_are_called_as_their_files(threshold, called):
    assert settings(threshold=threshold).threshold_name == called
    assert settings().calibration_name == "none"
    assert settings(calibration="temperature").calibration_name == "temperature"


def test_arguments_stay_unchanged():
    parts = {part: random_answers(BINARY, 30) for part in ("test", "validation")}
    before = [dataclasses.replace(each, predicted=each.predicted.copy()) for each in parts.values()]
    judge(parts, BINARY, calibration="temperature", threshold="youden")
    for each, kept in zip(parts.values(), before, strict=True):
        assert np.array_equal(each.predicted, kept.predicted)
        assert each.decided is None
