"""What the inference of roles looks at in a column, and what it finds there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final, Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from stages.datasets.numbers import Numbers, numbers_from_text
from stages.datasets.series import find_channels, is_series
from stages.datasets.written import is_many, is_number, trimmed, typed, unmarked, written
from stages.examples.schema import Column, Notation

Use = Literal["numeric", "categorical", "boolean", "date", "text", "image", "sequence", "ignored"]

NOTHING: Final = "every cell is missing"
LOOKED_AT: Final = 1000
"""Filled cells from which series, pictures and free text are told."""
SERIES_SHARE: Final = 0.8
WITHOUT_BLANKS: Final = r"[\x{0E00}-\x{0EFF}\x{1000}-\x{109F}\x{1780}-\x{17FF}\x{3040}-\x{9FFF}]"
"""Letters of Thai, Lao, Burmese, Khmer, Japanese and Chinese."""


class Found(NamedTuple):
    """The role of a column, how its cells are read, what deviates, and what could be otherwise.

    `free_text` says of an ignored column that it holds words rather than ids.
    """

    use: Use
    column: Column | None
    remark: str = ""
    hint: str = ""
    free_text: bool = False


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


def media_role(cells: pd.Series) -> Found | None:
    """Return the role of a column of series or pictures; None for one of single values."""
    if cells.dtype != object and not isinstance(cells.dtype, pd.StringDtype):
        return None
    name = str(cells.name)
    held = [each for each in cells.dropna().head(LOOKED_AT) if not isinstance(each, str) or each.strip()]
    if any(isinstance(cell, bytes) for cell in held):
        return Found("image", Column(name=name, role="image"))
    if sum(map(is_series, held)) > SERIES_SHARE * len(held):
        return Found("sequence", Column(name=name, role="sequence", channels=find_channels(cells)))
    many = sum(map(is_many, held))
    return Found("ignored", None, "lists that are no series") if many else None


def texts_to_learn(found: Mapping[str, Found]) -> list[str]:
    """Return the columns of free text where nothing else is left to learn from, else none.

    Parameters
    ----------
    found
        What was inferred of each column that may be a feature: not the target, the id, the group ...

    Examples
    --------
    >>> ids, mail = Found("ignored", None), Found("ignored", None, free_text=True)
    >>> texts_to_learn({"key": ids, "mail": mail})
    ['mail']
    >>> texts_to_learn({"mail": mail, "age": Found("numeric", None)})
    []
    """
    if any(each.use != "ignored" and each.remark != NOTHING for each in found.values()):
        return []
    return [name for name, each in found.items() if each.free_text]


def average_words(seen: Cells) -> float:
    """Return the number of words of an average cell; scripts without blanks count by their letters."""
    text = pc.utf8_trim_whitespace(seen.text.drop_null().slice(0, LOOKED_AT))
    blanks = pc.count_substring_regex(text, r"\s+")
    dense = pc.count_substring_regex(text, WITHOUT_BLANKS)
    return float(pc.mean(blanks).as_py()) + 1 + float(pc.mean(dense).as_py()) / 2
