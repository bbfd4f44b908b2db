"""Split by groups so that each part has nearly the same share of every class."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from stages.splitters.grouped import check_groups
from stages.splitters.sizes import Sizes
from stages.splitters.stratified import Stratified


@dataclass(frozen=True)
class GroupedStratified(Stratified):
    """Whole groups, drawn so that the classes' shares are kept; refuses a table without a group column.

    Where a group column is declared, `Stratified` keeps groups whole too; this one makes sure that there is
    one.

    Parameters
    ----------
    bins
        Number of quantile bins of a regression target; without effect on classes.

    Examples
    --------
    >>> from stages.splitters.sizes import Sizes
    >>> rows = pd.DataFrame({"example_id": [f"t.csv:{i}" for i in range(12)], "group": list("aabbccddeeff"),
    ...                      "unit": [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5], "target": ["no", "yes"] * 6})
    >>> part = GroupedStratified(bins=10).assign(rows, Sizes(test=4, validation=4), seed=0).part
    >>> pd.crosstab(part, rows["target"]).to_numpy().tolist()
    [[2, 2], [2, 2], [2, 2]]
    """

    def check(self, rows: pd.DataFrame, sizes: Sizes) -> None:
        """Refuse a table without groups.

        Raises
        ------
        ValueError
            With the remedy.
        """
        check_groups(rows)
        super().check(rows, sizes)
