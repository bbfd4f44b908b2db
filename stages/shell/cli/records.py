"""``upcurve ui`` and ``upcurve sync``: the MLflow rows of this project."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stages.shell.tracking.notes import DIGITS

if TYPE_CHECKING:
    from stages.shell.tracking.sync import Synced


@click.command(epilog="Example: upcurve sync")
def sync() -> None:
    """Send to MLflow what is missing there.

    Everything in MLflow can be rebuilt from files: after the store was lost or a server was down, this puts
    the row of every run back that DVC's cache still holds. A run that is said to be running but whose process
    on this machine has ended is marked as killed. A run that cannot be sent keeps back no other one; it is
    named, and the exit status is 1.
    """
    from stages.shell.cli.project import find_root
    from stages.shell.tracking.client import tracking_uri
    from stages.shell.tracking.outage import refused_clearly
    from stages.shell.tracking.sync import sync as send

    with refused_clearly():
        synced = send(find_root())
    click.echo(f"{told(synced)} ({tracking_uri()}).")
    if synced.failed:
        sys.exit(1)


def told(synced: Synced) -> str:
    """Return in words what became of the runs."""
    said = f"{counted(synced.there, 'row')} {'was' if synced.there == 1 else 'were'} there"
    if not (synced.written or synced.impossible or synced.failed):
        return f"{said}, nothing was missing"
    said += f", {len(synced.written)} written" if synced.written else ""
    if synced.impossible:
        whose = "its" if synced.impossible == 1 else "their"
        said += f", {synced.impossible} impossible: {whose} files are gone from the cache"
    if synced.failed:
        each = "; ".join(f"{key[:DIGITS]}: {message}" for key, message in synced.failed.items())
        said += f", {len(synced.failed)} failed: {each}"
    return said


def bring_up_to_date(root: Path) -> None:
    """Send what is missing before rows are looked at; say what became of it only where something did."""
    from stages.shell.tracking.outage import shortened
    from stages.shell.tracking.sync import sync as send

    try:
        synced = send(root)
    except Exception as error:  # whatever MLflow raises: what is there can still be looked at
        click.echo(f"MLflow did not take all runs: {shortened(error)}", err=True)
        return
    if synced.written or synced.failed:
        click.echo(f"{told(synced)}.", err=True)


def counted(number: int, what: str) -> str:
    """Return a number of things in words."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


@click.command(epilog="Example: upcurve ui --port 5001")
@click.option("--port", default=5000, show_default=True, help="Port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
def ui(port: int, host: str) -> None:
    """Open the MLflow UI on the runs so far."""
    from stages.shell.cli.project import find_root
    from stages.shell.tracking.client import tracking_uri

    bring_up_to_date(find_root())
    uri = tracking_uri()
    if uri.startswith("http"):
        click.echo(f"The runs are on your tracking server: open {uri}")
        return
    click.echo(f"Open http://{host}:{port}/{table_of_runs(find_root())} (in some seconds; Ctrl-C ends it).")
    # One person looks at it: MLflow's four workers and its runner of jobs only make it slow to start.
    os.environ.setdefault("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false")
    command = [sys.executable, "-m", "mlflow", "ui", "--workers", "1", "--backend-store-uri", uri]
    os.execv(sys.executable, [*command, "--host", host, "--port", str(port)])  # noqa: S606 - our own interpreter


def table_of_runs(root: Path) -> str:
    """Return the place of this project's runs among MLflow's pages, which else open with language models."""
    from stages.shell.tracking.client import open_client, read_document
    from stages.shell.tracking.view import TAG, VIEW

    if not (root / "data" / "config.yaml").exists():
        return ""
    experiment = open_client().get_experiment_by_name(read_document(root)["record"]["experiment"])
    place = f"experiments/{experiment.experiment_id}/runs" if experiment else "experiments"
    view = f"&viewStateShareKey={VIEW}" if experiment and TAG in experiment.tags else ""
    return f"#/{place}?workflowType=machine_learning{view}"
