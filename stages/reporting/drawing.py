"""The figures of a run, drawn from its tables."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from matplotlib.figure import Figure

from stages.figures.calibration import calibration
from stages.figures.comparison import NETWORK, comparison
from stages.figures.confusion_matrix import confusion_matrix
from stages.figures.importances import importances
from stages.figures.learning_curves import learning_curves
from stages.figures.precision_recall import precision_recall
from stages.figures.prediction_against_truth import prediction_against_truth
from stages.figures.residuals import residuals
from stages.figures.roc import roc
from stages.figures.slices import slices
from stages.figures.threshold_curve import threshold_curve
from stages.figures.vector import svg
from stages.reporting.contents import Contents, bounds
from stages.reporting.names import DRAWN, label
from stages.reporting.ranking import ranked_slices

BINARY = "binary"


def draw_figures(contents: Contents) -> dict[str, str]:
    """Return the figures that fit the task, by name, as SVG; those whose table has no rows are left out."""
    return {name: svg(figure, name=name) for name, figure in _figures(contents)}


def _figures(contents: Contents) -> Iterator[tuple[str, Figure]]:
    tables = contents.tables
    if len(tables["history"]):
        best = int(contents.documents["training"]["best_epoch"])
        yield "learning_curves", learning_curves(tables["history"], best_epoch=best)
    if contents.comparison()["baselines"] and contents.metrics().get("rows"):
        yield "comparison", comparison(comparison_table(contents))
    yield from _of_classes(contents) if contents.classes else _of_values(contents)
    ranked = ranked_slices(tables["slices"], metric=contents.main)
    overall = contents.metrics().get(contents.main)
    if len(ranked) and overall is not None:
        yield "slices", slices(ranked, overall=overall, metric=label(contents.main))
    if len(tables["importance"]):
        named = tables["importance"].assign(metric=tables["importance"]["metric"].map(label))
        yield "importances", importances(named)


def _of_classes(contents: Contents) -> Iterator[tuple[str, Figure]]:
    tables, per_class = contents.tables, contents.metrics().get("per_class", {})
    threshold = contents.documents["decision"]["threshold"] if contents.task == BINARY else None
    if len(tables["confusion"]):
        yield "confusion", confusion_matrix(tables["confusion"])
    for name, draw, metric in (
        ("roc", roc, "roc_auc"),
        ("precision_recall", precision_recall, "pr_auc"),
    ):
        if len(tables[name]):
            areas = {each: measured.get(metric) for each, measured in per_class.items()}
            yield name, draw(tables[name], areas=areas, threshold=threshold)
    if len(tables["calibration"]):
        yield "calibration", calibration(tables["calibration"])
    if len(tables["threshold"]) and threshold is not None:
        yield "threshold", threshold_curve(tables["threshold"], threshold=threshold)


def _of_values(contents: Contents) -> Iterator[tuple[str, Figure]]:
    table = contents.tables["residuals"]
    if len(table):
        yield "prediction_against_truth", prediction_against_truth(table)
        yield "residuals", residuals(table)


def comparison_table(contents: Contents) -> pd.DataFrame:
    """Return metric, model, value, low and high of the network and every baseline on the test part."""
    measured = contents.metrics()
    rows = []
    for metric in DRAWN[contents.task]:
        if measured.get(metric) is None:
            continue
        rows.append((label(metric), NETWORK, measured[metric], contents.interval(metric)))
        for name, baseline in contents.comparison()["baselines"].items():
            if baseline["metrics"].get(metric) is not None:
                interval = bounds(baseline["intervals"].get(metric))
                rows.append((label(metric), name, baseline["metrics"][metric], interval))
    spread = [(*row[:3], *(row[3] or (None, None))) for row in rows]
    table = pd.DataFrame(spread, columns=["metric", "model", "value", "low", "high"])
    return table.astype({"value": float, "low": float, "high": float})
