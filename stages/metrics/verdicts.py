"""The judgement of one part: metrics, their intervals, and whether the network beats each baseline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from stages.metrics.answers import Answers
from stages.metrics.bootstrap import Measured, Samples, bootstrap
from stages.metrics.comparison import UNSURE, differences
from stages.metrics.direction import main_metric
from stages.metrics.draws import Resampling, draws
from stages.metrics.judgement import Judge

NETWORK = "network"


class PartJudgement(NamedTuple):
    """What `judge_part` returns.

    Attributes
    ----------
    metrics
        As `Judge.measure` returns them.
    intervals
        ``[low, high]`` or None of each of them, nested likewise.
    comparison
        ``main`` (the metric looked at first) and ``baselines``: metrics, intervals and differences of each.
    notes
        What deviates, one sentence each.
    """

    metrics: dict[str, Any]
    intervals: dict[str, Any]
    comparison: dict[str, Any]
    notes: tuple[str, ...]


def judge_part(
    network: Answers,
    baselines: Mapping[str, Mapping[str, Answers]],
    *,
    judge: Judge,
    part: str,
    resampling: Resampling,
) -> PartJudgement:
    """Return the judgement of the network's answers for `part`, beside those of the baselines.

    All are measured on the same resamples, so that the intervals of differences are paired.

    Parameters
    ----------
    baselines
        Answers by name and part, for the same rows in the same order.
    """
    everyone = {NETWORK: network, **{name: answers[part] for name, answers in baselines.items()}}
    measured = {name: judge.measure(answers) for name, answers in everyone.items()}
    samples: dict[str, Samples] = {name: {} for name in everyone}
    if len(network):
        judged = {name: judge.resampled(answers) for name, answers in everyone.items()}
        samples = bootstrap(judged, draws(len(network), resampling, part=part, group=network.group))
    told = {
        name: Measured(measured[name].values, samples[name], confidence=resampling.confidence)
        for name in everyone
    }
    compared = {name: _beside(told[NETWORK], told[name]) for name in baselines}
    found = told[NETWORK].intervals
    notes = (*measured[NETWORK].notes, *found.notes, *_few(samples[NETWORK], resampling, network))
    comparison = {"main": main_metric(judge.task), "baselines": compared}
    return PartJudgement(measured[NETWORK].values, found.values, comparison, notes)


def documents(judged: Mapping[str, PartJudgement], resampling: Resampling) -> dict[str, dict[str, Any]]:
    """Return the judgements of all parts by the name of their file."""
    size = {"confidence": resampling.confidence, "resamples": resampling.resamples}
    return {
        "metrics": {part: each.metrics for part, each in judged.items()},
        "intervals": size | {part: each.intervals for part, each in judged.items()},
        "comparison": {part: each.comparison for part, each in judged.items()},
    }


def _beside(network: Measured, baseline: Measured) -> dict[str, Any]:
    return {
        "metrics": _flat(baseline.metrics),
        "intervals": _flat(baseline.intervals.values),
        "differences": differences(network, baseline),
    }


def _few(samples: Samples, resampling: Resampling, answers: Answers) -> tuple[str, ...]:
    """Return a note where nothing could be resampled."""
    if samples or not resampling.resamples or not len(answers):
        return ()
    return ("no intervals: they take two rows, or two groups where the data set has groups, at least",)


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` without those of each class."""
    return {name: value for name, value in values.items() if not isinstance(value, Mapping)}


def verdict_lines(part: str, comparison: Mapping[str, Any]) -> list[str]:
    """Return a line for each baseline: what the main metric says of the network.

    Examples
    --------
    >>> gap = {"difference": 0.1, "low": 0.05, "high": 0.15, "verdict": "better"}
    >>> told = {"metrics": {"accuracy": 0.7}, "differences": {"accuracy": gap}}
    >>> verdict_lines("test", {"main": "accuracy", "baselines": {"linear": told}})
    ['test        better than linear: accuracy 0.7, difference 0.1 [0.05, 0.15]']
    """
    lines = []
    for name, told in comparison["baselines"].items():
        main = comparison["main"]
        gap = told["differences"].get(main)
        if gap and gap["verdict"]:
            verdict = gap["verdict"] + (" from" if gap["verdict"] == UNSURE else " than")
            bounds = f"[{gap['low']:.3g}, {gap['high']:.3g}]"
            value = f"{main} {told['metrics'][main]:.6g}, difference {gap['difference']:.3g} {bounds}"
            lines.append(f"{part:<11} {verdict} {name}: {value}")
    return lines
