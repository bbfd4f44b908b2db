"""Combinations of parameters of different sections that cannot work, refused before anything runs."""

from __future__ import annotations

from collections.abc import Iterator

from stages.settings.experiment import Settings


def impossible(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield (key, why, and what to do instead) for every combination that cannot work.

    What depends on the data itself (the number of classes, the smallest class) is refused by the
    first stage that knows it.
    """
    yield from ()
