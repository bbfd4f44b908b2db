"""How dates become numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from stages.examples.encoded import Array

PARTS = ("year", "month", "day", "weekday", "hour", "elapsed_days")
PERIODS = {"month": 12, "day": 31, "weekday": 7, "hour": 24}
"""Parts that come round again, and after how many steps."""


class NoDates(BaseEstimator):
    """Leave dates out.

    Examples
    --------
    >>> NoDates().fit_transform(pd.DataFrame({"opened": [pd.Timestamp("2020-02-01")]})).shape
    (1, 0)
    """

    def fit_transform(self, dates: pd.DataFrame) -> Array:
        """Return an array without columns."""
        return self.transform(dates)

    def transform(self, dates: pd.DataFrame) -> Array:
        """Return an array without columns."""
        return np.empty((len(dates), 0))

    def get_feature_names_out(self) -> list[str]:
        """Return no names."""
        return []


class DateParts(BaseEstimator):
    """Take dates apart into year, month, day, weekday (Monday = 0), hour and days since train's first.

    A part that is the same in all rows of train (the hour of plain dates) is left out. A missing date gives
    missing parts, for the imputer.

    Parameters
    ----------
    parts
        Which of year, month, day, weekday, hour, elapsed_days to make.
    cyclic
        Whether month, day, weekday and hour become a sine and a cosine each, so that December lies
        beside January.

    Examples
    --------
    >>> dates = pd.DataFrame({"opened": pd.to_datetime(["2020-02-01", "2021-02-04"])})
    >>> parts = DateParts(parts=("year", "month", "elapsed_days"))
    >>> parts.fit_transform(dates).tolist()
    [[2020.0, 0.0], [2021.0, 369.0]]
    >>> parts.get_feature_names_out()
    ['opened year', 'opened elapsed days']
    """

    def __init__(self, *, parts: Sequence[str] = PARTS, cyclic: bool = False) -> None:
        self.parts = tuple(parts)
        self.cyclic = cyclic

    def fit(self, dates: pd.DataFrame) -> Self:
        """Learn the first date of each column, and which parts vary."""
        self.first_ = [None if pd.isna(first) else str(first) for first in dates.min()]
        made = self._parts(dates)
        self.names_ = [name for name, values in made.items() if np.unique(values[~np.isnan(values)]).size > 1]
        return self

    def fit_transform(self, dates: pd.DataFrame) -> Array:
        """Learn from `dates` and return their parts."""
        return self.fit(dates).transform(dates)

    def transform(self, dates: pd.DataFrame) -> Array:
        """Return the parts of `dates`, ``(n_samples, n_parts)`` float64, NaN where the date is missing."""
        made = self._parts(dates)
        return np.column_stack([made[name] for name in self.names_] or [np.empty((len(dates), 0))])

    def get_feature_names_out(self) -> list[str]:
        """Return the name of each part, e.g. ``opened month``."""
        return list(self.names_)

    def _parts(self, dates: pd.DataFrame) -> dict[str, Array]:
        made: dict[str, Array] = {}
        for (name, column), first in zip(dates.items(), self.first_, strict=True):
            for part in self.parts:
                values = _part(column, part, first)
                made |= self._cycle(f"{name} {part.replace('_', ' ')}", part, values)
        return made

    def _cycle(self, name: str, part: str, values: Array) -> dict[str, Array]:
        if not self.cyclic or part not in PERIODS:
            return {name: values}
        angle = 2 * np.pi * values / PERIODS[part]
        return {f"{name} sine": np.sin(angle), f"{name} cosine": np.cos(angle)}


def _part(column: pd.Series, part: str, first: str | None) -> Array:
    """Return one part of the dates in `column` as float64, NaN where missing."""
    if part == "elapsed_days":
        days = (column - pd.Timestamp(first or 0)) / pd.Timedelta(days=1)
    else:
        days = getattr(column.dt, "day_of_week" if part == "weekday" else part)
    return days.to_numpy(dtype=np.float64, na_value=np.nan)
