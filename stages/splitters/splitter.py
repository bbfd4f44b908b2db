"""What the splitters that draw by rank have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.examples.schema import GROUP
from stages.splitters.sizes import PARTS, Assignment, Sizes
from stages.splitters.units import KEY, UNIT, unit_keys

Mask = NDArray[np.bool_]


class Splitter(ABC):
    """Test is drawn from all rows, validation from what test leaves; whole units only."""

    def assign(self, rows: pd.DataFrame, sizes: Sizes, *, seed: int) -> Assignment:
        """Return the part and the fold of each row.

        Parameters
        ----------
        rows
            Reserved columns of the table of examples, and ``unit``.
        sizes
            What the user asked for.
        seed
            Decides the order in which units are drawn.

        Raises
        ------
        ValueError
            Where the rows cannot be split so, with the remedy.
        """
        self.check(rows, sizes)
        fold = np.full(len(rows), -1, np.int64)
        rows = rows.assign(**{KEY: unit_keys(rows, seed=seed)})
        if sizes.cross_validated:
            fold = self.deal(rows, sizes.folds)
            test = fold == sizes.fold
            # Ranked anew for every fold, else all folds but one would share a single validation part.
            rows[KEY] = unit_keys(rows, seed=seed + (sizes.fold + 1) * 1_000_003)
        else:
            test = self.choose(rows, sizes.test_rows(len(rows)))
        part = np.where(test, "test", "train").astype(object)
        rest = rows[~test]
        count = sizes.validation_rows(len(rows), available=len(rest))
        part[np.flatnonzero(~test)[self.choose(rest, count)]] = "validation"
        return Assignment(part, fold)

    def check(self, rows: pd.DataFrame, sizes: Sizes) -> None:
        """Refuse what cannot be split.

        Raises
        ------
        ValueError
            Where there are fewer units than parts, or than folds.
        """
        units = rows[UNIT].nunique()
        if units < len(PARTS):
            cause = (
                "Check the column declared as `group` in the data set's YAML: its values should tell many "
                "groups apart."
                if GROUP in rows
                else "The features hardly differ between the rows: see data/clean/profile.csv for columns "
                "that were ignored or read wrongly, and give the data set more columns or rows."
            )
            raise ValueError(
                f"The {len(rows):,} rows make up only {units} {self.unit_name(rows)}, which must not be "
                f"parted; train, validation and test need at least {len(PARTS)}. {cause}"
            )
        sizes.check_folds(units, what=self.unit_name(rows))

    def unit_name(self, rows: pd.DataFrame) -> str:
        """Return what a unit is to the user."""
        return "groups (those that share equal rows count as one)" if GROUP in rows else "distinct rows"

    @abstractmethod
    def choose(self, rows: pd.DataFrame, count: int) -> Mask:
        """Return which rows to take so that about `count` are taken, whole units in the order of ``key``."""

    @abstractmethod
    def deal(self, rows: pd.DataFrame, folds: int) -> NDArray[np.int64]:
        """Return the fold of each row, whole units only."""
