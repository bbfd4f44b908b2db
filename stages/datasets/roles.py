"""What each column is for: the stated role, or one inferred by documented rules.

Inferred, in this order (each can be overridden by ``dataset.columns``):

* nothing but missing cells -> numeric (`encode` leaves the column out);
* typed dates; whole numbers that all read like 20200131; text of which nearly all cells are dates -> date;
* true/false, yes/no, y/n, t/f, on/off, or the numbers 0 and 1, both occurring -> boolean;
* numbers, also stored as text (nearly all cells) -> numeric, few whole numbers too: codes cannot be told
  from counts, so list codes under ``dataset.columns.categorical``;
* but whole numbers that count the rows (each one more than the last), that are all different in a column
  named like an id, or are too large to be exact (2**53) -> ignored;
* text different in nearly every row, or long and mostly different -> ignored;
* other text -> categorical. Digits with a leading zero (``01234``) are codes: categorical.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final, Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from stages.datasets.cells import FALSE, TRUE
from stages.datasets.dates import COMPACT, ISO, DateFormats, are_compact_dates, dates_from_text, infer_formats
from stages.datasets.numbers import PLAIN, Numbers, numbers_from_text
from stages.datasets.written import is_date, is_number, mask, trimmed, typed, unmarked, written
from stages.examples.schema import Column, Notation, Role

Use = Literal["numeric", "categorical", "boolean", "date", "ignored"]

ENOUGH_ROWS: Final = 20
UNIQUE_SHARE: Final = 0.9
FREE_TEXT_LENGTH: Final = 60
FREE_TEXT_SHARE: Final = 0.5
MOST_WORDS: Final = 8
FEW: Final = 10
MANY: Final = 100
LARGEST_EXACT: Final = 2**53
LIKE_AN_ID: Final = re.compile(
    r"^(?:id|uuid|guid|key|index|row|row_?number|column_1|unnamed: 0|.*[_ .-](?:id|uuid|key))$", re.IGNORECASE
)
LIKE_AN_ID_TOO: Final = re.compile(r"[a-z](?:ID|Id)$")
LEADING_ZERO: Final = r"^[+-]?0[0-9]+$"


class Found(NamedTuple):
    """The role of a column, how its cells are read, what deviates, and what could be otherwise."""

    use: Use
    column: Column | None
    remark: str = ""
    hint: str = ""


class Cells:
    """What the inference looks at: a raw column without its markers of missing cells.

    Text is made of typed numbers only where a rule asks for it: it costs more than all else.
    """

    def __init__(self, cells: pd.Series, notation: Notation) -> None:
        self.name = str(cells.name)
        self.raw = typed(cells)
        self.notation = notation

    @cached_property
    def text(self) -> pa.LargeStringArray:
        """Trimmed text; null where missing."""
        return unmarked(trimmed(written(self.raw)), self.notation.missing_values)

    @cached_property
    def numbers(self) -> Numbers:
        """The cells as numbers, and which are none."""
        if not is_number(self.raw):
            return numbers_from_text(self.text, self.notation)
        values = self.raw.to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
        none, infinite = np.zeros(len(values), dtype=bool), np.isinf(values)
        values[infinite] = np.nan
        return Numbers(values, none, infinite, none)

    @cached_property
    def filled(self) -> int:
        """Number of cells that are not missing."""
        return (
            int(self.raw.notna().sum()) if is_number(self.raw) else len(self.raw) - int(self.text.null_count)
        )

    @cached_property
    def distinct(self) -> int:
        """Number of different cells, missing ones left out."""
        return int(self.raw.nunique()) if is_number(self.raw) else int(pc.count_distinct(self.text).as_py())


def infer_column(
    cells: pd.Series, notation: Notation, *, max_unreadable_share: float, date_format: str = "auto"
) -> Found:
    """Return the inferred role of a raw feature column; the share is of filled cells that may not fit it.

    Examples
    --------
    >>> infer_column(pd.Series(["$1,200", "950", ""], name="rent"), Notation(), max_unreadable_share=0.05).use
    'numeric'
    """
    seen = Cells(cells, notation)
    if seen.filled == 0:
        return Found("numeric", Column(name=seen.name, role="numeric"), "every cell is missing")
    if is_date(seen.raw):
        return Found("date", Column(name=seen.name, role="date"))
    found = _boolean(seen) or _number(seen, max_unreadable_share)
    return found or _date(seen, date_format, max_unreadable_share) or _text(seen)


def _boolean(seen: Cells) -> Found | None:
    if not 2 <= seen.distinct <= MOST_WORDS:
        return None
    words = {word.as_py().lower() for word in pc.unique(seen.text.drop_null())}
    partner = dict(zip((*TRUE, *FALSE), (*FALSE, *TRUE), strict=True))
    if all(partner.get(word) in words for word in words):
        return Found("boolean", Column(name=seen.name, role="boolean"))
    return None


def _number(seen: Cells, max_unreadable_share: float) -> Found | None:
    share = seen.numbers.wrong.sum() / seen.filled
    values = seen.numbers.values[~np.isnan(seen.numbers.values)]
    if share > max_unreadable_share or not len(values):
        return None
    if _has_leading_zeros(seen):
        return Found("categorical", _levels(seen.name), "digits with a leading zero: codes, not numbers")
    if are_compact_dates(pd.Series(values)):
        return Found("date", Column(name=seen.name, role="date", date_formats=(COMPACT,)))
    ignored = _row_number(seen, values)
    if ignored:
        return Found("ignored", None, ignored)
    return Found("numeric", Column(name=seen.name, role="numeric"), *_number_remarks(seen, values))


def _has_leading_zeros(seen: Cells) -> bool:
    return not is_number(seen.raw) and bool(mask(pc.match_substring_regex(seen.text, LEADING_ZERO)).any())


def _row_number(seen: Cells, values: np.ndarray) -> str:
    """Return why a column of numbers is no feature, or nothing."""
    whole = bool((values % 1 == 0).all())
    unique = seen.distinct == seen.filled and len(values) >= ENOUGH_ROWS
    if not whole or not unique:
        return ""
    if len(values) == len(seen.raw) and (np.abs(np.diff(values)) == 1).all():
        return "numbers the rows"
    if np.abs(values).max() > LARGEST_EXACT:
        return "ids: whole numbers too large to be exact, all different"
    return "ids: named like one, all different" if is_named_like_an_id(seen.name) else ""


def is_named_like_an_id(name: str) -> bool:
    """Return whether a column's name says that it identifies the row.

    Examples
    --------
    >>> is_named_like_an_id("customerID"), is_named_like_an_id("order_id"), is_named_like_an_id("paid")
    (True, True, False)
    """
    return bool(LIKE_AN_ID.match(name) or LIKE_AN_ID_TOO.search(name))


def _number_remarks(seen: Cells, values: np.ndarray) -> tuple[str, str]:
    """Return what deviates, and what could be otherwise."""
    codes = "if they are codes, list the column under dataset.columns.categorical"
    if np.abs(values).max() > LARGEST_EXACT:
        return f"numbers too large to be exact; {codes}", ""
    few = 2 < seen.distinct <= FEW and bool((values % 1 == 0).all())
    return "", f"few whole numbers; {codes}" if few else ""


def _date(seen: Cells, date_format: str, max_unreadable_share: float) -> Found | None:
    text = pd.Series(seen.text.to_pandas(), dtype="str")
    dates = infer_formats(text) if date_format == "auto" else DateFormats((date_format,))
    if not dates.formats:
        return None
    unread = dates_from_text(text.dropna(), (*dates.formats, ISO)).isna().mean()
    if unread > max_unreadable_share:
        return None
    column = Column(name=seen.name, role="date", date_formats=dates.formats)
    return Found("date", column, dates.remark, f"written as {', '.join(dates.formats)}")


def _text(seen: Cells) -> Found:
    share = seen.distinct / seen.filled
    length = pc.mean(pc.utf8_length(seen.text)).as_py()
    if seen.filled >= ENOUGH_ROWS and share > UNIQUE_SHARE:
        return Found("ignored", None, f"text different in {share:.0%} of the rows: ids or free text")
    if seen.filled >= ENOUGH_ROWS and share > FREE_TEXT_SHARE and length > FREE_TEXT_LENGTH:
        return Found("ignored", None, f"free text of {length:.0f} characters on average")
    return Found(
        "categorical", _levels(seen.name), _text_remark(seen), "many levels" if seen.distinct > MANY else ""
    )


def _text_remark(seen: Cells) -> str:
    numeric = mask(pc.match_substring_regex(seen.text, PLAIN)).sum() / seen.filled
    if numeric >= 0.5:
        return f"mixed: {numeric:.0%} of the cells are numbers, the rest is text; numeric would lose the text"
    return ""


def _levels(name: str) -> Column:
    return Column(name=name, role="categorical")


def stated_column(
    cells: pd.Series, role: Role, notation: Notation, *, date_format: str = "auto", means: str | None = None
) -> Column:
    """Return how the cells of a column of stated role are read.

    Levels that are all numbers without leading zeros are one level however they are written.
    """
    name = str(cells.name)
    if role == "date":
        return Column(name=name, role=role, date_formats=_stated_formats(cells, notation, date_format))
    if role != "categorical":
        return Column(name=name, role=role, means=means)
    return Column(name=name, role=role, means=means, number_levels=are_number_levels(cells, notation))


def _stated_formats(cells: pd.Series, notation: Notation, date_format: str) -> tuple[str, ...]:
    if date_format != "auto":
        return (date_format,)
    seen = Cells(cells, notation)
    if is_date(seen.raw) or seen.filled == 0:
        return ()
    if are_compact_dates(pd.Series(seen.numbers.values)):
        return (COMPACT,)
    return infer_formats(pd.Series(seen.text.to_pandas(), dtype="str")).formats


def are_number_levels(cells: pd.Series, notation: Notation) -> bool:
    """Return whether all levels are numbers that lose nothing by being written in one form."""
    if is_number(typed(cells)):
        return True
    seen = Cells(cells, notation)
    if seen.filled == 0 or _has_leading_zeros(seen):
        return False
    plain = mask(pc.match_substring_regex(seen.text.drop_null(), PLAIN)).all()
    return bool(plain and np.nanmax(np.abs(seen.numbers.values)) <= LARGEST_EXACT)
