"""Split by groups."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from stages.examples.schema import GROUP
from stages.splitters.random import Random
from stages.splitters.sizes import Sizes


@dataclass(frozen=True)
class Grouped(Random):
    """Whole groups in the order of their hash; refuses a table without a group column.

    Every strategy keeps the groups of a declared group column together; this one makes sure that there is
    one.

    Examples
    --------
    >>> from stages.splitters.sizes import Sizes
    >>> rows = pd.DataFrame({"example_id": [f"t.csv:{i}" for i in range(8)], "group": list("aabbccdd"),
    ...                      "unit": [0, 0, 1, 1, 2, 2, 3, 3]})
    >>> Grouped().assign(rows, Sizes(test=2, validation=2), seed=0).part.tolist()
    ['train', 'train', 'test', 'test', 'train', 'train', 'validation', 'validation']
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


def check_groups(rows: pd.DataFrame) -> None:
    """Refuse a table without a group column.

    Raises
    ------
    ValueError
        With the remedy.
    """
    if GROUP not in rows:
        raise ValueError(
            "The split by groups needs to know the group of each row, and no column has the role `group`. "
            "Name one in the data set's YAML (a patient, customer or household id), or take "
            "split/strategy=stratified."
        )
