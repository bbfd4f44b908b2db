"""``upcurve undo``: the page as it was before the last change."""

from __future__ import annotations

import click


@click.command(
    epilog="Example: upcurve undo && dvc repro     what ran before comes back from DVC's cache",
    short_help="Put the page before the last change back in place.",
)
def undo() -> None:
    """Put the page before the last change back in place.

    Goes back through the changes that `upcurve run`, `use` and `undo` itself found, one a call, and shows the
    difference. It changes params.yaml only, and reruns nothing.
    """
    from stages.shell.cli.history import history, take_back
    from stages.shell.cli.project import find_root
    from stages.shell.cli.text import show_difference
    from stages.shell.page import PAGE, read_text, replace_file

    root = find_root()
    page = root / PAGE
    now = read_text(page) if page.exists() else ""
    steps = history(root)
    while steps and steps[-1].before == now:
        steps.pop().file.unlink(missing_ok=True)
    if not steps:
        raise ValueError(
            "There is nothing to undo: upcurve has not changed params.yaml since its history began. Changes "
            "made by hand or by `dvc exp run -S` are git's: `git diff params.yaml`."
        )
    step = steps[-1]
    replace_file(root / "scratch" / "history" / "undone.yaml", now)
    take_back(root, step)
    click.echo(f"Undone: {step.command}")
    show_difference(now, step.before)
    click.echo("The page that was replaced is kept in scratch/history/undone.yaml. Now: dvc repro")
