"""Entry of the ``upcurve`` command: finds the project, runs one command, says errors in one paragraph.

Everything but click is imported by the command that needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import errno
import sys
import traceback
from typing import Any

import click

from stages.shell.cli import (
    choices,
    compare,
    completion,
    experiment,
    gc,
    new,
    note,
    plan,
    predict,
    promote,
    records,
    run,
    show,
    undo,
)
from stages.shell.cli.project import find_root, hand_over, put_own_programs_first


class Refusal(click.ClickException):
    """What the user can mend: shown as it is, exit status 1."""

    def show(self, file: Any = None) -> None:
        """Write the message to stderr."""
        click.echo(self.message, err=True)


class Commands(click.Group):
    """A group of commands whose errors are messages, never traces."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn what it raises into one paragraph."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except ValueError as error:
            raise Refusal(str(error)) from error
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            raise Refusal(f"The file system refused: {error}") from error
        except Exception as error:
            raise Refusal(_explained(error)) from error


def _explained(error: Exception) -> str:
    """Return what DVC or a library said; keep the trace in a file."""
    text = " ".join(str(error).split()) or type(error).__name__
    if type(error).__module__.startswith("dvc"):
        return f"DVC refused: {text}"
    trace = find_root() / "scratch" / "errors" / "upcurve.txt"
    trace.parent.mkdir(parents=True, exist_ok=True)
    trace.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    return (
        f"upcurve itself failed, which it should not: {type(error).__name__}: {text} "
        f"(where in the code: scratch/errors/{trace.name})"
    )


EPILOG = """\b
Examples:
  upcurve run train.learning_rate=0.003     change one parameter, rerun what it touches
  upcurve plan resample=smote               what would rerun, and why
  upcurve choices model                     which models there are
  upcurve undo                              the page before
"""


@click.group(
    cls=Commands,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
def upcurve() -> None:
    """Change one parameter of the pipeline, rerun only what it touches, compare.

    The experiment stands in params.yaml; these commands change it and tell about it. `dvc repro` and
    `dvc exp run -S KEY=VALUE` work on the same page.
    """


for command in (
    run.run,
    plan.plan,
    show.show,
    choices.choices,
    undo.undo,
    experiment.use,
    new.new,
    predict.predict,
    promote.promote,
    compare.compare,
    note.note,
    records.ui,
    records.sync,
    gc.gc,
    completion.completion,
):
    upcurve.add_command(command)


def main() -> None:
    """Run ``upcurve``."""
    put_own_programs_first()
    hand_over()
    sys.exit(upcurve.main(prog_name="upcurve"))
