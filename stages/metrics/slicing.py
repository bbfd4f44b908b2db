"""Parts of the rows that a raw column tells apart: its categories, ranges of its numbers, what is missing."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from stages.examples.encoded import Array
from stages.examples.schema import Column

MISSING, OTHER = "missing", "other"
NO_VALUE = f"{MISSING} (no value)"
"""What the empty cells are called where a category is called ``missing``."""
NO_SLICE = -1
MOST_COLUMNS = 100
"""Columns sliced unless others are named: of many slices some look bad by chance, and each takes memory."""
DIGITS = range(6, 18)
"""Significant digits of the ends of ranges: the fewest that tell them apart."""


class Slices(NamedTuple):
    """The slices of one column.

    Attributes
    ----------
    column
        Its name in the user's file.
    names
        A category, ``true`` or ``false``, ``(10, 20]``, a single number or date, ``other (3 values)`` or
        ``missing`` (``missing (no value)`` beside a category ``missing``); these two last.
    codes
        Which slice each row is in, ``(n_samples,)`` int64; -1: in none.
    """

    column: str
    names: tuple[str, ...]
    codes: Array


def slices_of(column: Column, cells: pd.Series, *, quantiles: int, min_rows: int) -> Slices:
    """Return the slices of `column`; those with fewer than `min_rows` rows are left out.

    Categories with fewer are pooled as ``other`` first. Numbers and dates are cut at their quantiles, into at
    most `quantiles` ranges; where they have no more different values than that, each value is a slice.

    Examples
    --------
    >>> cells = pd.Series(["a", "a", "b", "b", "c", "d", None])
    >>> found = slices_of(Column(name="x", role="categorical"), cells, quantiles=4, min_rows=2)
    >>> found.names, found.codes.tolist()
    (('a', 'b', 'other (2 values)'), [0, 0, 1, 1, 2, 2, -1])
    """
    missing = cells.isna().to_numpy()
    names: list[str] = []
    codes = np.zeros(len(cells), np.int64)
    if not missing.all():
        names, codes = _LABELLERS[column.role](cells, quantiles, min_rows)
    codes = np.where(missing, len(names), codes)
    rows = np.bincount(codes, minlength=len(names) + 1)
    kept = rows >= max(min_rows, 1)
    place = np.where(kept, np.cumsum(kept) - 1, NO_SLICE)
    empty = NO_VALUE if MISSING in names else MISSING
    left = [name for name, large in zip([*names, empty], kept, strict=True) if large]
    return Slices(column.name, tuple(left), place[codes].astype(np.int64))


def sliced_columns(chosen: Literal["auto"] | Sequence[str], features: Sequence[Column]) -> list[Column]:
    """Return the columns named in `chosen`, or the first 100 of `features` (`unsliced_note` says so).

    Raises
    ------
    ValueError
        For names that are no feature column, with the nearest that is.

    Examples
    --------
    >>> sliced_columns("auto", [Column(name="age", role="numeric")])[0].name
    'age'
    """
    if chosen == "auto":
        return list(features[:MOST_COLUMNS])
    known = {column.name: column for column in features}
    unknown = [name for name in chosen if name not in known]
    if unknown:
        near = [match for name in unknown for match in difflib.get_close_matches(name, known, n=1)]
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise ValueError(
            f"evaluate.slices: expected names of feature columns ({', '.join(known)}), received "
            f"{', '.join(unknown)}.{hint} evaluate.slices=auto takes the columns of this data set."
        )
    return [known[name] for name in dict.fromkeys(chosen)]


def unsliced_note(chosen: Literal["auto"] | Sequence[str], features: Sequence[Column]) -> tuple[str, ...]:
    """Return a note where `sliced_columns` leaves columns out that nobody named.

    Examples
    --------
    >>> unsliced_note("auto", [Column(name="age", role="numeric")])
    ()
    """
    if chosen != "auto" or len(features) <= MOST_COLUMNS:
        return ()
    return (
        f"slices are those of the first {MOST_COLUMNS} of {len(features)} columns; name others in "
        f"evaluate.slices (evaluate.slices=[{features[MOST_COLUMNS].name}])",
    )


def _categories(cells: pd.Series, quantiles: int, min_rows: int) -> tuple[list[str], Array]:
    """Return the categories, the most frequent first, rare ones pooled; and which each row has."""
    counts = cells.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    frequent = [str(name) for name in counts.index[counts >= min_rows]]
    rare = len(counts) - len(frequent)
    codes = pd.Index(frequent).get_indexer(pd.Index(cells)) if frequent else np.full(len(cells), -1)
    plural = "value" if rare == 1 else "values"
    names = [*frequent, f"{OTHER} ({rare} {plural})"] if rare else frequent
    return names, np.where(codes < 0, len(frequent), codes)


def _boolean(cells: pd.Series, quantiles: int, min_rows: int) -> tuple[list[str], Array]:
    return ["false", "true"], (cells == 1).to_numpy(np.int64)


def _numeric(cells: pd.Series, quantiles: int, min_rows: int) -> tuple[list[str], Array]:
    values = cells.to_numpy(np.float64)
    ranges = _ranges(values, ~np.isnan(values), quantiles=quantiles)
    shown = {ranges.least[0], *ranges.greatest}
    digits = next(each for each in DIGITS if len({f"{end:.{each}g}" for end in shown}) == len(shown))
    return _named(ranges, [[f"{end:.{digits}g}" for end in ends] for ends in ranges[:2]]), ranges.codes


def _dates(cells: pd.Series, quantiles: int, min_rows: int) -> tuple[list[str], Array]:
    values = cells.to_numpy("datetime64[us]")
    ranges = _ranges(values.astype(np.int64), ~np.isnat(values), quantiles=quantiles)
    times = [pd.DatetimeIndex(ends.astype("datetime64[us]")) for ends in ranges[:2]]
    form = "%Y-%m-%d" if all((each == each.normalize()).all() for each in times) else "%Y-%m-%d %H:%M:%S"
    return _named(ranges, [each.strftime(form).tolist() for each in times]), ranges.codes


class _Ranges(NamedTuple):
    """Least and greatest value of each range, and which range each row is in."""

    least: Array
    greatest: Array
    codes: Array


def _ranges(values: Array, present: Array, *, quantiles: int) -> _Ranges:
    known = np.unique(values[present])
    greatest = known
    if len(known) > quantiles:
        shares = np.arange(1, quantiles + 1) / quantiles
        greatest = np.unique(np.quantile(values[present], shares, method="inverted_cdf"))
    least = np.concatenate([known[:1], known[np.searchsorted(known, greatest[:-1], side="right")]])
    codes = np.searchsorted(greatest, values).clip(max=len(greatest) - 1)
    return _Ranges(least, greatest, codes)


def _named(ranges: _Ranges, ends: list[list[str]]) -> list[str]:
    """Return a name for each range: the only value in it, or from the end of the one before to its own."""
    before = [None, *ends[1][:-1]]
    single = ranges.least == ranges.greatest
    return [
        upper if only else f"[{lower}, {upper}]" if previous is None else f"({previous}, {upper}]"
        for lower, upper, previous, only in zip(*ends, before, single, strict=True)
    ]


_LABELLERS = {"categorical": _categories, "boolean": _boolean, "numeric": _numeric, "date": _dates}
