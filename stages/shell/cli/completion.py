"""``upcurve completion``: completion of commands, keys and choices in the shell."""

from __future__ import annotations

import click

EPILOG = """\b
Install it for good:
  bash   upcurve completion bash >> ~/.bashrc
  zsh    upcurve completion zsh >> ~/.zshrc
  fish   upcurve completion fish > ~/.config/fish/completions/upcurve.fish
"""


@click.command(epilog=EPILOG, short_help="Print the script that completes commands and parameters.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes commands, parameters and choices in SHELL."""
    from click.shell_completion import get_completion_class

    from stages.shell.cli.main import upcurve

    kind = get_completion_class(shell)
    if kind is None:
        raise ValueError(f"click knows no completion for {shell}.")
    click.echo(kind(upcurve, {}, "upcurve", "_UPCURVE_COMPLETE").source())
