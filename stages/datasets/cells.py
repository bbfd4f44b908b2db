"""Cells as the table of examples holds them: one pure, stateless function.

`clean` calls it on the raw table, and a trained model on raw rows to predict: the same cell always
gives the same value, whatever the rows around it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stages.datasets.dates import ISO, dates_from_text
from stages.datasets.numbers import numbers_from_text
from stages.datasets.reasons import UNREADABLE, Parsed, Reason
from stages.datasets.series import parse_series
from stages.datasets.texts import parse_texts
from stages.datasets.written import (
    is_date,
    is_number,
    marker_numbers,
    mask,
    number_text,
    trimmed,
    typed,
    unmarked,
    written,
)
from stages.examples.schema import MEDIA, Column, Notation, Schema

__all__ = ["FALSE", "LONGEST_LEVEL", "TRUE", "UNREADABLE", "Parsed", "Reason", "parse_cells", "parse_column"]

LONGEST_LEVEL: Final = 1000
TRUE: Final = ("true", "t", "yes", "y", "on", "1", "1.0")
FALSE: Final = ("false", "f", "no", "n", "off", "0", "0.0")


def parse_cells(raw: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Return the feature columns of raw rows as the table of examples holds them.

    Columns that `raw` lacks are missing throughout; others than the features are left out. The index
    is kept.

    Examples
    --------
    >>> schema = Schema(dataset="d", task="regression", target="y", features=(
    ...     Column(name="a", role="numeric"), Column(name="b", role="boolean")))
    >>> parse_cells(pd.DataFrame({"a": ["1,5", "$1,500"], "b": ["yes", None]}), schema)
       feature.a  feature.b
    0        NaN        1.0
    1     1500.0        NaN
    """
    empty = pd.Series(np.nan, index=raw.index, dtype="float64")
    columns = {
        column.key: parse_column(raw.get(column.name, empty), column, schema.cells).values
        for column in schema.features
    }
    return pd.DataFrame(columns, index=raw.index)


def parse_column(cells: pd.Series, column: Column, notation: Notation) -> Parsed:
    """Return the cells of one column in the table's dtype, and why each is not as it was."""
    if column.role in MEDIA:
        return _parse_media(cells, column)
    parse = {"numeric": _numeric, "categorical": _levels, "boolean": _booleans, "date": _dates}
    return parse[column.role](typed(cells), column, notation)


def _parse_media(cells: pd.Series, column: Column) -> Parsed:
    """Return texts, series or pictures; `cells` are not typed first: a cell may hold many numbers."""
    if column.role == "image":
        from stages.datasets.pictures import parse_pictures

        return parse_pictures(cells, column)
    return (parse_texts if column.role == "text" else parse_series)(cells, column)


def _numeric(cells: pd.Series, column: Column, notation: Notation) -> Parsed:
    reasons = np.zeros(len(cells), np.int8)
    if is_date(cells):
        values = np.full(len(cells), np.nan)
        reasons[cells.notna()] = Reason.NO_NUMBER
    elif pd.api.types.is_bool_dtype(cells.dtype) or is_number(cells):
        values = cells.to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
        reasons[np.isinf(values)] = Reason.INFINITE
        values[np.isinf(values)] = np.nan
    else:
        text = trimmed(written(cells))
        bare = unmarked(text, (*notation.missing_values, *column.missing))
        values, *where = numbers_from_text(bare, notation)
        for reason, here in zip((Reason.DECORATED, Reason.INFINITE, Reason.NO_NUMBER), where, strict=True):
            reasons[here] = reason
        reasons[_marked(text, bare)] = Reason.MARKER
    sentinel = np.isin(values, marker_numbers(notation, column.missing))
    values[sentinel], reasons[sentinel] = np.nan, Reason.MARKER
    if column.means is not None:
        missing = np.isnan(values) & (reasons <= Reason.MARKER)
        values[missing], reasons[missing] = float(column.means), Reason.MEANS
    return Parsed(pd.Series(values, index=cells.index), reasons)


