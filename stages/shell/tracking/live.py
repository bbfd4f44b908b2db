"""The metrics of each epoch, sent to MLflow while the network trains.

A thread of its own imports MLflow and talks to the store, so that training neither waits nor fails: what
could not be sent is sent by `record`, from ``data/train/history.csv``.
"""

from __future__ import annotations

import atexit
import math
import queue
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from stages.shell.tracking.client import (
    find_or_create_run,
    locked,
    open_client,
    open_experiment,
    read_document,
    run_key,
)
from stages.shell.tracking.outage import warn_once
from stages.shell.tracking.processes import PROCESS, close_dead_runs, owner

if TYPE_CHECKING:
    from mlflow import MlflowClient

PATIENCE = 10.0
"""Seconds that the end of a training waits for metrics still on their way."""


class Tracker:
    """Sends epochs to the MLflow run of this configuration."""

    def __init__(self) -> None:
        self._epochs: queue.Queue[tuple[int, dict[str, float]] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._work, name="mlflow", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def epoch(self, number: int, metrics: Mapping[str, float]) -> None:
        """Send the `metrics` of epoch `number` (from 1); returns at once."""
        self._epochs.put((number, {name: float(value) for name, value in metrics.items()}))

    def close(self) -> None:
        """Wait for what is on its way, for a few seconds at most."""
        self._epochs.put(None)
        self._thread.join(PATIENCE)

    def _work(self) -> None:
        try:
            item = self._epochs.get()
            if item is None:  # training failed before its first epoch: no row for that
                return
            client, run = _open_run()
            known = {metric.step for metric in client.get_metric_history(run, "loss")}
            while item is not None:
                if item[0] not in known:  # a resumed run tells its epochs again
                    _send(client, run, *item)
                item = self._epochs.get()
        except Exception as error:  # whatever MLflow raises, training goes on
            warn_once(error)


class Silent:
    """Sends nothing: for a stage run by hand, whose configuration is not that of ``data/config.yaml``."""

    def epoch(self, number: int, metrics: Mapping[str, float]) -> None:
        """Do nothing."""


def open_tracker() -> Tracker:
    """Return a tracker for the run of ``data/config.yaml``."""
    return Tracker()


def _open_run() -> tuple[MlflowClient, str]:
    """Return a client and the id of this configuration's run, set to running."""
    from stages.shell.tracking.parameters import run_name

    client = open_client()
    config = read_document()
    experiment = open_experiment(client, config["record"]["experiment"])
    close_dead_runs(client, experiment)
    run = find_or_create_run(client, experiment, run_key(), name=run_name(config))
    if run.info.status != "FINISHED":  # a forced retrain has nothing to add to a row that is complete
        with locked():  # two that set one tag at once: MLflow refuses the second
            client.set_tag(run.info.run_id, PROCESS, owner())
            client.update_run(run.info.run_id, status="RUNNING")
    return client, str(run.info.run_id)


def _send(client: MlflowClient, run: str, number: int, metrics: Mapping[str, float]) -> None:
    from mlflow.entities import Metric

    now = int(time.time() * 1000)
    finite = {name: value for name, value in metrics.items() if math.isfinite(value)}
    client.log_batch(run, metrics=[Metric(name, value, now, number) for name, value in finite.items()])
