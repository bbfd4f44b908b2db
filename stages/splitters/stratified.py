"""Split so that each part has the same share of every class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.examples.schema import GROUP, TARGET
from stages.splitters.balancing import choose_balanced, deal_balanced
from stages.splitters.ranking import choose_ranked, deal_ranked
from stages.splitters.sizes import PARTS, Sizes
from stages.splitters.splitter import Mask, Splitter
from stages.splitters.units import UNIT


@dataclass(frozen=True)
class Stratified(Splitter):
    """Units in the order of their hash within each class, or within each quantile bin of a regression target.

    Groups of a declared group column are kept whole and drawn so that the classes' shares come out nearly
    equal.

    Parameters
    ----------
    bins
        Number of quantile bins of a regression target; without effect on classes.

    Examples
    --------
    >>> from stages.splitters.sizes import Sizes
    >>> rows = pd.DataFrame({"example_id": [f"t.csv:{i}" for i in range(8)], "unit": range(8),
    ...                      "target": ["no"] * 5 + ["yes"] * 3})
    >>> part = Stratified(bins=10).assign(rows, Sizes(test=2, validation=2), seed=0).part
    >>> pd.crosstab(part, rows["target"]).loc["test"].tolist()
    [1, 1]
    """

    bins: int

    def check(self, rows: pd.DataFrame, sizes: Sizes) -> None:
        """Refuse a class with fewer distinct rows (or groups) than parts or folds.

        Raises
        ------
        ValueError
            Naming the classes.
        """
        super().check(rows, sizes)
        if GROUP in rows:
            return
        strata = target_strata(rows[TARGET], self.bins)
        check_strata(rows, strata, needed=max(len(PARTS), sizes.folds), what=self.unit_name(rows))
        if not sizes.cross_validated:
            check_count(sizes.test_rows(len(rows)), len(np.unique(strata)), "split.test_size")
        check_count(
            sizes.validation_rows(len(rows), available=len(rows)),
            len(np.unique(strata)),
            "split.validation_size",
        )

    def choose(self, rows: pd.DataFrame, count: int) -> Mask:
        """Return which rows to take: the first units by rank of each class."""
        choose = choose_balanced if GROUP in rows else choose_ranked
        return choose(rows, count, strata=target_strata(rows[TARGET], self.bins))

    def deal(self, rows: pd.DataFrame, folds: int) -> NDArray[np.int64]:
        """Return the fold of each row: runs of the ranked units of each class."""
        deal = deal_balanced if GROUP in rows else deal_ranked
        return deal(rows, folds, strata=target_strata(rows[TARGET], self.bins))


def target_strata(target: pd.Series, bins: int) -> NDArray[np.int64]:
    """Return the stratum of each row: its class, or the quantile bin of its value.

    Bins of equal borders are merged (a value that very many rows share).

    Examples
    --------
    >>> target_strata(pd.Series(["b", "a", "b"]), 10)
    array([1, 0, 1])
    >>> target_strata(pd.Series([1.0, 2.0, 3.0, 40.0]), 2)
    array([0, 0, 1, 1])
    """
    if pd.api.types.is_float_dtype(target):
        codes = pd.qcut(target, bins, labels=False, duplicates="drop")
        return codes.fillna(0).to_numpy(np.int64)
    return pd.factorize(target, sort=True)[0].astype(np.int64)


def check_strata(rows: pd.DataFrame, strata: NDArray[np.int64], *, needed: int, what: str) -> None:
    """Refuse strata with fewer than `needed` units.

    Raises
    ------
    ValueError
        Naming them and the remedies.
    """
    units = rows[UNIT].groupby(strata).nunique()
    few = units[units < needed]
    if few.empty:
        return
    if pd.api.types.is_float_dtype(rows[TARGET]):
        raise ValueError(
            f"{len(few)} of the {len(units)} bins of the target hold fewer than {needed} {what}, so that "
            "not every part or fold could get one. Set split.strategy.bins lower, or split/strategy=random."
        )
    names = rows[TARGET].groupby(strata).first()
    named = ", ".join(f"{name!r} ({count})" for name, count in zip(names[few.index], few, strict=True))
    numbers = pd.to_numeric(names, errors="coerce").notna().all()
    remedy = "If these are amounts and no classes, state dataset.task=regression. " if numbers else ""
    raise ValueError(
        f"A class with fewer {what} than parts or folds cannot be split with strata: {needed} are needed of "
        f"each class, and there are fewer of {named}. {remedy}Merge or drop these classes in the raw data, "
        "collect more rows of them, lower split.folds, or take split/strategy=random, which pays no heed to "
        "the classes."
    )


def check_count(count: int, strata: int, name: str) -> None:
    """Refuse a part too small to hold one row of each stratum.

    Raises
    ------
    ValueError
        Naming the parameter.
    """
    if count < strata:
        raise ValueError(
            f"{name} gives {count} rows, and with strata each of the {strata} classes or bins needs at "
            f"least one. Set {name}={strata} or more, or split/strategy=random."
        )
