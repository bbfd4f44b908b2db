"""Dates from text, and the format a column of them is written in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import pandas as pd

ISO: Final = "ISO8601"
DAYS: Final = (
    "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y",
    "%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d-%m-%y", "%m-%d-%y",
    "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", "%d-%b-%y",
)  # fmt: skip
CLOCKS: Final = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
COMPACT: Final = "%Y%m%d"
LIKE_A_DATE: Final = r"^.{0,12}\d{1,4}[-/. ,].*\d"
MONTH_AND_DAY: Final = {"%d/%m": "%m/%d", "%d-%m": "%m-%d", "%m/%d": "%d/%m", "%m-%d": "%d-%m"}
SAMPLE: Final = 2000
RARE: Final = 0.01


class DateFormats(NamedTuple):
    """Formats of a column, most frequent first, and a remark where they are ambiguous."""

    formats: tuple[str, ...]
    remark: str = ""


def dates_from_text(text: pd.Series, formats: Sequence[str]) -> pd.Series:
    """Return `text` as dates (datetime64[us]), the first fitting format counting; NaT where none does.

    Times with a zone become UTC.

    Examples
    --------
    >>> dates_from_text(pd.Series(["31/01/2020", "2020-02-01", "x"]), ["%d/%m/%Y", "ISO8601"]).tolist()
    [Timestamp('2020-01-31 00:00:00'), Timestamp('2020-02-01 00:00:00'), NaT]
    """
    codes, uniques = pd.factorize(text)
    levels = pd.Series(uniques, dtype=object)
    dates = pd.Series(pd.NaT, index=levels.index, dtype="datetime64[us]")
    for form in formats:
        open_ = dates.isna()
        if not open_.any():
            break
        dates = dates.where(~open_, _parsed(levels.where(open_), form))
    found = pd.concat([dates, pd.Series([pd.NaT], dtype="datetime64[us]")], ignore_index=True)
    return pd.Series(found.to_numpy()[codes], index=text.index, dtype="datetime64[us]")


def _parsed(levels: pd.Series, form: str) -> pd.Series:
    parsed = pd.to_datetime(levels, format=form, errors="coerce", utc=True)
    return parsed.dt.tz_localize(None).astype("datetime64[us]")


def infer_formats(text: pd.Series) -> DateFormats:
    """Return the formats of a column of dates: the one that reads most, then those that read the rest.

    Of day-first and month-first only one is used; where both read every cell, month-first is taken as
    pandas does, and a remark says so.
    """
    levels = pd.Series(pd.unique(text.dropna())[:SAMPLE], dtype="str")
    if levels.empty or levels.str.match(LIKE_A_DATE).mean() < 0.5:
        return DateFormats(())
    clocks = CLOCKS if levels.str.contains(":", regex=False).any() else CLOCKS[:1]
    candidates = [ISO, *(day + clock for day in DAYS for clock in clocks)]
    left, formats, remark = levels, [], ""
    while len(left) and candidates:
        counts = {form: int(_parsed(left, form).notna().sum()) for form in candidates}
        best = max(candidates, key=lambda form: (counts[form], form.startswith("%m")))
        if counts[best] <= RARE * len(levels):
            break
        swapped = _swapped(best)
        if counts.get(swapped, 0) == counts[best]:
            remark = f"day and month cannot be told apart; read as {best}, dataset.date_format={swapped} else"
        formats.append(best)
        left = left[_parsed(left, best).isna()]
        candidates = [form for form in candidates if form not in (best, swapped)]
    return DateFormats(tuple(formats), remark)


def _swapped(form: str) -> str:
    head = form[:5]
    return MONTH_AND_DAY[head] + form[5:] if head in MONTH_AND_DAY else ""


def are_compact_dates(numbers: pd.Series) -> bool:
    """Return whether all numbers read as dates like 20200131 from 1900 to 2100, five or more of them.

    Examples
    --------
    >>> are_compact_dates(pd.Series([20200131.0, 20200201, 20200302, 20200415, 20200516]))
    True
    """
    levels = pd.Series(numbers.dropna().unique()[:SAMPLE])
    if len(levels) < 5 or not levels.between(19000101, 21001231).all() or (levels % 1 != 0).any():
        return False
    return bool(_parsed(levels.astype("int64").astype("str"), COMPACT).notna().all())
