"""What ``upcurve run`` ends in: how good the network is, how sure that is, and against what."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

EVALUATE = Path("data/evaluate")
REPORT = "data/record/report.html"
LARGE = 10_000
"""From here on numbers are shown in full, without decimals."""
VERDICTS = {"better": "better than", "worse": "worse than", "not distinguishable": "not distinguishable from"}


def read_metrics(root: Path) -> dict[str, float]:
    """Return the numbers of the last evaluation by dotted name; none where there is none."""
    from stages.shell.page import leaves

    found = leaves(_read(root / EVALUATE / "metrics.json"))
    return {".".join(key): value for key, value in found if isinstance(value, int | float)}


def show_result(root: Path, before: Mapping[str, float]) -> None:
    """Write the metrics of the test part with their intervals, and the verdict against each baseline.

    Beside each stands its change since the run before, where both judged as many rows.
    """
    from stages.shell.cli.text import show_table

    metrics = read_metrics(root)
    tested = {name: value for name, value in metrics.items() if name.startswith("test.")} or metrics
    tested = {name: value for name, value in tested.items() if name.count(".") == 1} or tested
    found = _read(root / EVALUATE / "intervals.json")
    intervals = found.get("test", {})
    same_rows = before.get("test.rows") == metrics.get("test.rows")
    rows: list[list[str]] = []
    for name, value in tested.items():
        short = name.removeprefix("test.")
        old = before.get(name) if same_rows else None
        change = f"{value - old:+.4g}" if old is not None and old != value else ""
        rows.append([short, _number(value), _interval(intervals.get(short)), change])
    if rows:
        interval = f"{found['confidence']:.0%} interval" if intervals else ""
        click.echo("\nTest part (the change is against the run before; by class: dvc metrics show):")
        show_table(rows, ["metric", "value", interval, "change"])
    for line in verdicts(_read(root / EVALUATE / "comparison.json")):
        click.echo(line)
    report = f"Report: {REPORT}      " if (root / REPORT).exists() else ""
    click.echo(
        f"\n{report}Runs: make ui, upcurve compare      Parameters: upcurve show      Undo: upcurve undo"
    )


def verdicts(comparison: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each baseline: whether the network is better than it, by how much, how sure.

    Examples
    --------
    >>> difference = {"difference": 0.0123, "low": 0.001, "high": 0.02, "verdict": "better"}
    >>> baselines = {"linear": {"differences": {"accuracy": difference}}}
    >>> list(verdicts({"test": {"main": "accuracy", "baselines": baselines}}))[1]
    '  better than linear: +0.0123 [+0.001, +0.02]'
    """
    tested = comparison.get("test", {})
    for metric in (tested.get("main"), "mean_cost"):
        found = {name: each["differences"].get(metric) for name, each in tested.get("baselines", {}).items()}
        known = {name: each for name, each in found.items() if each and each["verdict"]}
        if known:
            yield f"\nThe network's {metric} against the baselines (same rows, paired bootstrap):"
        for name, each in known.items():
            interval = f"[{each['low']:+.4g}, {each['high']:+.4g}]"
            yield f"  {VERDICTS[each['verdict']]} {name}: {each['difference']:+.4g} {interval}"


def _read(path: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return document


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= LARGE else f"{value:.4g}"


def _interval(ends: tuple[float, float] | None) -> str:
    return f"[{_number(ends[0])}, {_number(ends[1])}]" if ends else ""
