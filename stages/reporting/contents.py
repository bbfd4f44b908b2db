"""All that a report is made from: what the stages wrote about one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from stages.examples.schema import Column, Role, Task

Bounds = tuple[float, float]


@dataclass(frozen=True)
class Contents:
    """What is known of one run.

    Attributes
    ----------
    record
        ``name``, ``key``, ``commit``, ``changed`` (whether the code differs from that commit), ``overrides``.
    config
        The whole configuration, as in data/config.yaml, with ``choices``.
    config_text
        The same as the text of the file.
    documents
        JSON documents by name: schema, split, encode, resample, augment, training, baseline, metrics,
        intervals, decision, comparison.
    tables
        history, profile, audit, slices, worst, importance, threshold, confusion, roc, precision_recall,
        calibration, residuals; those of another task have no rows.
    notes
        What each stage noted, by stage.
    wrong
        Pictures and series of the first rows of the table worst, as the table of examples holds them, by
        ``example_id``; without columns where the data have none.
    contact_sheet
        PNG of what the augmentation policy makes of some examples; empty where there is no policy.
    """

    record: Mapping[str, Any]
    config: Mapping[str, Any]
    config_text: str
    documents: Mapping[str, Mapping[str, Any]]
    tables: Mapping[str, pd.DataFrame]
    notes: Mapping[str, tuple[str, ...]]
    wrong: pd.DataFrame = field(default_factory=pd.DataFrame)
    contact_sheet: bytes = b""

    @property
    def task(self) -> Task:
        """Return the task."""
        task: Task = self.documents["schema"]["task"]
        return task

    @property
    def classes(self) -> list[str]:
        """Return the class names, in the network's order; none for a regression."""
        return list(self.documents["decision"]["classes"])

    def features(self, *roles: Role) -> list[Column]:
        """Return the feature columns with one of `roles`."""
        columns = (Column.model_validate(each) for each in self.documents["schema"]["features"])
        return [column for column in columns if column.role in roles]

    @property
    def main(self) -> str:
        """Return the metric that is looked at first."""
        return str(self.comparison()["main"])

    @property
    def judged_by(self) -> str:
        """Return the metric of the verdict: the mean cost where a cost matrix decides, else `main`."""
        return "mean_cost" if "mean_cost" in self.metrics() else self.main

    def metrics(self, part: str = "test") -> Mapping[str, Any]:
        """Return the metrics of `part`."""
        found: Mapping[str, Any] = self.documents["metrics"].get(part, {"rows": 0})
        return found

    def comparison(self, part: str = "test") -> Mapping[str, Any]:
        """Return how the network compares with the baselines on `part`."""
        found: Mapping[str, Any] = self.documents["comparison"][part]
        return found

    def interval(self, metric: str, part: str = "test", *, label: str | None = None) -> Bounds | None:
        """Return the interval of `metric`, of one class where `label` is given; None where there is none."""
        found = self.documents["intervals"].get(part, {})
        found = found if label is None else found.get("per_class", {}).get(label, {})
        return bounds(found.get(metric))

    @property
    def confidence(self) -> str:
        """Return the confidence of all intervals, in per cent.

        Examples
        --------
        >>> Contents({}, {}, "", {"intervals": {"confidence": 0.95}}, {}, {}).confidence
        '95 %'
        """
        return f"{100 * float(self.documents['intervals']['confidence']):g} %"


def bounds(pair: Any) -> Bounds | None:
    """Return an interval read from JSON; None where it is missing or has no end.

    Examples
    --------
    >>> bounds([0.1, 0.2]), bounds(None), bounds([0.1, None])
    ((0.1, 0.2), None, None)
    """
    if pair is None or any(each is None for each in pair):
        return None
    low, high = pair
    return float(low), float(high)
