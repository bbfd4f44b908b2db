"""What the tests of evaluate share: settings, answers and tables of baselines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from stages.examples.schema import FEATURE, Column, Schema
from stages.metrics.answers import Answers
from stages.settings.evaluate import EvaluateSettings

CONF = Path(__file__).resolve().parents[1] / "conf"
CELL = Column(name="cell", role="numeric")
BINARY = Schema(dataset="d", task="binary", target="t", classes=("bad", "good"), features=(CELL,))
THREE = Schema(dataset="d", task="multiclass", target="t", classes=("a", "b", "c"), features=(CELL,))
VALUES = Schema(dataset="d", task="regression", target="t", features=(CELL,))


def settings(**changed: Any) -> EvaluateSettings:
    """Return the section evaluate as the defaults compose it, few resamples; `changed` laid over it.

    `threshold` and `calibration` are names of choices; ``threshold_values`` change what the choice holds.
    """
    section = yaml.safe_load((CONF / "config.yaml").read_text())["evaluate"]
    for group, usual in (("threshold", "fixed"), ("calibration", "none")):
        file = CONF / "evaluate" / group / f"{changed.pop(group, usual)}.yaml"
        section[group] = yaml.safe_load(file.read_text()) | changed.pop(f"{group}_values", {})
    return EvaluateSettings(
        **(section | {"seed": 0, "bootstrap_resamples": 20, "importance_repeats": 2} | changed)
    )


def names(count: int) -> Any:
    """Return the ids of `count` rows."""
    return np.array([f"f:{row}" for row in range(count)], dtype=object)


def two_classes(positive: Any, target: Any, **more: Any) -> Answers:
    """Return answers to a binary task with these probabilities of the positive class."""
    positive = np.asarray(positive, dtype=float)
    shares = np.column_stack([1 - positive, positive])
    return Answers(names(len(positive)), np.asarray(target, dtype=np.int64), shares, **more)


def values(predicted: Any, target: Any, **more: Any) -> Answers:
    """Return answers to a regression."""
    target, predicted = np.asarray(target, dtype=float), np.asarray(predicted, dtype=float)
    return Answers(names(len(target)), target, predicted, **more)


def random_answers(schema: Schema, rows: int, *, seed: int = 0, ties: bool = True, **more: Any) -> Answers:
    """Return random answers that know something, many of them equal where there are `ties`."""
    random = np.random.default_rng(seed)
    if schema.task == "regression":
        target = random.normal(10, 2, rows)
        predicted = target + random.normal(0, 1, rows)
        return values(predicted.round(1) if ties else predicted, target.round(1) if ties else target, **more)
    count = len(schema.classes)
    target = random.integers(0, count, rows)
    shares = random.dirichlet(np.ones(count), rows) + 0.3 * np.eye(count)[target]
    shares = shares.round(1) + 0.01 if ties else shares
    return Answers(names(rows), target, shares / shares.sum(axis=1, keepdims=True), **more)


def features(rows: int) -> pd.DataFrame:
    """Return the raw feature column of `CELL`."""
    return pd.DataFrame({FEATURE + CELL.name: np.arange(rows, dtype=float)})


def no_baselines(schema: Schema) -> pd.DataFrame:
    """Return the table of answers of no baseline."""
    answered = [f"probability.{name}" for name in schema.classes] or ["value"]
    return pd.DataFrame(columns=["example_id", "part", "baseline", *answered])


def baseline(name: str, answers: dict[str, Answers], schema: Schema) -> pd.DataFrame:
    """Return the table of what one baseline answers."""
    answered = [f"probability.{name}" for name in schema.classes] or ["value"]
    tables = []
    for part, told in answers.items():
        table = pd.DataFrame({"example_id": told.example_id, "part": part, "baseline": name})
        table[answered] = told.predicted.reshape(len(told), len(answered))
        tables.append(table)
    return pd.concat(tables, ignore_index=True)
