"""The gates: held or failed, by the number that decides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from stages.bundle.gates import Gate, Judged, champion_gate, gates
from stages.settings.gates import GateSettings

DEFAULTS = {
    "metric": "main",
    "baselines": "all",
    "slice_floor": None,
    "slice_min_rows": 50,
    "max_calibration_error": None,
    "champion": "ignore",
}


def gap(difference: float, low: float, high: float, verdict: str | None) -> dict[str, Any]:
    return {"difference": difference, "low": low, "high": high, "verdict": verdict}


def judged(main: str = "accuracy", **differences: dict[str, Any]) -> Judged:
    baselines = {name: {"differences": {main: each}} for name, each in differences.items()}
    slices = pd.DataFrame(
        [
            ("Job", "fixed", 300, "accuracy", 0.81),
            ("Job", "other", 60, "accuracy", 0.62),
            ("Job", "tiny", 20, "accuracy", 0.1),
            ("Job", "fixed", 300, "rmse", 5.0),
            ("Home", "rent", 90, "rmse", 9.0),
            ("Home", "rent", 90, "f1", 0.0),
            ("Home", "none", 90, "accuracy", None),
        ],
        columns=["column", "slice", "rows", "metric", "value"],
    )
    metrics = {main: 0.8, "expected_calibration_error": 0.12}
    return Judged(metrics, {"main": main, "baselines": baselines}, slices)


def asked(told: Judged, **settings: Any) -> list[Gate]:
    return list(gates(told, GateSettings.model_validate(DEFAULTS | settings)))


def test_better_than_every_baseline() -> None:
    told = judged(
        linear=gap(0.03, 0.01, 0.05, "better"), boosting=gap(0.01, -0.012, 0.03, "not distinguishable")
    )
    first, second = asked(told)
    assert first == Gate("baseline linear", True, 0.01, 0.0, "accuracy +0.03 [+0.01, +0.05], better")
    assert (second.held, second.value, second.limit) == (False, -0.012, 0.0)
    assert second.words == (
        "accuracy +0.01 [-0.012, +0.03], not distinguishable; all of it must be above 0, 0.012 lacking"
    )
    assert [gate.name for gate in asked(told, baselines=("linear",))] == ["baseline linear"]
    assert asked(told, baselines=()) == []


def test_less_of_an_error_is_better() -> None:
    told = judged(
        "rmse", linear=gap(-3.0, -5.0, -1.0, "better"), boosting=gap(2.0, -1.0, 5.0, "not distinguishable")
    )
    first, second = asked(told)
    assert (first.held, first.value) == (True, -1.0)
    assert (second.held, second.value) == (False, 5.0)
    assert second.words.endswith("all of it must be below 0, 5 lacking")


def test_no_interval_is_no_proof() -> None:
    (gate,) = asked(judged(linear=gap(0.5, None, None, None)))  # type: ignore[arg-type]
    assert (gate.held, gate.words) == (False, "accuracy: no interval of the difference, so nothing is sure")


def test_a_baseline_that_was_not_fitted() -> None:
    with pytest.raises(ValueError, match=r"asks for the baseline 'lineer', .* Did you mean 'linear'\?"):
        asked(judged(linear=gap(0.1, 0.1, 0.1, "better")), baselines=("lineer",))


def test_the_worst_slice() -> None:
    (gate,) = asked(judged(), slice_floor=0.7)
    assert gate == Gate(
        "worst slice",
        False,
        0.62,
        0.7,
        "accuracy 0.62 in Job = other (60 rows), at least 0.7 asked; 0.08 lacking",
    )
    assert asked(judged(), slice_floor=0.62)[0].held
    assert asked(judged(), slice_floor=0.7, slice_min_rows=100)[0].value == 0.81
    assert asked(judged(), slice_floor=0.7, slice_min_rows=1)[0].value == 0.1
    (nothing,) = asked(judged(), slice_floor=0.7, slice_min_rows=1000)
    assert (nothing.held, nothing.value) == (True, None)


def test_the_worst_slice_of_an_error() -> None:
    (gate,) = asked(judged("rmse"), slice_floor=6.0)
    assert (gate.held, gate.value) == (False, 9.0)
    assert gate.words == "rmse 9 in Home = rent (90 rows), at most 6 asked; 3 lacking"


def test_calibration() -> None:
    (gate,) = asked(judged(), max_calibration_error=0.1)
    assert (gate.name, gate.held, gate.value, gate.limit) == ("calibration", False, 0.12, 0.1)
    assert gate.words == "expected calibration error 0.12, at most 0.1 asked; 0.02 lacking"
    assert asked(judged(), max_calibration_error=0.12)[0].held
    regression = judged("rmse")._replace(metrics={"rmse": 1.0})
    assert asked(regression, max_calibration_error=0.1) == []


@pytest.mark.parametrize(
    ("row", "not_worse", "better"),
    [
        (gap(0.03, 0.01, 0.05, "better"), True, True),
        (gap(-0.01, -0.03, 0.01, "not distinguishable"), True, False),
        (gap(-0.03, -0.05, -0.01, "worse"), False, False),
    ],
)
def test_the_champion(row: dict[str, Any], not_worse: bool, better: bool) -> None:
    first = champion_gate("version 3", "accuracy", row, wanted="not_worse")
    second = champion_gate("version 3", "accuracy", row, wanted="better")
    assert (first.held, second.held) == (not_worse, better)
    assert first.name == "champion version 3"
    assert (first.value, second.value) == (row["high"], row["low"])
    if not not_worse:
        assert first.words.endswith("worse; some of it must be above 0, 0.01 lacking")


def test_the_file_of_gates_is_valid(root: Path) -> None:
    values = yaml.safe_load((root / "conf/promote.yaml").read_text(encoding="utf-8"))
    assert set(values) == set(GateSettings.model_fields)
    GateSettings.model_validate(values)


def test_another_metric_is_asked_for() -> None:
    told = judged(linear=gap(0.03, 0.01, 0.05, "better"))
    baseline = {
        "differences": {"accuracy": gap(0, -1, 1, "worse"), "log_loss": gap(-0.2, -0.3, -0.1, "better")}
    }
    told = told._replace(
        metrics={"accuracy": 0.8, "log_loss": 0.4, "rows": 9},
        comparison={"main": "accuracy", "baselines": {"linear": baseline}},
    )
    (gate,) = asked(told, metric="log_loss")
    assert (gate.held, gate.value) == (True, -0.1)
    with pytest.raises(
        ValueError, match=r"asks for the metric .logloss., but the run has .accuracy., .log_loss."
    ):
        asked(told, metric="logloss")
    with pytest.raises(ValueError, match=r"slices are measured by .accuracy."):
        asked(told, metric="log_loss", slice_floor=0.5)
