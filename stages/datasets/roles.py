"""What each column is for: the stated role, or one inferred by documented rules.

Inferred, in this order (each can be overridden by ``dataset.columns``):

* nothing but missing cells -> numeric (`encode` leaves the column out);
* typed dates; whole numbers that all read like 20200131; text of which nearly all cells are dates -> date;
* true/false, yes/no, y/n, t/f, on/off, or the numbers 0 and 1, both occurring -> boolean;
* numbers, also stored as text (nearly all cells) -> numeric, few whole numbers too: codes cannot be told
  from counts, so list codes under ``dataset.columns.categorical``;
* but whole numbers that count the rows (each one more than the last), that are all different in a column
  named like an id, or are too large to be exact (2**53) -> ignored;
* text different in nearly every row, or long and mostly different -> ignored; but where nothing else is left
  to learn from, such columns of several words (`texts_to_learn`) -> text;
* other text -> categorical. Digits with a leading zero (``01234``) are codes: categorical;
* lists of numbers, also as JSON -> sequence; the bytes of image files -> image.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from stages.datasets.cells import FALSE, TRUE
from stages.datasets.dates import COMPACT, ISO, DateFormats, are_compact_dates, dates_from_text, infer_formats
from stages.datasets.numbers import PLAIN
from stages.datasets.seen import NOTHING, Cells, Found, average_words, media_role, texts_to_learn
from stages.datasets.series import find_channels
from stages.datasets.written import is_date, is_number, mask, typed
from stages.examples.schema import MEDIA, Column, Notation, Role

__all__ = [
    "Cells",
    "Found",
    "are_number_levels",
    "infer_column",
    "is_named_like_an_id",
    "stated_column",
    "texts_to_learn",
]

LEARN: Final = "to learn from its words, list it under dataset.columns.text"
ENOUGH_ROWS: Final = 20
UNIQUE_SHARE: Final = 0.9
FREE_TEXT_LENGTH: Final = 60
FREE_TEXT_SHARE: Final = 0.5
MOST_WORDS: Final = 8
WORDS: Final = 3.0
"""Words of an average cell from which free text is no id; two letters of a script without blanks are one."""
FEW: Final = 10
MANY: Final = 100
LARGEST_EXACT: Final = 2**53
LIKE_AN_ID: Final = re.compile(
    r"^(?:id|uuid|guid|key|index|row|row_?number|column_1|unnamed: 0|.*[_ .-](?:id|uuid|key))$", re.IGNORECASE
)
LIKE_AN_ID_TOO: Final = re.compile(r"[a-z](?:ID|Id)$")
LEADING_ZERO: Final = r"^[+-]?0[0-9]+$"


def infer_column(
    cells: pd.Series, notation: Notation, *, max_unreadable_share: float, date_format: str = "auto"
) -> Found:
    """Return the inferred role of a raw feature column; the share is of filled cells that may not fit it.

    Examples
    --------
    >>> infer_column(pd.Series(["$1,200", "950", ""], name="rent"), Notation(), max_unreadable_share=0.05).use
    'numeric'
    """
    media = media_role(cells)
    if media is not None:
        return media
    seen = Cells(cells, notation)
    if seen.filled == 0:
        return Found("numeric", Column(name=seen.name, role="numeric"), NOTHING)
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
        remark = f"text different in {share:.0%} of the rows: ids or free text"
        words = average_words(seen) >= WORDS
        return Found("ignored", None, remark, LEARN if words else "", free_text=words)
    if seen.filled >= ENOUGH_ROWS and share > FREE_TEXT_SHARE and length > FREE_TEXT_LENGTH:
        remark = f"free text of {length:.0f} characters on average"
        return Found("ignored", None, remark, LEARN, free_text=True)
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
    cells: pd.Series,
    role: Role,
    notation: Notation,
    *,
    date_format: str = "auto",
    means: str | None = None,
    channels: tuple[str, ...] = (),
) -> Column:
    """Return how the cells of a column of stated role are read.

    Levels that are all numbers without leading zeros are one level however they are written.
    """
    name = str(cells.name)
    if role == "date":
        return Column(name=name, role=role, date_formats=_stated_formats(cells, notation, date_format))
    if role == "sequence":
        return Column(name=name, role=role, channels=find_channels(cells, channels))
    if role != "categorical":
        return Column(name=name, role=role, means=None if role in MEDIA else means)
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
