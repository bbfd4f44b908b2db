"""How commands show what they found: tables that fit the terminal, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

UNLIMITED = 10_000
"""Width, in characters, of what is no terminal: a file or a pipe gets each row on one line."""


def show_table(
    rows: Iterable[Sequence[object]], columns: Sequence[str] = (), *, bold: Sequence[int] = ()
) -> None:
    """Write `rows` in aligned columns; the rows numbered in `bold` stand out in a terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=bool(columns), header_style="bold")
    held = [[str(cell) for cell in row] for row in rows]
    for index in range(len(held[0]) if held else 0):
        last = index == len(held[0]) - 1
        name = columns[index] if columns else ""
        table.add_column(Text(name), overflow="fold", no_wrap=not last)
    for number, row in enumerate(held):
        table.add_row(*(Text(cell) for cell in row), style="bold" if number in bold else "")
    console = Console(width=None if sys.stdout.isatty() else UNLIMITED, highlight=False)
    with console.capture() as capture:
        console.print(table)
    click.echo("\n".join(line.rstrip() for line in capture.get().splitlines()))


def show_json(document: Any) -> None:
    """Write `document` as JSON."""
    click.echo(json.dumps(document, indent=1, ensure_ascii=False))


def shown(value: Any) -> str:
    """Return a value as it would be written on the page."""
    from stages.shell.rewrite import inline

    return inline(value)


def shown_seconds(seconds: float | None) -> str:
    """Return a duration in words, or nothing where it is not known.

    Examples
    --------
    >>> shown_seconds(0.2), shown_seconds(75), shown_seconds(None)
    ('0.2 s', '1 min 15 s', '')
    """
    if seconds is None:
        return ""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def shown_bytes(count: float) -> str:
    """Return a number of bytes in words.

    Examples
    --------
    >>> shown_bytes(0), shown_bytes(1536), shown_bytes(3e9)
    ('0 B', '1.5 kB', '2.8 GB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1024 or unit == "GB":
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    raise AssertionError


def show_difference(before: str, after: str) -> None:
    """Write the lines of the page that differ, as ``-`` and ``+``."""
    from difflib import unified_diff

    for line in list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0))[2:]:
        if not line.startswith("@@"):
            click.secho(f"  {line}", fg="red" if line.startswith("-") else "green")
