"""Sequences as one array: missing steps filled, scaled, cut or padded to one length."""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from stages.examples.encoded import Array, InputSpec
from stages.transformers.media import Made
from stages.transformers.steps import Steps, filled, moments_by_series, stacked

SEQUENCE: Final = "sequence"
SEQUENCE_LENGTH: Final = "sequence_length"
USUAL_SHARE: Final = 0.95
MUCH_LONGER: Final = 2
"""The longest sequences are cut where they are more than so many times as long as 95 % of train's are."""
Scale = Literal["channel", "series", "none"]


class Moments(NamedTuple):
    """Mean and standard deviation, one a channel or one a series and channel."""

    mean: Array
    std: Array


class Padded(BaseEstimator):
    """Sequences of one length: longer ones cut, shorter ones followed by zeros, their own length kept beside.

    A sequence that is missing altogether becomes one step of the channels' means.

    Parameters
    ----------
    length
        Steps; ``auto``: the longest of train, but at most twice what 95 % of train's do not exceed.
    scale
        ``channel``: by mean and standard deviation of each channel over all steps of train; ``series``: by
        those of each sequence itself, so that only its shape is left; ``none``.
    missing
        ``interpolate``: a missing value lies on the line between its neighbours (beyond the last known one:
        that one; a channel without any: its mean in train); ``zero``: it is 0 after scaling.
    truncate
        Which side of a longer sequence is cut off.

    Examples
    --------
    >>> padded = Padded(scale="none")
    >>> loads = pd.Series([np.float32([1, np.nan, 3]), np.float32([5])])
    >>> made = padded.fit_transform(loads, names=("load",))
    >>> made.inputs["sequence"][:, :, 0].tolist(), made.inputs["sequence_length"].tolist()
    ([[1.0, 2.0, 3.0], [5.0, 0.0, 0.0]], [[3], [1]])
    """

    def __init__(
        self,
        *,
        length: int | Literal["auto"] = "auto",
        scale: Scale = "channel",
        missing: Literal["interpolate", "zero"] = "interpolate",
        truncate: Literal["end", "start"] = "end",
    ) -> None:
        self.length = length
        self.scale = scale
        self.missing = missing
        self.truncate = truncate

    def fit_transform(self, cells: pd.Series, *, names: tuple[str, ...]) -> Made:
        """Learn length, means and deviations from train and return its array."""
        self.names_ = names
        steps = stacked(cells, num_channels=len(names))
        there = steps.lengths[steps.lengths > 0]
        self.mean_, self.std_ = _channel_moments(steps.values)
        usual = int(np.ceil(np.quantile(there, USUAL_SHARE)))
        longest = min(int(there.max()), MUCH_LONGER * usual)
        self.length_ = longest if self.length == "auto" else int(self.length)
        made = self._made(steps)
        facts = {"shortest": int(there.min()), "median": int(np.median(there)), "longest": int(there.max())}
        return Made(made.inputs, made.facts | facts)

    def transform(self, cells: pd.Series) -> Made:
        """Return the sequences ``(n_samples, n_steps, n_channels)`` float32 and their lengths int32."""
        return self._made(stacked(cells, num_channels=len(self.names_)))

    @property
    def inputs(self) -> tuple[InputSpec, ...]:
        """The description of the two arrays."""
        shape = (self.length_, len(self.names_))
        return (
            InputSpec(name=SEQUENCE, dtype="float32", shape=shape, columns=self.names_),
            InputSpec(name=SEQUENCE_LENGTH, dtype="int32", shape=(1,)),
        )

    def notes(self, facts: dict[str, Any]) -> list[str]:
        """Return what a person may want to know of what was lost in train, one sentence each."""
        cut = facts["truncated_share"]
        if not cut:
            return []
        return [
            f"{100 * cut:.1f} % of the sequences of train are longer than {self.length_} steps and were cut; "
            f"encode.sequence.length={facts['longest']} keeps all of them."
        ]

    def _made(self, steps: Steps) -> Made:
        there = steps.lengths > 0
        values = self._scaled(steps)
        lengths = np.minimum(steps.lengths, self.length_)
        padded = np.zeros((len(lengths), self.length_, len(self.names_)), np.float32)
        series, step = steps.series, steps.step
        if self.truncate == "start":
            step = step - np.maximum(steps.lengths - self.length_, 0)[series]
        kept = (step >= 0) & (step < self.length_)
        padded[series[kept], step[kept]] = values[kept]
        padded[~there, 0] = self.mean_ if self.scale == "none" else 0.0
        facts = {
            "missing": int((~there).sum()),
            "truncated_share": float(np.mean(steps.lengths > self.length_)),
            "missing_values": int(np.isnan(steps.values).sum()),
        }
        counts = np.maximum(lengths, 1).astype(np.int32).reshape(-1, 1)
        return Made({SEQUENCE: padded, SEQUENCE_LENGTH: counts}, facts)

    def _scaled(self, steps: Steps) -> Array:
        """Return the values of all steps without missing ones, ``(n_all_steps, n_channels)`` float64."""
        values = steps.values.astype(np.float64)
        if self.missing == "interpolate":
            steps = steps._replace(values=filled(steps, otherwise=self.mean_))
            values = steps.values
        moments = self._moments(steps)
        return np.nan_to_num((values - moments.mean) / moments.std, nan=0.0, posinf=None, neginf=None)

    def _moments(self, steps: Steps) -> Moments:
        if self.scale == "series":
            mean, std = moments_by_series(steps)
            return Moments(mean[steps.series], std[steps.series])
        if self.scale == "channel":
            return Moments(self.mean_, self.std_)
        return Moments(np.zeros(len(self.names_)), np.ones(len(self.names_)))


def _channel_moments(values: Array) -> Moments:
    """Return mean and standard deviation of each channel; without spread, 1; without any value, 0 and 1."""
    count = (~np.isnan(values)).sum(axis=0)
    clean = np.nan_to_num(values.astype(np.float64))
    mean = clean.sum(axis=0) / np.maximum(count, 1)
    squares = np.where(np.isnan(values), 0.0, (clean - mean) ** 2).sum(axis=0)
    std = np.sqrt(squares / np.maximum(count, 1))
    return Moments(mean, np.where(std > 0, std, 1.0))
