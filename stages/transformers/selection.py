"""Which columns are worth encoding: fitted on train, since it takes many rows to see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import pandas as pd
from sklearn.base import BaseEstimator

from stages.examples.schema import FEATURE


class ColumnSelection(BaseEstimator):
    """Keep the columns that hold something: not empty, not too empty, not constant.

    Parameters
    ----------
    max_missing_share
        Columns with a greater share of missing cells (0-1) are dropped.
    drop_constant
        Whether columns with a single value are dropped.
    missing_is_value
        Columns where missing itself is encoded, so that a value and missing make two.

    Examples
    --------
    >>> frame = pd.DataFrame({"feature.a": [1, 2, 3], "feature.b": [5, 5, 5], "feature.c": [1, None, None]})
    >>> selection = ColumnSelection(max_missing_share=0.5).fit(frame)
    >>> selection.kept_, selection.dropped_
    (['feature.a'], {'b': 'constant: every value is 5', 'c': '67 % missing'})
    """

    def __init__(
        self,
        *,
        max_missing_share: float = 0.95,
        drop_constant: bool = True,
        missing_is_value: Sequence[str] = (),
    ) -> None:
        self.max_missing_share = max_missing_share
        self.drop_constant = drop_constant
        self.missing_is_value = tuple(missing_is_value)

    def fit(self, frame: pd.DataFrame) -> Self:
        """Look at every column of `frame`; ``dropped_`` says why for each that goes."""
        reasons = {str(key): self._reason(column) for key, column in frame.items()}
        self.kept_ = [key for key, reason in reasons.items() if not reason]
        self.dropped_ = {key.removeprefix(FEATURE): reason for key, reason in reasons.items() if reason}
        return self

    def _reason(self, column: pd.Series) -> str:
        """Return why `column` is dropped, or nothing."""
        missing = column.isna().mean() if len(column) else 1.0
        if missing == 1.0:
            return "empty: every cell is missing"
        if missing > self.max_missing_share:
            return f"{100 * missing:.0f} % missing"
        values = column.nunique(dropna=column.name not in self.missing_is_value)
        if self.drop_constant and values == 1:
            return f"constant: every value is {column.dropna().iloc[0]}"
        return ""
