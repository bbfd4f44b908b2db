"""How MLflow's UI shows the runs of an experiment: sorted by the main metric, curves over each other.

MLflow keeps a shared view as a tag of the experiment, ``mlflow.sharedViewState.<key>``, and shows it where
the address carries ``viewStateShareKey=<key>`` (read off MLflow 3.17's own "share" button).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow import MlflowClient

VIEW = "upcurve"
TAG = f"mlflow.sharedViewState.{VIEW}"
SHOWN = ("accuracy", "roc_auc", "f1_macro", "log_loss", "rmse", "mae", "r2")
"""Metrics of the test part that get a column and a chart, the main one of the task first."""
SMALLER_IS_BETTER = ("rmse",)
CURVES = ("loss", "accuracy", "mean_absolute_error", "mae", "auc", "AUC")
"""Metrics of each epoch that are drawn, train beside validation, where a run has them."""


def publish_view(client: MlflowClient, experiment: str, metrics: Collection[str]) -> None:
    """Write the view of `experiment`, whose runs have these `metrics`; no call where it is there already."""
    wanted = json.dumps(view_state(metrics), sort_keys=True)
    tags: Mapping[str, str] = client.get_experiment(experiment).tags
    if tags.get(TAG) != wanted:
        client.set_experiment_tag(experiment, TAG, wanted)
        client.set_experiment_tag(experiment, "mlflow.experimentKind", "custom_model_development")


def view_state(metrics: Collection[str]) -> dict[str, Any]:
    """Return the state of MLflow's page of runs: order, columns and charts.

    Examples
    --------
    >>> state = view_state(["loss", "val_loss", "test/rmse", "test/r2"])
    >>> state["orderByKey"], state["orderByAsc"], [chart["metricKey"] for chart in state["compareRunCharts"]]
    ('metrics.`test/rmse`', True, ['loss', 'test/rmse', 'test/r2'])
    """
    shown = [f"test/{name}" for name in SHOWN if f"test/{name}" in metrics]
    main = shown[0] if shown else "val_loss"
    columns = [main, f"{main}_low", f"{main}_high", *shown[1:]]
    return {
        "orderByKey": _key("metrics", main),
        "orderByAsc": main == "val_loss" or main.removeprefix("test/") in SMALLER_IS_BETTER,
        "selectedColumns": [
            _key("attributes", "Dataset"),
            _key("attributes", "Models"),
            *(_key("metrics", name) for name in columns if name in metrics),
            _key("params", "model"),
        ],
        "compareRunSections": [_section("curves", "Learning curves"), _section("test", "Test part")],
        "compareRunCharts": [*_curves(metrics), *(_bar(name) for name in shown)],
    } | UNCHANGED


UNCHANGED: dict[str, Any] = {
    "searchFilter": "",
    "startTime": "ALL",
    "lifecycleFilter": "Active",
    "datasetsFilter": [],
    "modelVersionFilter": "All Runs",
    "runsExpanded": {},
    "runsPinned": [],
    "runsHidden": [],
    "runsHiddenMode": "FIRST_10_RUNS",
    "runsVisibilityMap": {},
    "viewMaximized": False,
    "runListHidden": False,
    "isAccordionReordered": True,
    "useGroupedValuesInCharts": True,
    "hideEmptyCharts": True,
    "groupBy": None,
    "autoRefreshEnabled": True,
}
"""The rest of the page's state, as MLflow has it by default."""


def _key(kind: str, name: str) -> str:
    return f"{kind}.`{name}`"


def _section(identity: str, name: str) -> dict[str, Any]:
    shown = {"display": True, "isReordered": True, "deleted": False, "isGenerated": True}
    return {"uuid": identity, "name": name} | shown


def _curves(metrics: Collection[str]) -> Iterator[dict[str, Any]]:
    for name in CURVES:
        pair = [each for each in (name, f"val_{name}") if each in metrics]
        if pair:
            yield _chart("LINE", pair, section="curves") | {
                "scaleType": "linear",
                "xAxisScaleType": "linear",
                "xAxisKey": "step",
                "yAxisKey": "metric",
                "yAxisExpressions": [],
                "selectedXAxisMetricKey": "",
                "lineSmoothness": 0,
                "ignoreOutliers": False,
                "useGlobalLineSmoothing": False,
                "useGlobalXaxisKey": False,
                "range": {},
            }


def _bar(name: str) -> dict[str, Any]:
    return _chart("BAR", [name], section="test")


def _chart(kind: str, names: Sequence[str], *, section: str) -> dict[str, Any]:
    return {
        "uuid": f"{section}-{names[0]}",
        "type": kind,
        "runsCountToCompare": 10,
        "metricSectionId": section,
        "deleted": False,
        "isGenerated": True,
        "metricKey": names[0],
        "selectedMetricKeys": list(names),
    }
