"""How sure a metric is: percentile intervals of the bootstrap.

The rows (or the groups) that were judged are drawn again and again, with replacement, and measured each
time; the interval holds the middle share of what comes out (Efron & Tibshirani, "An introduction to the
bootstrap", 1993, section 13.3; whole groups: Davison & Hinkley, "Bootstrap methods and their application",
1997, section 3.8). It says how much the metric would move with other rows from the same source, the network
being this one: nothing about other seeds of the training.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from stages.examples.encoded import Array
from stages.metrics.measures import listed

Samples = dict[str, Any]
"""Values ``(n_resamples,)`` by metric, NaN where one is not defined; may be nested (``per_class``)."""
Judged = Callable[[Array], Samples]
"""From counts ``(n_resamples, n_samples)`` to what is measured in each of these resamples."""
LEAST_DEFINED = 0.5
"""A metric has an interval where at least this share of the resamples could be measured."""


class Intervals(NamedTuple):
    """What `intervals` returns: ``[low, high]`` or None by metric, nested like the metrics, and notes."""

    values: dict[str, Any]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measured:
    """Metrics on the rows themselves, and in each of the resamples.

    Attributes
    ----------
    metrics
        By name; None where not defined.
    samples
        As `bootstrap` returns them.
    confidence
        Share of the resamples that an interval holds, (0, 1).
    """

    metrics: Mapping[str, Any]
    samples: Samples
    confidence: float

    @property
    def intervals(self) -> Intervals:
        """The interval of each metric."""
        return intervals(self.samples, self.metrics, confidence=self.confidence)


def bootstrap(judged: Mapping[str, Judged], draws: Iterable[Array]) -> dict[str, Samples]:
    """Return what each of `judged` measures on the same `draws`; no samples where nothing was drawn."""
    chunks: dict[str, list[Samples]] = {name: [] for name in judged}
    for counts in draws:
        for name, judge in judged.items():
            chunks[name].append(judge(counts))
    return {name: _joined(samples) for name, samples in chunks.items()}


def intervals(samples: Samples, metrics: Mapping[str, Any], *, confidence: float) -> Intervals:
    """Return the interval of each of `metrics`, None where it is not defined in half of the resamples.

    Parameters
    ----------
    samples
        As `bootstrap` returns them.
    metrics
        The values measured on the rows themselves, nested likewise. ``rows`` has no interval.
    confidence
        Share of the resamples that an interval holds, (0, 1).

    Examples
    --------
    >>> intervals({"mae": np.arange(5.0)}, {"mae": 2.0, "rows": 7}, confidence=0.5).values
    {'mae': [1.0, 3.0]}
    """
    values, lacking = _walk(samples, metrics, confidence)
    if not lacking or not samples:
        return Intervals(values)
    return Intervals(
        values,
        (f"no interval of {listed(lacking)}: not defined in more than half of the resamples",),
    )


def interval(sample: Array, *, confidence: float) -> list[float] | None:
    """Return the middle `confidence` of `sample` as ``[low, high]``, NaN passed over.

    None where more than half of it is NaN.
    """
    defined = sample[np.isfinite(sample)]
    if not len(sample) or len(defined) < LEAST_DEFINED * len(sample):
        return None
    tail = (1 - confidence) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return [float(low), float(high)]


def _walk(
    samples: Samples, metrics: Mapping[str, Any], confidence: float, within: str = ""
) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    lacking: list[str] = []
    for name, value in metrics.items():
        if isinstance(value, Mapping):
            values[name], further = _walk(samples.get(name, {}), value, confidence, within=name)
            lacking += further
        elif name != "rows":
            found = None
            if value is not None and name in samples:
                found = interval(samples[name], confidence=confidence)
                lacking += [] if found else [f"{name} of {within}" if within else name]
            values[name] = found
    return values, lacking


def _joined(chunks: list[Samples]) -> Samples:
    if not chunks:
        return {}
    first = chunks[0]
    return {
        name: _joined([chunk[name] for chunk in chunks])
        if isinstance(value, Mapping)
        else np.concatenate([chunk[name] for chunk in chunks])
        for name, value in first.items()
    }
