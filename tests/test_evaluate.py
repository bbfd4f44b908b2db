"""The stage `evaluate`: its pure function, and the whole stage on a small network."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from stages.evaluate import evaluate
from stages.examples.schema import Schema
from stages.metrics.answers import Answers
from stages.metrics.judgement import PLOTS
from stages.settings.evaluate import EvaluateSettings

BINARY = Schema(dataset="d", task="binary", target="t", classes=("bad", "good"), features=())
VALUES = Schema(dataset="d", task="regression", target="t", features=())
DEFAULTS = {"threshold": 0.5, "weighted": True, "calibration_bins": 15, "plot_points": 1000, "batch_size": 64}
FILES = {"calibration", "confusion", "precision_recall", "residuals", "roc"}


def settings(**changed):
    return EvaluateSettings(**{**DEFAULTS, **changed})


def classes(positive, target):
    positive = np.asarray(positive, dtype=float)
    ids = np.array([f"f:{row}" for row in range(len(target))], dtype=object)
    return Answers(ids, np.asarray(target), np.column_stack([1 - positive, positive]))


def values(predicted, target):
    ids = np.array([f"f:{row}" for row in range(len(target))], dtype=object)
    return Answers(ids, np.asarray(target, dtype=float), np.asarray(predicted, dtype=float))


def filled(curves):
    """Every task writes the same files, with the same columns; those of other tasks hold no rows."""
    assert {name: tuple(table) for name, table in curves.items()} == PLOTS
    assert set(curves) == FILES
    return {name for name, table in curves.items() if len(table)}


def test_binary():
    parts = {"test": classes([0.2, 0.9, 0.6], [0, 1, 0]), "validation": classes([0.3, 0.8], [0, 1])}
    result = evaluate(parts, schema=BINARY, settings=settings())
    assert list(result.metrics) == ["test", "validation"]
    assert result.metrics["test"]["accuracy"] == pytest.approx(2 / 3)
    assert result.metrics["validation"]["accuracy"] == 1.0
    assert result.predictions["part"].tolist() == ["test"] * 3 + ["validation"] * 2
    assert result.predictions["prediction"].tolist() == ["bad", "good", "good", "bad", "good"]
    assert filled(result.curves) == FILES - {"residuals"}
    assert result.curves["confusion"]["rows"].tolist() == [1, 1, 0, 1]
    assert result.notes == []


def test_regression():
    parts = {"test": values([1.0, 3.0], [1.0, 2.0]), "validation": values([0.0], [0.0])}
    result = evaluate(parts, schema=VALUES, settings=settings())
    assert result.metrics["test"]["mae"] == 0.5
    assert result.metrics["validation"]["r2"] is None
    assert filled(result.curves) == {"residuals"}
    assert result.notes[0] == "validation: r2 is not defined: all targets are equal"


def test_threshold_changes_the_table_too():
    parts = {"test": classes([0.2, 0.9, 0.6], [0, 1, 0])}
    result = evaluate(parts, schema=BINARY, settings=settings(threshold=0.7))
    assert result.predictions["prediction"].tolist() == ["bad", "good", "bad"]
    assert result.metrics["test"]["accuracy"] == 1.0
    assert result.curves["confusion"]["rows"].tolist() == [2, 0, 0, 1]


@pytest.mark.parametrize("schema", [BINARY, VALUES])
def test_empty_parts(schema):
    none = classes([], np.zeros(0, int)) if schema is BINARY else values([], [])
    result = evaluate({"test": none}, schema=schema, settings=settings())
    assert result.metrics == {"test": {"rows": 0}}
    assert filled(result.curves) == set()
    assert result.notes == ["test: no rows, nothing measured"]


def test_metrics_are_the_same_from_the_stored_predictions(tmp_path):
    random = np.random.default_rng(0)
    parts = {"test": classes(random.random(50).astype(np.float32), random.integers(0, 2, 50))}
    result = evaluate(parts, schema=BINARY, settings=settings())
    result.predictions.to_parquet(tmp_path / "predictions.parquet")
    stored = pd.read_parquet(tmp_path / "predictions.parquet")
    right = stored["target"] == stored["prediction"]
    assert right.mean() == result.metrics["test"]["accuracy"]
    chance = np.where(stored["target"] == "good", stored["probability.good"], stored["probability.bad"])
    assert -np.log(chance).mean() == pytest.approx(result.metrics["test"]["log_loss"], rel=1e-12)


def test_not_finite_names_its_part():
    parts = {"test": values([1.0], [1.0]), "validation": values([np.inf, 1.0], [1.0, 2.0])}
    with pytest.raises(ValueError, match="1 of the 2 rows of the validation part"):
        evaluate(parts, schema=VALUES, settings=settings())


@pytest.mark.parametrize(
    "wrong",
    [{"threshold": 1.5}, {"threshold": "0.5"}, {"batch_size": 0}, {"batch_size": True}, {"weighted": "yes"}],
)
def test_settings_refuse(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        settings(**wrong)


def test_settings_take_whole_numbers_for_the_threshold():
    assert settings(threshold=1).threshold == 1.0
    assert json.loads(settings().model_dump_json()) == DEFAULTS