def _marked(text: pa.LargeStringArray, bare: pa.LargeStringArray) -> NDArray[np.bool_]:
    """Return where a cell held a marker of a missing value; an empty cell is no news."""
    return mask(pc.and_(pc.is_null(bare), pc.not_equal(text, "")))


def _levels(cells: pd.Series, column: Column, notation: Notation) -> Parsed:
    raw = written(cells)
    text = trimmed(raw)
    bare = unmarked(text, (*notation.missing_values, *column.missing))
    if column.number_levels:
        bare = unmarked(_as_numbers(bare, notation), (*notation.missing_values, *column.missing))
    long = mask(pc.greater(pc.utf8_length(bare), LONGEST_LEVEL))
    reasons = np.zeros(len(cells), np.int8)
    if isinstance(cells.dtype, pd.StringDtype) or cells.dtype == object:
        reasons[mask(pc.not_equal(raw, text))] = Reason.TRIMMED
    reasons[_marked(text, bare)] = Reason.MARKER
    reasons[long] = Reason.TOO_LONG
    kept = pc.if_else(pa.array(~long), bare, pa.scalar(None, pa.large_string()))
    if column.means is not None:
        reasons[mask(pc.is_null(kept)) & ~long] = Reason.MEANS
        kept = pc.fill_null(kept, column.means)
    return Parsed(_text_series(kept, cells.index), reasons)


def _text_series(text: pa.LargeStringArray, index: pd.Index) -> pd.Series:
    # set_axis, not index=: the latter would look the new labels up among the old.
    return pd.Series(text.to_pandas(), dtype="str").set_axis(index)


def _as_numbers(text: pa.LargeStringArray, notation: Notation) -> pa.LargeStringArray:
    """Return levels that are numbers in their one form; others stay as they are."""
    coded = text.dictionary_encode()
    levels = coded.dictionary
    values = numbers_from_text(levels, notation).values
    forms = [
        level if np.isnan(value) else number_text(value)
        for level, value in zip(levels.to_pylist(), values, strict=True)
    ]
    return pa.array(forms, type=pa.large_string()).take(coded.indices)


def _booleans(cells: pd.Series, column: Column, notation: Notation) -> Parsed:
    text = trimmed(written(cells))
    bare = unmarked(text, (*notation.missing_values, *column.missing))
    word = pc.utf8_lower(bare)
    true = mask(pc.is_in(word, value_set=pa.array(TRUE, pa.large_string())))
    false = mask(pc.is_in(word, value_set=pa.array(FALSE, pa.large_string())))
    values = np.where(true, 1.0, np.where(false, 0.0, np.nan))
    reasons = np.zeros(len(cells), np.int8)
    reasons[_marked(text, bare)] = Reason.MARKER
    reasons[mask(pc.is_valid(bare)) & ~true & ~false] = Reason.NO_BOOLEAN
    if column.means is not None:
        missing = mask(pc.is_null(bare))
        values[missing] = float(column.means.lower() in TRUE)
        reasons[missing] = Reason.MEANS
    return Parsed(pd.Series(values, index=cells.index), reasons)


def _dates(cells: pd.Series, column: Column, notation: Notation) -> Parsed:
    reasons = np.zeros(len(cells), np.int8)
    if is_date(cells):
        plain = cells.dt.tz_convert("UTC").dt.tz_localize(None) if cells.dt.tz is not None else cells
        return Parsed(plain.astype("datetime64[us]"), reasons)
    text = trimmed(written(cells))
    bare = unmarked(text, (*notation.missing_values, *column.missing))
    values = dates_from_text(_text_series(bare, cells.index), (*column.date_formats, ISO))
    reasons[_marked(text, bare)] = Reason.MARKER
    reasons[mask(pc.is_valid(bare)) & values.isna().to_numpy()] = Reason.NO_DATE
    return Parsed(values, reasons)
