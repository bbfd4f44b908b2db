"""``upcurve promote``: make a run's model the one that others use, if it passes the gates."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from stages.bundle.gates import Gate

VERSION_ALIAS = re.compile(r"^(v\d+|latest)$", re.IGNORECASE)
ABSENT = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")
"""What MLflow answers where there is no such model, and no such alias; not where it cannot be reached."""
EPILOG = """\b
Examples:
  upcurve promote --dry-run                 would the workspace's run pass?
  upcurve promote                           register it and move the alias champion
  upcurve promote 3f2a9c01 --alias staging  any other run, by id, its beginning, or name

The gates stand in conf/promote.yaml.
"""


@click.command(epilog=EPILOG, short_help="Make a run's model the champion, if it passes the gates.")
@click.argument("word", required=False, default="", metavar="[RUN]")
@click.option("--name", help="Name of the registered model; default: the data set's.")
@click.option("--alias", default="champion", show_default=True, help="Alias that is moved to it.")
@click.option("--dry-run", is_flag=True, help="Only say which gates hold.")
def promote(word: str, *, name: str | None, alias: str, dry_run: bool) -> None:
    """Register the model of a run (by default the workspace's) and move the alias to it.

    Only if every gate holds: better than the baselines beyond the interval, the worst slice, calibration, not
    worse than the model the alias names now. Says of each by how much; ends with status 1 where one failed.
    """
    if VERSION_ALIAS.match(alias):
        raise ValueError(f"--alias {alias}: MLflow keeps v1, v2, ... and latest for itself. Take another.")
    from stages.shell.cli.gating import against, judge, read_gates
    from stages.shell.cli.project import find_root
    from stages.shell.cli.runs import load_runs, of_workspace, pick
    from stages.shell.tracking.bundle import ready_model
    from stages.shell.tracking.client import open_client

    root, runs, client = find_root(), load_runs(), open_client()
    run = pick(runs, word) if word else of_workspace(runs, root)
    name = name or run.data.params.get("dataset.name") or run.data.params["dataset"]
    model = ready_model(client, run)
    champion = find_champion(client, name, alias)
    settings = read_gates(root)
    found = [*judge(client, run, settings), *against(client, run, champion, settings)]
    show_gates(found)
    failed = [gate for gate in found if not gate.held]
    if failed:
        click.echo(
            f"{run.info.run_name} is not promoted: {len(failed)} of {len(found)} gates failed "
            "(they stand in conf/promote.yaml)."
        )
        sys.exit(1)
    if dry_run:
        click.echo(f"{run.info.run_name} would be promoted to models:/{name}@{alias}.")
        return
    version = register(client, run, model, name=name)
    client.set_registered_model_alias(name, alias, version)
    click.echo(f"{run.info.run_name} is models:/{name}@{alias} now (version {version}).")


def find_champion(client: MlflowClient, name: str, alias: str) -> Any | None:
    """Return the version of the registered model that the alias names, or None."""
    from mlflow.exceptions import MlflowException

    try:
        return client.get_model_version_by_alias(name, alias)
    except MlflowException as error:
        if error.error_code not in ABSENT:
            raise
        return None


def show_gates(found: list[Gate]) -> None:
    """Write one line a gate."""
    from stages.shell.cli.text import show_table

    failed = [number for number, gate in enumerate(found) if not gate.held]
    show_table([("held" if gate.held else "FAILED", gate.name, gate.words) for gate in found], bold=failed)


def register(client: MlflowClient, run: Any, model: Any, *, name: str) -> str:
    """Return the version of the registered model `name` that is this run's, made where it is missing."""
    from mlflow.exceptions import MlflowException

    from stages.shell.cli.bundle import use_our_store

    use_our_store()
    try:
        client.get_registered_model(name)
    except MlflowException as error:
        if error.error_code not in ABSENT:
            raise
        client.create_registered_model(name)
    known = [
        each for each in client.search_model_versions(f"name='{name}'") if each.run_id == run.info.run_id
    ]
    if known:
        return str(max(int(each.version) for each in known))
    source = f"models:/{model.model_id}"
    made = client.create_model_version(name, source, run_id=run.info.run_id, model_id=model.model_id)
    return str(made.version)
