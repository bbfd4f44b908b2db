"""Cells of text: decoded, without markup and control characters, in one Unicode normal form.

Nothing here knows a language: letters of every script, combining marks, emoji with their joiners and marks
of the writing direction stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from stages.datasets.encodings import FEW_NULLS, text_of_bytes
from stages.datasets.markup import without_markup
from stages.datasets.reasons import Parsed, Reason
from stages.datasets.written import number_text
from stages.examples.schema import Column

CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1b\x7f\x80-\x84\x86-\x9f\ufeff\ufff9-\ufffb\ud800-\udfff]")
"""Control characters but white space (NEL among it), byte order marks, and halves of surrogate pairs."""
RUNS: Final = re.compile(r"\s{2,}|[^\S ]")
BREAK: Final = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
INVISIBLE: Final = ("Cf", "Zs", "Zl", "Zp", "Cc", "Mn")

Step = tuple[Reason, Callable[[str], str]]


def parse_texts(cells: pd.Series, column: Column) -> Parsed:
    r"""Return texts as the table of examples holds them, dtype ``str``, NaN where there is none.

    In this order: bytes are decoded (UTF-8, else by their byte order mark, else Windows-1252), text that was
    decoded wrongly is mended, HTML stripped, control characters taken out, the Unicode normal form made, and
    each run of white space becomes one space, or one line break where it held one. Each only where `column`
    asks for it. A cell that then holds nothing to be seen is missing, and so is one of ``column.missing``.

    Examples
    --------
    >>> column = Column(name="review", role="text", unicode="NFC", html="strip", mojibake="repair")
    >>> parse_texts(pd.Series(["<p>na\u00c3\u00afve &amp; good</p>", " \n"]), column).values.tolist()
    ['naïve & good', nan]
    """
    steps = _steps(column)
    values: list[str | float] = []
    reasons = np.zeros(len(cells), np.int8)
    for row, cell in enumerate(cells):
        raw = _as_text(cell)
        text, reason = (None, Reason.AS_IT_WAS) if raw is None else _cleaned(raw, steps, column.missing)
        values.append(np.nan if text is None else text)
        reasons[row] = reason
    return Parsed(pd.Series(values, index=cells.index, dtype="str"), reasons)


def text_key(texts: pd.Series) -> pd.Series:
    r"""Return what texts are compared by: compatible characters, case and white space do not count.

    Examples
    --------
    >>> text_key(pd.Series(["Free  ENTRY\n", "free entry", None])).tolist()
    ['free entry', 'free entry', nan]
    """
    return texts.map(_key, na_action="ignore")


def _key(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


def _as_text(cell: Any) -> str | None:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bytes):
        return text_of_bytes(cell)
    if isinstance(cell, list | tuple | dict | np.ndarray):
        return str(cell)
    if pd.isna(cell):
        return None
    return number_text(cell) if isinstance(cell, int | float) else str(cell)


def _steps(column: Column) -> Sequence[Step]:
    """Return what is done to each text, in its order, and the reason to give where it changes one."""
    steps: list[Step] = []
    if column.mojibake == "repair":
        steps.append((Reason.MOJIBAKE, _decoded_rightly))
    if column.html == "strip":
        steps.append((Reason.MARKUP, without_markup))
    steps.append((Reason.CONTROLS, lambda text: CONTROLS.sub("", text)))
    if column.unicode != "none":
        steps.append((Reason.NORMALISED, lambda text: _normal(column.unicode, text)))
    steps.append((Reason.WHITE_SPACE, _spaced))
    return steps


def _cleaned(text: str, steps: Sequence[Step], missing: Sequence[str]) -> tuple[str | None, Reason]:
    """Return a text after `steps`, and the first of them that changed it."""
    bare = text.strip()
    if not bare or bare in missing:
        return None, Reason.MARKER if bare else Reason.AS_IT_WAS
    if text.count("\0") > FEW_NULLS * len(text):
        return None, Reason.NOT_TEXT
    first = Reason.AS_IT_WAS
    for reason, step in steps:
        after = step(text)
        first = reason if first == Reason.AS_IT_WAS and after != text else first
        text = after
    return (text, first) if _visible(text) else (None, Reason.NO_TEXT)


def _decoded_rightly(text: str) -> str:
    """Return text whose UTF-8 bytes had been read in another encoding as it was meant (``Ã¯`` is ``ï``)."""
    if text.isascii():
        return text
    from ftfy import fix_encoding  # not for tables: ftfy takes 50 ms to load

    return fix_encoding(text)


def _normal(form: Any, text: str) -> str:
    return text if unicodedata.is_normalized(form, text) else unicodedata.normalize(form, text)


def _spaced(text: str) -> str:
    """Return `text` with one space, or one line break, in place of each run of white space; none outside."""
    return RUNS.sub(lambda run: "\n" if BREAK.search(run[0]) else " ", text.strip())


def _visible(text: str) -> bool:
    return any(unicodedata.category(each) not in INVISIBLE for each in text)
