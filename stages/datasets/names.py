"""Names shown to a user: the nearest right one, and lists kept short."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

SHORT = 80


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a sentence naming what `name` may stand for, or nothing.

    Examples
    --------
    >>> nearest("Statsu", ["Status", "Age"])
    " Did you mean 'Status'?"
    >>> nearest("income", ["Income"])
    " Did you mean 'Income'?"
    """
    folded = {each.strip().casefold(): each for each in known}
    close = difflib.get_close_matches(name.strip().casefold(), folded, n=1, cutoff=0.6)
    return f" Did you mean {folded[close[0]]!r}?" if close else ""


def listed(names: Sequence[object], *, limit: int = 12) -> str:
    """Return `names` as one phrase, the first `limit` of them.

    Examples
    --------
    >>> listed(["a", "b", "c"], limit=2)
    "'a', 'b' and 1 more"
    """
    shown = ", ".join(shortened(repr(name)) for name in names[:limit])
    rest = len(names) - limit
    return f"{shown} and {rest:,} more" if rest > 0 else shown


def shortened(text: object, *, limit: int = SHORT) -> str:
    """Return `text` on one line and at most about `limit` characters long.

    Examples
    --------
    >>> shortened("x" * 200, limit=10)
    'xxxxxxxxxx... (200 characters)'
    """
    whole = str(text)
    line = " ".join(whole[: 4 * limit].split())
    return line if len(whole) <= limit else f"{line[:limit]}... ({len(whole):,} characters)"
