"""Split as the data says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.examples.schema import PART
from stages.splitters.sizes import PARTS, Assignment, Sizes
from stages.splitters.straddling import exclude_straddlers
from stages.splitters.stratified import Stratified
from stages.splitters.units import KEY, UNIT, unit_keys


@dataclass(frozen=True)
class Predefined:
    """Each row's part is given by the column with the role `part`.

    Test is kept as given. Without validation rows, validation is drawn from train, with the classes' shares.
    Rows of train and validation whose content or group also lies in a later part are left out.

    Parameters
    ----------
    train, validation, test
        What the column may say for each part.
    bins
        Number of quantile bins of a regression target, for drawing validation.

    Examples
    --------
    >>> rows = pd.DataFrame({"part": ["train", "dev", "test", "train"], "unit": range(4)})
    >>> given = Predefined(train=["train"], validation=["dev"], test=["test"], bins=10)
    >>> given.assign(rows, Sizes(test=0.2, validation=0.2), seed=0).part.tolist()
    ['train', 'validation', 'test', 'train']
    """

    train: Sequence[str]
    validation: Sequence[str]
    test: Sequence[str]
    bins: int

    def assign(self, rows: pd.DataFrame, sizes: Sizes, *, seed: int) -> Assignment:
        """Return the part of each row; `sizes.test` has no effect.

        Raises
        ------
        ValueError
            Without a known part for every row, without train or test rows, or with folds.
        """
        if sizes.cross_validated:
            raise ValueError(
                f"split.folds={sizes.folds} cannot go with split/strategy=predefined: the parts are given "
                "by the data. Set split.folds=0, or take another strategy."
            )
        part, notes = exclude_straddlers(self._given(rows), rows[UNIT].to_numpy())
        drawn_parts: tuple[str, ...] = ()
        if "validation" not in part and "train" in part:
            train = np.flatnonzero(part == "train")
            count = sizes.validation_rows(len(rows), available=len(train))
            ranked = rows.iloc[train].assign(**{KEY: unit_keys(rows.iloc[train], seed=seed)})
            drawn = Stratified(bins=self.bins).choose(ranked, count)
            part[train[drawn]] = "validation"
            notes = (*notes, "the data gives no validation part: it was drawn from train")
            drawn_parts = ("validation",)
        return Assignment(part, np.full(len(rows), -1, np.int64), notes, drawn_parts)

    def _given(self, rows: pd.DataFrame) -> NDArray[np.object_]:
        """Return the part that the data gives for each row."""
        if PART not in rows:
            raise ValueError(
                "split/strategy=predefined needs the part of each row, and no column has the role `part`. "
                "Name one in the data set's YAML, or take split/strategy=stratified."
            )
        names = {str(name): part for part in PARTS for name in getattr(self, part)}
        part = rows[PART].astype(object).map(names)
        unknown = rows[PART][part.isna()].astype(object).fillna("(missing)").value_counts()
        if len(unknown):
            listed = ", ".join(f"{name!r} ({count:,} rows)" for name, count in unknown.head(5).items())
            raise ValueError(
                f"The column with the role `part` says {listed}; known are {', '.join(map(repr, names))}. "
                "Lay the names over split.strategy, for example split.strategy.validation=[dev]."
            )
        for needed in ("train", "test"):
            if needed not in part.to_numpy():
                raise ValueError(
                    f"The column with the role `part` gives no {needed} rows: none says "
                    f"{' or '.join(map(repr, getattr(self, needed)))}. Lay its name over "
                    f"split.strategy.{needed}, or take another strategy."
                )
        return part.to_numpy(dtype=object)
