"""One MLflow row, completed or rebuilt from the files of a run."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from stages.shell.store import ROOT, real_root
from stages.shell.tracking.client import (
    delete_twins,
    find_or_create_run,
    locked,
    open_client,
    open_experiment,
    read_config,
    run_key,
)
from stages.shell.tracking.description import description_tags, judgement_of
from stages.shell.tracking.files import send_files, send_model
from stages.shell.tracking.inputs import dataset_inputs
from stages.shell.tracking.metrics import Number, epochs, read_document, results, verdict_tags
from stages.shell.tracking.notes import find_note
from stages.shell.tracking.parameters import parameters, run_name
from stages.shell.tracking.processes import close_dead_runs
from stages.shell.tracking.tags import head, outputs_of, tags, versions
from stages.shell.tracking.view import SHOWN, publish_view

if TYPE_CHECKING:
    from mlflow import MlflowClient

__all__ = ["Origin", "parameters", "run_name", "write_row"]

ENTRIES_A_CALL = 100
METRICS_A_CALL = 700
"""MLflow takes 1000 entries in one call, and 100 parameters and tags each."""


class Origin(NamedTuple):
    """Where the files of a run come from, if not from the workspace."""

    outputs: Mapping[str, str]
    """DVC's hash of each stage's output."""
    time: float
    """When it ran, in seconds since 1970."""
    code: Path | None
    """Where the code lies that made them, in ``stages/``; None where it is gone."""


class Entries(NamedTuple):
    """What a row is to hold, beside files."""

    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    numbers: Sequence[Number]


def write_row(
    data: Path,
    root: Path = ROOT,
    *,
    key: str | None = None,
    recorded: Path | None = None,
    origin: Origin | None = None,
) -> str:
    """Complete the MLflow run of this configuration from the files in `data`; return its id.

    An upsert: a run that is there gets what it lacks, and only that.

    Parameters
    ----------
    data
        The outputs of the stages, a folder each, and config.yaml.
    root
        The project, for its commit, its dvc.lock and its source.
    key
        The run's key, where it was made before; computed where not given.
    recorded
        Where `record` writes its own output, while it runs; ``data/record`` by default.
    origin
        Where the files are from, if they are not the workspace's.
    """
    recorded = recorded or data / "record"
    config = read_config(data)
    client = open_client()
    experiment = open_experiment(client, config["record"]["experiment"])
    close_dead_runs(client, experiment)
    key = key or run_key(root)
    run = find_or_create_run(client, experiment, key, name=run_name(config), began=origin and origin.time)
    texts = _ties(config, root, recorded, origin) | verdict_tags(data)
    note = find_note(real_root(), key)
    texts |= description_tags(run.data.tags, note=note, judgement=judgement_of(data, config))
    curves, final = list(epochs(data)), list(results(data))
    _send(client, run, Entries(parameters(config), texts, list(_lacking(client, run, curves, final))))
    _send_inputs(client, run.info.run_id, list(dataset_inputs(data, config)))
    send_files(client, run.info.run_id, data, recorded)
    if config["record"]["model"]:
        model = send_model(client, run.info.run_id, data, config, code=origin.code if origin else root)
        _measure_model(client, run, model, final)
    publish_view(client, experiment, {each.name for each in (*curves, *final)})
    if run.info.status != "FINISHED":
        ended = origin.time if origin and not run.data.metrics else time.time()
        client.set_terminated(run.info.run_id, "FINISHED", int(ended * 1000))
    delete_twins(client, experiment, run)
    return str(run.info.run_id)


def _ties(config: Mapping[str, Any], root: Path, recorded: Path, origin: Origin | None) -> dict[str, str]:
    """Return the tags that tie a run to its files: DVC's hashes, the commit, the versions."""
    record = read_document(recorded / "record.json")
    commit = str(record.get("commit") or ("" if origin else head(root)))
    outputs = origin.outputs if origin else outputs_of(root)
    return tags(config, outputs, commit=commit, versions=record.get("versions") or versions())


def _send(client: MlflowClient, run: Any, entries: Entries) -> None:
    """Send the parameters, tags and numbers that `run` lacks, in as few calls as MLflow allows.

    Numbers bear the time at which the run began: two processes that write them at once write the same, which
    MLflow keeps once. Only what takes the place of an older result bears the present.
    """
    from mlflow.entities import Metric, Param, RunTag

    began, now, there = int(run.info.start_time), int(time.time() * 1000), run.data
    missing = [Param(key, text) for key, text in entries.parameters.items() if key not in there.params]
    changed = [
        RunTag(key, text) for key, text in entries.tags.items() if text and there.tags.get(key) != text
    ]
    measured = [
        Metric(
            each.name, each.value, now if each.name in there.metrics and not each.step else began, each.step
        )
        for each in entries.numbers
    ]
    chunks = zip_longest(
        _chunks(missing, ENTRIES_A_CALL),
        _chunks(changed, ENTRIES_A_CALL),
        _chunks(measured, METRICS_A_CALL),
        fillvalue=(),
    )
    for some_parameters, some_tags, some_numbers in chunks:
        with locked():  # of two that write one row at once MLflow refuses the second
            client.log_batch(run.info.run_id, metrics=some_numbers, params=some_parameters, tags=some_tags)


def _send_inputs(client: MlflowClient, run: str, inputs: list[Any]) -> None:
    """Log the data set; again where another process logged the same one just then, which MLflow refuses."""
    from mlflow.exceptions import MlflowException

    try:
        with locked():
            client.log_inputs(run, datasets=inputs)
    except MlflowException:
        client.log_inputs(run, datasets=inputs)


def _measure_model(client: MlflowClient, run: Any, model: str | None, numbers: Sequence[Number]) -> None:
    """Let the page of a model show the main metrics of the test part, with the ends of their intervals."""
    from mlflow.entities import Metric

    if model is None or client.get_logged_model(model).metrics:
        return
    shown = {f"test/{name}{end}" for name in SHOWN for end in ("", "_low", "_high")}
    began = int(run.info.start_time)
    measured = [
        Metric(each.name, each.value, began, each.step, model_id=model)
        for each in numbers
        if each.name in shown
    ]
    client.log_batch(run.info.run_id, metrics=measured)


def _lacking(
    client: MlflowClient, run: Any, curves: Sequence[Number], final: Sequence[Number]
) -> Iterator[Number]:
    """Yield the numbers that `run` does not have yet."""
    known: dict[str, set[int]] = {}
    for number in curves:
        if number.name not in known:
            history = client.get_metric_history(run.info.run_id, number.name) if run.data.metrics else ()
            known[number.name] = {metric.step for metric in history}
        if number.step not in known[number.name]:
            yield number
    for number in final:
        if run.data.metrics.get(number.name) != number.value:
            yield number


def _chunks(entries: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [entries[start : start + size] for start in range(0, len(entries), size)]
