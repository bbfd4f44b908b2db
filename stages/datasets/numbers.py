"""Numbers from text: ``12``, ``1,234.5``, ``$3.20``, ``(17)``, ``12%``, ``1.234,5``."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stages.datasets.written import mask
from stages.examples.schema import Notation

CURRENCY: Final = r"(?:[$€£¥₹₽₩]|USD|EUR|GBP|JPY|CHF|CNY|INR)"
PLAIN: Final = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
INFINITE: Final = r"(?i)^[+-]?(?:inf|infinity)$"
SPACES: Final = r"\x{00A0}\x{2009}\x{202F} "


class Numbers(NamedTuple):
    """Values ``(n_cells,)`` float64, NaN where not a finite number, and where each kind of cell stood."""

    values: NDArray[np.float64]
    decorated: NDArray[np.bool_]
    """Read, but written with more than digits: a thousands mark, a currency, a per cent sign."""
    infinite: NDArray[np.bool_]
    wrong: NDArray[np.bool_]
    """Filled, but no number."""


def numbers_from_text(text: pa.LargeStringArray, notation: Notation) -> Numbers:
    """Return the numbers that trimmed `text` writes; null gives NaN.

    A per cent sign is dropped, not divided out, so that ``12%`` and ``12`` in one column agree.

    Examples
    --------
    >>> text = pa.array(["1,234", "$5", "(3)", "12%", "x"], pa.large_string())
    >>> numbers_from_text(text, Notation()).values
    array([1234.,    5.,   -3.,   12.,   nan])
    """
    if notation.decimal == ".":
        try:
            return _finite(pc.cast(text, pa.float64()), text, decorated=None)
        except pa.ArrowInvalid:
            pass  # Some cell is not written plainly: look at each.
    plain = pc.match_substring_regex(text, PLAIN if notation.decimal == "." else PLAIN.replace(r"\.", ","))
    pattern = _pattern(notation)
    decorated = pc.and_(pc.match_substring_regex(text, pattern), pc.invert(plain))
    infinite = pc.match_substring_regex(text, INFINITE)
    bare = pc.if_else(decorated, _bare(text, notation), pc.replace_substring(text, notation.decimal, "."))
    readable = pc.or_(pc.or_(plain, decorated), infinite)
    values = pc.cast(pc.if_else(readable, bare, pa.scalar(None, pa.large_string())), pa.float64())
    return _finite(values, text, decorated=decorated)


def _finite(
    values: pa.DoubleArray, text: pa.LargeStringArray, *, decorated: pa.BooleanArray | None
) -> Numbers:
    array = np.array(values.to_numpy(zero_copy_only=False), dtype=np.float64)
    infinite = np.isinf(array)
    array[infinite] = np.nan
    wrong = np.isnan(array) & ~infinite & mask(pc.is_valid(text))
    none = np.zeros(len(array), dtype=bool)
    return Numbers(array, none if decorated is None else mask(decorated), infinite, wrong)


def _pattern(notation: Notation) -> str:
    """Return the regular expression (RE2) of a number written with decoration."""
    marks = {"": "", " ": SPACES}.get(notation.thousands, re.escape(notation.thousands) + SPACES)
    whole = rf"[1-9][0-9]{{0,2}}(?:[{marks}][0-9]{{2,3}})*[{marks}][0-9]{{3}}|[0-9]+" if marks else "[0-9]+"
    decimal = re.escape(notation.decimal)
    number = rf"(?:(?:{whole})(?:{decimal}[0-9]*)?|{decimal}[0-9]+)(?:[eE][+-]?[0-9]+)?"
    sign, space = "[+\\-\\x{2212}]?", f"[{SPACES}]*"
    head = rf"(?:{sign}{space}{CURRENCY}?{space}|{CURRENCY}{space}{sign})"
    signed = rf"{head}{number}{space}(?:{CURRENCY}|%)?"
    return rf"^(?:{signed}|\({space}{CURRENCY}?{space}{number}{space}(?:{CURRENCY}|%)?\))$"


def _bare(text: pa.LargeStringArray, notation: Notation) -> pa.LargeStringArray:
    """Return decorated numbers as plain ones."""
    bare = pc.replace_substring_regex(text, CURRENCY, "")
    bare = pc.replace_substring_regex(bare, r"^\(", "-")
    bare = pc.replace_substring_regex(bare, "\\x{2212}", "-")
    bare = pc.replace_substring_regex(bare, rf"[%)'{SPACES}]", "")
    if notation.thousands not in ("", " "):
        bare = pc.replace_substring(bare, notation.thousands, "")
    return pc.replace_substring(bare, notation.decimal, ".")
