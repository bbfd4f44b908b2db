"""``upcurve note``: say something about a run."""

from __future__ import annotations

import sys
from typing import Any

import click

EPILOG = """\b
Examples:
  upcurve note "smaller network, same accuracy"     on the run in the workspace
  upcurve note 3f2a9c01 "worth another seed"        on any other, by id, its beginning, or name
  upcurve note 3f2a9c01                             write it in your editor; elsewhere shows it
"""


@click.command(epilog=EPILOG, short_help="Write a note on a run.")
@click.argument("words", nargs=-1, metavar="[RUN] [TEXT]")
def note(words: tuple[str, ...]) -> None:
    """Write a note on a run, by default the one in the workspace.

    It stands at the top of the run's page in MLflow, and in notes/, a file for each run that git can keep:
    it survives a lost store. An empty text ("") removes it.
    """
    from stages.shell.cli.project import find_root
    from stages.shell.cli.runs import load_runs, of_workspace, pick
    from stages.shell.tracking.client import KEY
    from stages.shell.tracking.notes import read_note

    root, runs = find_root(), load_runs()
    word, text = _sorted_out(words, runs)
    run = pick(runs, word) if word else of_workspace(runs, root)
    before = read_note(root, run.data.tags[KEY])
    if text is None:
        text = click.edit(before, extension=".md") if _is_terminal() else None
        if text is None:
            click.echo(before or f"There is no note on {run.info.run_name} yet.")
            return
    _keep(root, run, text)


def _sorted_out(words: tuple[str, ...], runs: list[Any]) -> tuple[str, str | None]:
    """Return which run is meant (nothing: the workspace's) and the text (None: not given)."""
    if len(words) > 2:
        raise ValueError(
            f"Expected a run and a text, received {len(words)} words: put the text in quotes, "
            f'upcurve note RUN "{" ".join(words[1:])}".'
        )
    if len(words) == 2:
        return words[0], words[1]
    if not words:
        return "", None
    return (words[0], None) if _names_a_run(words[0], runs) else ("", words[0])


def _names_a_run(word: str, runs: list[Any]) -> bool:
    from stages.shell.cli.runs import pick

    try:
        return len(word) >= 4 and bool(pick(runs, word))
    except ValueError:
        return False


def _keep(root: Any, run: Any, text: str) -> None:
    from stages.shell.tracking.client import KEY, open_client
    from stages.shell.tracking.description import CONTENT, describe, is_edited
    from stages.shell.tracking.notes import write_note

    if is_edited(run.data.tags):
        click.echo(f"This replaces what was written in the UI:\n{run.data.tags[CONTENT]}\n", err=True)
    file = write_note(root, run.data.tags[KEY], name=run.info.run_name, text=text)
    describe(open_client(), run.info.run_id, note=text.strip(), replace=True)
    said = f"Noted on {run.info.run_name}" if text.strip() else f"No note on {run.info.run_name} any more"
    click.echo(f"{said} ({file.relative_to(root)}).")


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()
