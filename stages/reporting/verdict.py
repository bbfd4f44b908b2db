"""The verdict: one sentence that says how good the network is, than what, and how sure that is."""

from __future__ import annotations

from typing import NamedTuple

from stages.figures.numbers import counted, decimals, number, with_interval
from stages.reporting.contents import Contents, bounds
from stages.reporting.names import label, plain

BETTER, WORSE, EQUAL = "better", "worse", "not distinguishable"
SIGNS = {BETTER: "▲", WORSE: "▼", EQUAL: "≈"}


class Against(NamedTuple):
    """The network against one baseline: its name, the difference, and what it amounts to."""

    name: str
    difference: float | None
    interval: tuple[float, float] | None
    verdict: str | None


def against(contents: Contents, metric: str, part: str = "test") -> list[Against]:
    """Return the network's comparison with each baseline in `metric`."""
    found = []
    for name, baseline in contents.comparison(part)["baselines"].items():
        entry = baseline["differences"].get(metric, {})
        interval = bounds((entry.get("low"), entry.get("high")))
        found.append(Against(plain(name), entry.get("difference"), interval, entry.get("verdict")))
    return found


def verdict(contents: Contents) -> str:
    """Return the verdict on the test part."""
    metrics, main = contents.metrics(), contents.judged_by
    if not metrics.get("rows"):
        return "There are no test rows: nothing was measured."
    measured = with_interval(metrics.get(main), contents.interval(main))
    sentence = f"{label(main)} {measured} on {counted(metrics['rows'], 'test row')}"
    return f"{_capital(sentence)}{_compared(against(contents, main))}."


def _compared(rivals: list[Against]) -> str:
    """Return the second half of the sentence, the worst news first."""
    parts = []
    for kind, joint in ((WORSE, "worse than"), (EQUAL, "not distinguishable from"), (BETTER, "better than")):
        alike = [rival for rival in rivals if rival.verdict == kind]
        names = [rival.name if kind == EQUAL else f"{rival.name} (by {_gap(rival)})" for rival in alike]
        if names:
            parts.append(f"{joint} {listed(names)}")
    return "".join(f"; {part}" for part in parts)


def _gap(rival: Against) -> str:
    size = abs(rival.difference or 0.0)
    return number(size) if rival.interval is None else f"{size:,.{decimals(size, *rival.interval)}f}"


def listed(names: list[str]) -> str:
    """Return names as running text.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
