"""The metrics of each epoch, sent to MLflow while the network trains.

A thread of its own imports MLflow and talks to the store, so that training neither waits nor fails: what
could not be sent is sent by `record`, from ``data/train/history.csv``.
"""

from __future__ import annotations

import atexit
import logging
import math
import os
import queue
import socket
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from psutil import pid_exists

from stages.shell.tracking.client import (
    KEY,
    PROCESS,
    find_run,
    open_client,
    open_experiment,
    read_document,
    run_key,
)

if TYPE_CHECKING:
    from mlflow import MlflowClient

logger = logging.getLogger(__name__)
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
            logger.warning("MLflow cannot be reached; `upcurve sync` sends the run later (%s)", _short(error))


class Silent:
    """Sends nothing: for a stage run by hand, whose configuration is not that of ``data/config.yaml``."""

    def epoch(self, number: int, metrics: Mapping[str, float]) -> None:
        """Do nothing."""


def open_tracker() -> Tracker:
    """Return a tracker for the run of ``data/config.yaml``."""
    return Tracker()


def _open_run() -> tuple[MlflowClient, str]:
    """Return a client and the id of this configuration's run, set to running."""
    from stages.shell.tracking.row import run_name

    client = open_client()
    config = read_document()
    experiment = open_experiment(client, config["record"]["experiment"])
    close_dead_runs(client, experiment)
    key = run_key()
    run = find_run(client, experiment, key)
    process = f"{socket.gethostname()}:{os.getpid()}"
    if run is None:
        run = client.create_run(experiment, run_name=run_name(config), tags={KEY: key, PROCESS: process})
    elif run.info.status != "FINISHED":  # a forced retrain has nothing to add to a row that is complete
        client.set_tag(run.info.run_id, PROCESS, process)
        client.update_run(run.info.run_id, status="RUNNING")
    return client, str(run.info.run_id)


def close_dead_runs(client: MlflowClient, experiment: str) -> None:
    """Mark as killed the runs whose process on this machine is gone."""
    for run in client.search_runs([experiment], "attributes.status = 'RUNNING'"):
        host, _, process = run.data.tags.get(PROCESS, "").rpartition(":")
        if host == socket.gethostname() and process.isdigit() and not pid_exists(int(process)):
            client.set_terminated(run.info.run_id, "KILLED")


def _send(client: MlflowClient, run: str, number: int, metrics: Mapping[str, float]) -> None:
    from mlflow.entities import Metric

    now = int(time.time() * 1000)
    finite = {name: value for name, value in metrics.items() if math.isfinite(value)}
    client.log_batch(run, metrics=[Metric(name, value, now, number) for name, value in finite.items()])


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
