"""``upcurve ui`` and ``upcurve sync``: the MLflow rows of this project."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click


@click.command(epilog="Example: upcurve sync")
def sync() -> None:
    """Send to MLflow what is missing there.

    Everything in MLflow can be rebuilt from files: after the store was lost or a server was down, this puts
    the row of the run in the workspace back.
    """
    from stages.shell.cli.project import find_root
    from stages.shell.tracking.client import tracking_uri
    from stages.shell.tracking.sync import sync as send

    written = send(find_root())
    click.echo(f"{'Written: run ' + written if written else 'Nothing was missing'} ({tracking_uri()}).")


@click.command(epilog="Example: upcurve ui --port 5001")
@click.option("--port", default=5000, show_default=True, help="Port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
def ui(port: int, host: str) -> None:
    """Open the MLflow UI on the runs so far."""
    from stages.shell.cli.project import find_root
    from stages.shell.tracking.client import tracking_uri

    click.get_current_context().invoke(sync)
    uri = tracking_uri()
    if uri.startswith("http"):
        click.echo(f"The runs are on your tracking server: open {uri}")
        return
    click.echo(f"Open http://{host}:{port}/{table_of_runs(find_root())} (in some seconds; Ctrl-C ends it).")
    command = [sys.executable, "-m", "mlflow", "ui", "--backend-store-uri", uri]
    os.execv(sys.executable, [*command, "--host", host, "--port", str(port)])  # noqa: S606 - our own interpreter


def table_of_runs(root: Path) -> str:
    """Return the place of this project's runs among MLflow's pages, which else open with language models."""
    from stages.shell.tracking.client import open_client, read_document

    if not (root / "data" / "config.yaml").exists():
        return ""
    experiment = open_client().get_experiment_by_name(read_document(root)["record"]["experiment"])
    place = f"experiments/{experiment.experiment_id}/runs" if experiment else "experiments"
    return f"#/{place}?workflowType=machine_learning"
