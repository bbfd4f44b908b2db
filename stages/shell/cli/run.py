"""``upcurve run``: change the page and reproduce."""

from __future__ import annotations

import logging
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import click
import psutil

from stages.shell.cli.overrides import overrides_argument
from stages.shell.cli.result import read_metrics, show_result

PATIENCE = 20
"""Seconds that DVC and its stage have to end by themselves after Ctrl-C, before they are told to."""

logger = logging.getLogger(__name__)
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
        status = None
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
                close_killed()
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
    from stages.shell.tracking.outage import warn_once
    from stages.shell.tracking.sync import sync

    try:
        failed = sync(root).failed
    except Exception as error:  # whatever MLflow raises: the run itself is done
        warn_once(error)
        return
    if failed:
        click.echo("MLflow did not take every run: `upcurve sync` says which, and why.", err=True)


def close_killed() -> None:
    """Let no row in MLflow say that a network still trains whose process has ended; never raises.

    Where no row says so MLflow is not even imported.
    """
    from stages.shell.tracking.index import rows
    from stages.shell.tracking.sync import Failures, close_abandoned

    try:
        close_abandoned(rows(), Failures())
    except Exception:  # whatever MLflow raises: why the run ended is what counts, and the next sync closes it
        logger.debug("the rows of killed runs were not closed", exc_info=True)


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
