"""Gates before a model is used: each held or failed, with the number that decided and by how much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from stages.datasets.names import listed, nearest
from stages.metrics.direction import gain
from stages.settings.gates import GateSettings

CALIBRATION = "expected_calibration_error"


class Gate(NamedTuple):
    """One gate.

    Attributes
    ----------
    name
        What was asked.
    held
        Whether the run shows it.
    value, limit
        The number that decided, and what it had to reach; None where there is no number.
    words
        The same for people.
    """

    name: str
    held: bool
    value: float | None
    limit: float | None
    words: str


class Judged(NamedTuple):
    """What `evaluate` wrote of the test part: metrics, the comparison with baselines, slices."""

    metrics: Mapping[str, Any]
    comparison: Mapping[str, Any]
    slices: pd.DataFrame

    @property
    def main(self) -> str:
        """The metric that is looked at first."""
        return str(self.comparison["main"])

    def by(self, metric: str) -> Judged:
        """Return the same with `metric` looked at first; ``main`` leaves the one that it is.

        Raises
        ------
        ValueError
            Where the run has no such metric.
        """
        known = [name for name, value in self.metrics.items() if isinstance(value, float)]
        if metric == "main":
            return self
        if metric not in known:
            raise ValueError(
                f"conf/promote.yaml asks for the metric {metric!r}, but the run has "
                f"{listed(known, limit=30)}.{nearest(metric, known)} Correct metric there."
            )
        return self._replace(comparison={**self.comparison, "main": metric})


def gates(judged: Judged, settings: GateSettings) -> Iterator[Gate]:
    """Yield the gates that `settings` ask for, except the one against the champion.

    Raises
    ------
    ValueError
        Where `settings` name a baseline that was not fitted, or a metric that was not measured.
    """
    judged = judged.by(settings.metric)
    yield from _baselines(judged, settings)
    if settings.slice_floor is not None:
        yield _slices(judged, settings.slice_floor, settings.slice_min_rows)
    if settings.max_calibration_error is not None and CALIBRATION in judged.metrics:
        value, limit = float(judged.metrics[CALIBRATION]), settings.max_calibration_error
        words = f"expected calibration error {value:.4g}, at most {limit:g} asked"
        yield _measured("calibration", value, limit, words, sign=-1)


def champion_gate(name: str, metric: str, row: Mapping[str, Any], *, wanted: str) -> Gate:
    """Return the gate against the champion.

    Parameters
    ----------
    name
        What the champion is called.
    row
        ``first`` (this run), ``second`` (the champion), ``difference``, ``low``, ``high`` and ``verdict``
        of `metric`, as `stages.metrics.comparison.compare` returns them.
    wanted
        ``not_worse`` or ``better``.
    """
    return _difference(f"champion {name}", metric, row, better=wanted == "better")


def _baselines(judged: Judged, settings: GateSettings) -> Iterator[Gate]:
    known = judged.comparison["baselines"]
    wanted = list(known) if settings.baselines == "all" else list(settings.baselines)
    for name in wanted:
        if name not in known:
            raise ValueError(
                f"conf/promote.yaml asks for the baseline {name!r}, but the run was compared with "
                f"{listed(list(known)) or 'none'}.{nearest(name, known)} Correct baselines there."
            )
        yield _difference(
            f"baseline {name}", judged.main, known[name]["differences"][judged.main], better=True
        )


def _difference(name: str, metric: str, row: Mapping[str, Any], *, better: bool) -> Gate:
    """Return whether a difference is on the right side of 0: all its interval, or some of it."""
    if row["verdict"] is None or pd.isna(row["low"]):
        return Gate(name, False, None, 0.0, f"{metric}: no interval of the difference, so nothing is sure")
    ends = (float(row["low"]), float(row["high"]))
    worst, best = ends if gain(metric) > 0 else ends[::-1]
    held = row["verdict"] == "better" if better else row["verdict"] != "worse"
    end = worst if better else best
    words = f"{metric} {float(row['difference']):+.4g} [{ends[0]:+.4g}, {ends[1]:+.4g}], {row['verdict']}"
    short = (
        ""
        if held
        else f"; {'all' if better else 'some'} of it must be {_side(metric)} 0, {abs(end):.4g} lacking"
    )
    return Gate(name, held, end, 0.0, words + short)


def _side(metric: str) -> str:
    return "above" if gain(metric) > 0 else "below"


def _slices(judged: Judged, floor: float, min_rows: int) -> Gate:
    metric, slices = judged.main, judged.slices
    known = list(dict.fromkeys(slices["metric"]))
    if known and metric not in known:
        raise ValueError(
            f"conf/promote.yaml asks for a slice_floor of {metric!r}, but slices are measured by "
            f"{listed(known)}. Set slice_floor: null there, or another metric."
        )
    seen = slices[(slices["metric"] == metric) & (slices["rows"] >= min_rows)].dropna(subset="value")
    if seen.empty:
        words = f"no slice has {min_rows} rows and a value of {metric}: nothing to look at"
        return Gate("worst slice", True, None, floor, words)
    worst: Any = seen.iloc[int((seen["value"] * gain(metric)).to_numpy().argmin())]
    least = "at least" if gain(metric) > 0 else "at most"
    words = (
        f"{metric} {worst['value']:.4g} in {worst['column']} = {worst['slice']} ({worst['rows']:,} rows), "
        f"{least} {floor:g} asked"
    )
    return _measured("worst slice", float(worst["value"]), floor, words, sign=gain(metric))


def _measured(name: str, value: float, limit: float, words: str, *, sign: int) -> Gate:
    held = sign * (value - limit) >= 0
    return Gate(name, held, value, limit, words if held else f"{words}; {abs(value - limit):.4g} lacking")
