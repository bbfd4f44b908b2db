"""How cells are written in the user's files: markers of missing cells, decimal and thousands marks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pandas as pd

from stages.datasets.written import number_text
from stages.examples.schema import Notation
from stages.settings.dataset import DatasetCells

MISSING: Final = (
    "", "NA", "N/A", "n/a", "na", "#N/A", "#N/A N/A", "#NA", "<NA>", "NaN", "nan", "-NaN", "-nan", "NaT",
    "NULL", "null", "Null", "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "1.#IND", "-1.#IND", "1.#QNAN", "?", ".",
)  # fmt: skip
"""Markers taken where none are stated. ``None`` and ``-`` are not among them: they may be levels."""

SAMPLE: Final = 1000
COMMA: Final = r"^[^\d]{0,4}(?:\d+,(?:\d{1,2}|\d{4,})|0,\d+|\d{1,3}(?:\.\d{3})+,\d+)[^\d]{0,4}$"
POINT: Final = r"^[^\d]{0,4}(?:\d+\.(?:\d{1,2}|\d{4,})|0\.\d+|\d{1,3}(?:,\d{3})+\.\d+)[^\d]{0,4}$"
EITHER: Final = r"^\d{1,3},\d{3}$"


def infer_notation(
    frame: pd.DataFrame, settings: DatasetCells, *, delimiters: Iterable[str] = ()
) -> Notation:
    """Return how the cells of `frame` are written: as stated, else as most of the evidence says.

    A decimal comma is taken where more cells can only be numbers with one (``1,5``, ``1.234,50``) than
    with a decimal point; cells that could be either (``1,234``) speak for a comma in files with ``;``.
    """
    markers = settings.missing_values
    given = MISSING if markers == "auto" else tuple(_marker_text(marker) for marker in markers)
    decimal: str = settings.decimal
    if decimal == "auto":
        decimal = _decimal(frame, semicolons=";" in set(delimiters))
    thousands = {"none": "", "auto": "." if decimal == "," else ","}.get(
        settings.thousands, settings.thousands
    )
    return Notation(missing_values=given, decimal=decimal, thousands=thousands)


def _marker_text(marker: str | int | float) -> str:
    return marker.strip() if isinstance(marker, str) else number_text(marker)


def _decimal(frame: pd.DataFrame, *, semicolons: bool) -> str:
    comma = point = either = 0
    for label in frame.columns:
        if isinstance(frame[label].dtype, pd.StringDtype):
            cells = pd.Series(frame[label].head(SAMPLE).dropna().str.strip().unique(), dtype="str")
            comma += int(cells.str.match(COMMA).sum())
            point += int(cells.str.match(POINT).sum())
            either += int(cells.str.match(EITHER).sum())
    return "," if comma + (either if semicolons else 0) > point else "."
