"""Which process a run belongs to, and whether it still lives."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import psutil

from stages.shell.driver import driver

if TYPE_CHECKING:
    from mlflow import MlflowClient

PROCESS = "upcurve.process"
CLOCK = 60.0
"""Seconds by which two readings of one process's start may differ where the clock was set meanwhile."""


def owner() -> str:
    """Return the process that this run lives by: DVC where it started us, which goes on to `record`."""
    process = driver()
    return f"{socket.gethostname()}:{process.pid}:{process.create_time():.0f}"


def is_dead(process: str) -> bool:
    """Return whether `process`, written by `owner` on this machine, has ended; False where unknown.

    Process numbers are used again: one that began at another time is another process.
    """
    host, _, rest = process.partition(":")
    number, _, began = rest.partition(":")
    if host != socket.gethostname() or not number.isdigit():
        return False
    try:
        found = psutil.Process(int(number))
        if found.status() == psutil.STATUS_ZOMBIE:
            return True
        return bool(began) and abs(found.create_time() - float(began)) > CLOCK
    except psutil.NoSuchProcess:
        return True
    except (psutil.Error, ValueError):
        return False


def close_dead_runs(client: MlflowClient, experiment: str) -> list[str]:
    """Mark as killed the runs whose process on this machine is gone; return their ids."""
    running: list[Any] = list(client.search_runs([experiment], "attributes.status = 'RUNNING'"))
    dead = [run.info.run_id for run in running if is_dead(run.data.tags.get(PROCESS, ""))]
    for run in dead:
        client.set_terminated(run, "KILLED")
    return dead
