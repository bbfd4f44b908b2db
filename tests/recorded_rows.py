"""What stands in an MLflow store, and what should by the files of a run."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlparse

import pandas as pd
import yaml

BESIDES_SECTIONS = ("choices", "overrides")


class Row(NamedTuple):
    """One run in MLflow, without what differs between two stores: ids and times."""

    name: str
    status: str
    parameters: dict[str, str]
    metrics: dict[str, float]
    epochs: dict[str, list[tuple[int, float]]]
    tags: dict[str, str]
    artifacts: tuple[str, ...]
    models: int
    datasets: tuple[tuple[str, str, str], ...]


def read_rows(uri: str, *, experiment: str = "credit") -> dict[str, Row]:
    """Every row of `experiment` by its key; a key that two rows have is a failure."""
    client = open_store(uri)
    found = client.get_experiment_by_name(experiment)
    runs = client.search_runs([found.experiment_id]) if found else []
    rows = {run.data.tags["upcurve.key"]: _row(client, run) for run in runs}
    assert len(rows) == len(runs), "two rows with one key"
    return rows


def open_store(uri: str) -> Any:
    """A client of the store as it is now: MLflow keeps a file open even where it was made anew."""
    from mlflow import MlflowClient

    if uri.startswith("sqlite:///"):
        copy = Path(tempfile.mkdtemp()) / "mlflow.db"
        with (
            closing(sqlite3.connect(uri.removeprefix("sqlite:///"))) as store,
            closing(sqlite3.connect(copy)) as target,
        ):
            store.backup(target)
        uri = f"sqlite:///{copy}"
    return MlflowClient(tracking_uri=uri)


def of(project: Path) -> str:
    """The address of a project's own store."""
    return f"sqlite:///{project / 'mlflow.db'}"


def assert_same(rows: Mapping[str, Row], expected: Mapping[str, Row]) -> None:
    """Two stores hold the same rows; what differs is named."""
    assert set(rows) == set(expected)
    for key, row in rows.items():
        for field, ours, theirs in zip(Row._fields, row, expected[key], strict=True):
            differing = [set(map(str, each)) for each in (items(ours), items(theirs))]
            assert ours == theirs, f"{field} of {row.name}: {differing[0] ^ differing[1]}"


def items(field: object) -> Iterable[object]:
    """The parts of a field, whatever it is."""
    if isinstance(field, Mapping):
        return field.items()
    return field if isinstance(field, tuple) else (field,)


def key_of(project: Path) -> str:
    """The key of the run in the workspace."""
    return str(json.loads((project / "data" / "record" / "record.json").read_text())["key"])


def _row(client: Any, run: Any) -> Row:
    identity, data = run.info.run_id, run.data
    epochs = {
        name: sorted((metric.step, metric.value) for metric in client.get_metric_history(identity, name))
        for name in data.metrics
        if "/" not in name
    }
    ours = {name: text for name, text in data.tags.items() if not name.startswith("mlflow.")}
    ours |= {name: data.tags.get(name, "") for name in ("mlflow.note.content", "mlflow.source.git.commit")}
    ours.pop("upcurve.process", None)
    datasets = [
        (each.dataset.name, each.dataset.digest, each.tags[0].value) for each in run.inputs.dataset_inputs
    ]
    return Row(
        run.info.run_name,
        run.info.status,
        dict(data.params),
        dict(data.metrics),
        epochs,
        ours,
        tuple(sorted(_artifacts(client, run))),
        sum(_has_files(client, each.model_id) for each in run.outputs.model_outputs) if run.outputs else 0,
        tuple(sorted(datasets)),
    )


def _has_files(client: Any, model: str) -> bool:
    place = urlparse(client.get_logged_model(model).artifact_location)
    if place.scheme == "file":  # from the disk: MLflow remembers where a model's files were
        return Path(unquote(place.path), "MLmodel").is_file()
    return "MLmodel" in {each.path for each in client.list_logged_model_artifacts(model)}


def _artifacts(client: Any, run: Any) -> Iterator[str]:
    """The files of a run; those on this machine from the disk, since MLflow remembers where a run's were."""
    place = urlparse(run.info.artifact_uri)
    if place.scheme == "file":
        folder = Path(unquote(place.path))
        yield from (str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())
    else:
        yield from _served(client, run.info.run_id)


def _served(client: Any, run: str, folder: str = "") -> Iterator[str]:
    for each in client.list_artifacts(run, folder or None):
        if each.is_dir:
            yield from _served(client, run, each.path)
        else:
            yield each.path


def check_row(row: Row, project: Path) -> None:
    """Hold a row against the files of the run in the workspace of `project`."""
    data = project / "data"
    record = json.loads((data / "record" / "record.json").read_text())
    config = yaml.safe_load((data / "config.yaml").read_text())
    assert row.status == "FINISHED"
    assert row.name == record["name"]
    sections = {name: each for name, each in config.items() if name not in BESIDES_SECTIONS}
    assert len(row.parameters) == len(list(_leaves(sections))) + len(config["choices"])
    assert row.parameters["train.learning_rate"] == str(config["train"]["learning_rate"])
    assert_metrics(row, json.loads((data / "evaluate" / "metrics.json").read_text()))
    history = pd.read_csv(data / "train" / "history.csv")
    for name in history.columns.drop("epoch"):
        steps = list(zip(history["epoch"], history[name], strict=True))
        assert row.epochs[name] == [(int(step), float(value)) for step, value in steps], name
    assert {part for _, _, part in row.datasets} == {"train", "validation", "test"}
    assert len({digest for _, digest, _ in row.datasets}) == 3
    lock = yaml.safe_load((project / "dvc.lock").read_text())["stages"]
    assert row.tags["dvc.train"] == lock["train"]["outs"][0]["md5"]
    figures = [f"figures/{file.name}" for file in (data / "record" / "figures").iterdir()]
    assert figures
    wanted = {"report.html", "config.yaml", "requirements.txt", "evaluate/predictions.parquet", *figures}
    assert wanted <= set(row.artifacts)
    assert row.models == 1


def assert_metrics(row: Row, metrics: Mapping[str, Any]) -> None:
    """Every number that was measured is there, and no other of these names is."""
    expected = {"/".join(key): value for key, value in _leaves(metrics) if isinstance(value, int | float)}
    there = {
        name: value
        for name, value in row.metrics.items()
        if name.startswith(("test/", "validation/")) and not name.endswith(("_low", "_high"))
    }
    assert there == expected
    assert (
        row.metrics["test/accuracy_low"] <= row.metrics["test/accuracy"] <= row.metrics["test/accuracy_high"]
    )
    assert row.metrics["baseline/linear/accuracy"] > 0
    assert "baseline/linear/accuracy_difference_low" in row.metrics
    assert row.tags["verdict.linear"] in ("better", "worse", "not distinguishable")


def _leaves(tree: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*above, str(name)))
        else:
            yield (*above, str(name)), value
