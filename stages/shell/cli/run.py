"""``upcurve run``: change the page and reproduce."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click
import psutil

from stages.shell.cli.overrides import overrides_argument

METRICS = "data/evaluate/metrics.json"
PATIENCE = 20
"""Seconds that DVC and its stage have to end by themselves after Ctrl-C, before they are told to."""
LARGE = 10_000
"""From here on numbers are shown in full, without decimals."""

EPILOG = """\b
Examples:
  upcurve run                               run what is stale
  upcurve run model=mlp 'model.units=[64,64]' choose a model and set its keywords
  upcurve run train/optimizer=sgd train.optimizer.momentum=0.9
  upcurve run ~train.learning_rate          back to the default
  upcurve run --once resample=smote         try it, and put the page back
"""


@click.command(epilog=EPILOG, short_help="Change parameters, rerun only what they touch.")
@overrides_argument
@click.option("--once", is_flag=True, help="Put params.yaml back as it was when the run has ended.")
def run(overrides: tuple[str, ...], once: bool) -> None:
    """Change parameters, then rerun only the stages they touch.

    Overrides are in Hydra's grammar. They are checked first, all of them; a refused one changes nothing.
    Then they are written into params.yaml (its comments stay) and `dvc repro` runs.
    """
    from stages.shell.cli.edit import page_with
    from stages.shell.cli.history import change_page, take_back
    from stages.shell.cli.project import find_root
    from stages.shell.cli.text import show_difference
    from stages.shell.page import PAGE, read_text

    root = find_root()
    after = page_with(root, overrides)
    before = read_text(root / PAGE)
    metrics = read_metrics(root)
    with _terminated_like_interrupted():
        step = change_page(root, after, " ".join(["upcurve run", *map(shlex.quote, overrides)]))
        try:
            if step:
                click.echo("params.yaml:")
                show_difference(before, after)
            status = reproduce(root)
            if status == 0:
                send_what_is_missing(root)
                show_result(root, metrics)
        finally:
            if once and step:
                take_back(root, step)
                click.echo("params.yaml is as it was before (--once).", err=True)
    if status != 0:
        kept = "" if once or not step else " params.yaml keeps the change: mend it, or `upcurve undo`."
        raise ValueError(f"`dvc repro` failed (exit status {status}); what it said stands above.{kept}")


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """Let SIGTERM raise, so that what was begun is put back."""

    def leave(*_: object) -> None:
        raise KeyboardInterrupt

    old = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, old)


def send_what_is_missing(root: Path) -> None:
    """Complete the row in MLflow of a run that DVC restored instead of ran, or whose store was lost."""
    from stages.shell.tracking.sync import sync

    try:
        sync(root)
    except Exception as error:  # whatever MLflow raises: the run itself is done
        click.echo(f"MLflow did not take the run; `upcurve sync` sends it later. {error}", err=True)


def reproduce(root: Path, arguments: Sequence[str] = ()) -> int:
    """Run ``dvc repro`` in `root`, its lines passing through; return its exit status."""
    sys.stdout.flush()
    with subprocess.Popen([sys.executable, "-m", "dvc", "repro", *arguments], cwd=root) as child:
        try:
            return child.wait()
        except BaseException:
            _end(child)  # DVC holds its lock until it has ended; the next repro would find it busy
            raise


def _end(dvc: subprocess.Popen[bytes]) -> None:
    """Interrupt DVC with the shells and stages below it; what has not ended after `PATIENCE` is told to.

    A terminal sends Ctrl-C to all of them; anyone else sends it to us alone, and DVC would end before its
    stage, which then trains on in a data folder that is no longer its own.
    """
    try:
        top = psutil.Process(dvc.pid)
        family = [top, *top.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    if not sys.stdin.isatty():
        _send(signal.SIGINT, family)
    _, left = psutil.wait_procs(family, timeout=PATIENCE)
    _send(signal.SIGTERM, left)
    _, left = psutil.wait_procs(left, timeout=PATIENCE)
    _send(signal.SIGKILL, left)


def _send(sent: signal.Signals, processes: Sequence[psutil.Process]) -> None:
    for process in processes:
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            process.send_signal(sent)


def read_metrics(root: Path) -> dict[str, float]:
    """Return the numbers of the last evaluation by dotted name; none where there is none."""
    from stages.shell.page import leaves

    try:
        document = json.loads((root / METRICS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {".".join(key): value for key, value in leaves(document) if isinstance(value, int | float)}


def show_result(root: Path, before: dict[str, float]) -> None:
    """Write the metrics of the test part, with the change since the run before."""
    from stages.shell.cli.text import show_table

    metrics = read_metrics(root)
    tested = {name: value for name, value in metrics.items() if name.startswith("test.")} or metrics
    tested = {name: value for name, value in tested.items() if name.count(".") == 1} or tested
    rows: list[list[Any]] = []
    same_rows = before.get("test.rows") == metrics.get("test.rows")
    for name, value in tested.items():
        old = before.get(name) if same_rows else None
        change = f"{value - old:+.4g}" if old is not None and old != value else ""
        rows.append(
            [name.removeprefix("test."), f"{value:,.0f}" if abs(value) >= LARGE else f"{value:.4g}", change]
        )
    if rows:
        click.echo(
            f"\nTest part ({METRICS}; the change is against the run before; by class: dvc metrics show):"
        )
        show_table(rows)
    click.echo(
        "\nCompare the runs in MLflow: make ui      All parameters: upcurve show      Undo: upcurve undo"
    )
