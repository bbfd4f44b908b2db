"""How many rows each part is to get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

PARTS = ("train", "validation", "test")
EXCLUDED = "excluded"


class Assignment(NamedTuple):
    """The part of each row, and the fold in which it is tested (-1: in none).

    `drawn` names the parts whose size is the user's wish (not given by the data); `notes` is for a reader.
    """

    part: NDArray[np.object_]
    fold: NDArray[np.int64]
    notes: tuple[str, ...] = ()
    drawn: tuple[str, ...] = ("validation", "test")


@dataclass(frozen=True)
class Sizes:
    """Sizes of the parts, as the user asked for them.

    Attributes
    ----------
    test, validation
        Fraction of all rows (a float below 1) or number of rows (an int).
    folds, fold
        With 2 folds or more the test part is fold `fold` of `folds`, and `test` counts no more.
    """

    test: float
    validation: float
    folds: int = 0
    fold: int = 0

    @staticmethod
    def count(size: float, rows: int) -> int:
        """Return `size` as a number of rows: a fraction of `rows` (at least one row), or the number."""
        return max(1, round(size * rows)) if size < 1 else int(size)

    @property
    def cross_validated(self) -> bool:
        """Whether the test part is one of several folds."""
        return self.folds > 1

    def test_rows(self, rows: int) -> int:
        """Return the number of test rows out of `rows`.

        Raises
        ------
        ValueError
            Where test and validation leave nothing to train on.
        """
        count = self.count(self.test, rows)
        left = rows - count - self.count(self.validation, rows)
        if left < 1:
            raise ValueError(
                f"split.test_size={self.test} and split.validation_size={self.validation} ask for "
                f"{rows - left:,} rows and the table has {rows:,}: nothing would be left to train on. Make "
                "them smaller; below 1 they are fractions of all rows (0.2), from 1 on numbers of rows "
                "(500)."
            )
        return count

    def validation_rows(self, rows: int, *, available: int) -> int:
        """Return the number of validation rows: of all `rows`, out of the `available` that test leaves.

        Raises
        ------
        ValueError
            Where they leave nothing to train on.
        """
        count = self.count(self.validation, rows)
        if count >= available:
            raise ValueError(
                f"split.validation_size={self.validation} asks for {count:,} rows, and {available:,} of the "
                f"{rows:,} are left beside the test part: nothing would be left to train on. Make it smaller."
            )
        return count

    def check_folds(self, units: int, *, what: str) -> None:
        """Refuse a fold that does not exist and more folds than there are `units` to share out.

        Raises
        ------
        ValueError
            Naming the greatest number of folds that works.
        """
        if not self.cross_validated:
            return
        if not 0 <= self.fold < self.folds:
            raise ValueError(
                f"split.fold={self.fold} does not exist: with split.folds={self.folds} the folds are "
                f"numbered 0 to {self.folds - 1}."
            )
        if self.folds > units:
            raise ValueError(
                f"split.folds={self.folds} asks for more folds than there are {what} ({units:,}). "
                f"Set split.folds={units} or less, or split.folds=0 for a single split."
            )
