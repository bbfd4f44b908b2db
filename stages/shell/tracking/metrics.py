"""The numbers of a run: its epochs, what was measured in the end with intervals, and the baselines."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from stages.shell.page import leaves
from stages.shell.tracking.names import REFUSED, metric_names

if TYPE_CHECKING:
    import pandas as pd

BOUNDS = ("low", "high")
COMPARED = (
    "accuracy",
    "balanced_accuracy",
    "f1_macro",
    "roc_auc",
    "log_loss",
    "mean_cost",
    "rmse",
    "mae",
    "r2",
)
"""Metrics of the baselines that become columns in MLflow; the artifact comparison.json has all of them."""


class Number(NamedTuple):
    """One value of one metric."""

    name: str
    value: float
    step: int = 0


def epochs(data: Path) -> Iterator[Number]:
    """Yield what was measured after each epoch."""
    for epoch, row in _history(data).iterrows():
        for name, value in row.items():
            if math.isfinite(value):
                yield Number(str(name), float(value), int(str(epoch)))


def results(data: Path) -> Iterator[Number]:
    """Yield the final metrics with their intervals, the best epoch, and the baselines."""
    yield from _best_epoch(data)
    yield from _measured(
        read_document(data / "evaluate" / "metrics.json"),
        read_document(data / "evaluate" / "intervals.json"),
    )
    yield from _baselines(read_document(data / "evaluate" / "comparison.json").get("test", {}))


def verdict_tags(data: Path) -> dict[str, str]:
    """Return, for each baseline, whether the network is better on the main metric of the test part."""
    test = read_document(data / "evaluate" / "comparison.json").get("test", {})
    differences = {name: each.get("differences", {}) for name, each in test.get("baselines", {}).items()}
    found = {name: each.get(test.get("main"), {}).get("verdict") for name, each in differences.items()}
    return {f"verdict.{REFUSED.sub('_', name)}": verdict for name, verdict in found.items() if verdict}


def read_document(path: Path) -> dict[str, Any]:
    """Return a JSON document; an empty one where the file is not there."""
    if not path.exists():
        return {}
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def _best_epoch(data: Path) -> Iterator[Number]:
    best = read_document(data / "train" / "training.json").get("best_epoch")
    if not best:
        return
    yield Number("best_epoch", float(best))
    history = _history(data)
    if "val_loss" in history and best in history.index:
        yield Number("best_val_loss", float(history["val_loss"][best]))


def _history(data: Path) -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(data / "train" / "history.csv").set_index("epoch")


def _measured(metrics: Mapping[str, Any], intervals: Mapping[str, Any]) -> Iterator[Number]:
    names = metric_names(metrics)
    for key, value in leaves(metrics):
        if _is_number(value):
            yield Number(names[key], float(value))
    for key, interval in leaves(intervals):
        if key in names and isinstance(interval, list):
            yield from _bounds(names[key], interval)


def _baselines(test: Mapping[str, Any]) -> Iterator[Number]:
    for name, baseline in test.get("baselines", {}).items():
        for metric in COMPARED:
            place = f"baseline/{REFUSED.sub('_', name)}/{metric}"
            difference = baseline.get("differences", {}).get(metric, {})
            yield from _bounded(
                place, baseline.get("metrics", {}).get(metric), baseline.get("intervals", {}).get(metric)
            )
            yield from _bounded(
                f"{place}_difference", difference.get("difference"), [difference.get(end) for end in BOUNDS]
            )


def _bounded(name: str, value: object, interval: Any) -> Iterator[Number]:
    if isinstance(value, int | float) and math.isfinite(value):
        yield Number(name, float(value))
        yield from _bounds(name, interval)


def _bounds(name: str, interval: Any) -> Iterator[Number]:
    for bound, value in zip(BOUNDS, interval or (), strict=False):
        if _is_number(value):
            yield Number(f"{name}_{bound}", float(value))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
