"""``upcurve use``: a whole worked experiment as the page."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem

FOLDER = "conf/experiment"


class _Experiment(click.ParamType):  # type: ignore[type-arg]
    name = "EXPERIMENT"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from stages.shell.cli.project import find_root

        found = experiments(find_root())
        return [
            CompletionItem(name, help=line) for name, line in found.items() if name.startswith(incomplete)
        ]


@click.command(
    epilog="Example: upcurve use ames && upcurve run", short_help="Put a worked experiment in place."
)
@click.argument("experiment", required=False, type=_Experiment())
def use(experiment: str | None) -> None:
    """Put conf/experiment/EXPERIMENT.yaml in place as params.yaml.

    The page that it replaces is kept: `upcurve undo` brings it back. Without EXPERIMENT: what there is.
    """
    from stages.shell.cli.history import change_page
    from stages.shell.cli.project import find_root
    from stages.shell.cli.text import show_difference, show_table
    from stages.shell.compose import compose
    from stages.shell.groups import nearest
    from stages.shell.page import PAGE, parse_page, read_text

    root = find_root()
    known = experiments(root)
    if experiment is None:
        show_table(known.items())
        return
    if experiment not in known:
        raise ValueError(
            f"There is no {FOLDER}/{experiment}.yaml{nearest(experiment, known)} There are: "
            f"{', '.join(known)}."
        )
    text = (root / FOLDER / f"{experiment}.yaml").read_text(encoding="utf-8")
    compose(root, page=parse_page(text, f"{FOLDER}/{experiment}.yaml"))
    page = root / PAGE
    before = read_text(page) if page.exists() else ""
    if change_page(root, text, f"upcurve use {experiment}") is None:
        click.echo(f"params.yaml is {experiment} already.")
        return
    show_difference(before, text)
    click.echo(
        f"params.yaml is now {FOLDER}/{experiment}.yaml ({known[experiment]}).\n"
        "Next: upcurve run      Back: upcurve undo"
    )


def experiments(root: Path) -> dict[str, str]:
    """Return the first line of every worked experiment, by name."""
    files = sorted((root / FOLDER).glob("*.yaml"))
    return {file.stem: file.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ") for file in files}
