"""The written form of cells: text as Arrow strings, whatever the type they arrived in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stages.examples.schema import Notation

FEW_VALUES: Final = 10
LONGEST: Final = 200


def number_text(value: float) -> str:
    """Return a number as a level is written: whole numbers without a fraction.

    Examples
    --------
    >>> number_text(3.0), number_text(2.5)
    ('3', '2.5')
    """
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def is_number(cells: pd.Series) -> bool:
    """Return whether `cells` are typed numbers (booleans are not)."""
    return pd.api.types.is_numeric_dtype(cells.dtype) and not pd.api.types.is_bool_dtype(cells.dtype)


def is_date(cells: pd.Series) -> bool:
    """Return whether `cells` are typed dates."""
    return pd.api.types.is_datetime64_any_dtype(cells.dtype)


def typed(cells: pd.Series) -> pd.Series:
    """Return `cells` as one typed column where all of an ``object`` column are of one type, else as they are.

    Whole numbers too large to be exact as float64 stay as they are: they are ids, and become text.
    """
    if cells.dtype != object:
        return cells
    kind = pd.api.types.infer_dtype(cells, skipna=True)
    if kind == "boolean":
        return cells.astype("boolean")
    if kind in ("integer", "floating", "mixed-integer-float", "decimal") and _exact(cells):
        return cells.astype("float64")
    if kind in ("datetime", "datetime64", "date"):
        return pd.to_datetime(cells, errors="coerce").astype("datetime64[us]")
    if kind == "empty":
        return cells.astype("float64")
    return cells


def _exact(cells: pd.Series) -> bool:
    return all(abs(value) <= 2**53 for value in cells.dropna() if isinstance(value, int))


def written(cells: pd.Series) -> pa.LargeStringArray:
    """Return `cells` as text, ``(n_rows,)``; null where the cell holds nothing. Text is not trimmed."""
    cells = typed(cells)
    if isinstance(cells.dtype, pd.StringDtype):
        return _one(pa.array(cells, type=pa.large_string(), from_pandas=True))
    if is_date(cells):
        return _dates_text(cells)
    if is_number(cells):
        return _one(pa.array(cells, from_pandas=True)).cast(pa.large_string())
    return pa.array([_any_text(value) for value in cells], type=pa.large_string())


def is_many(value: Any) -> bool:
    """Return whether a raw cell holds many values, or the bytes of a file: no number, level or date."""
    return isinstance(value, list | tuple | dict | np.ndarray | bytes | bytearray | memoryview)


def many_text(value: Any) -> str:
    """Return such a cell shortened, for people to read.

    Examples
    --------
    >>> many_text([1, 2]), many_text(bytes(2000)), many_text(np.zeros((9, 2)))
    ('[1, 2]', '(2,000 bytes)', '(9 x 2 numbers)')
    """
    if isinstance(value, bytes | bytearray | memoryview):
        return f"({len(value):,} bytes)"
    if isinstance(value, np.ndarray):
        return f"({' x '.join(map(str, value.shape))} numbers)"
    few = value if isinstance(value, dict) else value[:FEW_VALUES]
    more = f"... ({len(value):,})" if len(few) < len(value) else ""
    return f"{str(few)[:LONGEST]}{more}"


def _one(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _dates_text(cells: pd.Series) -> pa.LargeStringArray:
    codes, uniques = pd.factorize(cells)
    texts = pa.array([*(pd.Timestamp(value).isoformat() for value in uniques), None], type=pa.large_string())
    return texts.take(pa.array(np.where(codes < 0, len(uniques), codes)))


def _any_text(value: Any) -> str | None:
    if is_many(value):
        return many_text(value)
    if pd.isna(value):
        return None
    if isinstance(value, float) and np.isfinite(value):
        return number_text(value)
    return value.isoformat() if isinstance(value, pd.Timestamp) else str(value)


def trimmed(text: pa.LargeStringArray) -> pa.LargeStringArray:
    """Return `text` without white space at both ends."""
    return pc.utf8_trim_whitespace(text)


def unmarked(text: pa.LargeStringArray, markers: Iterable[str]) -> pa.LargeStringArray:
    """Return `text` with null in place of a marker of a missing cell."""
    known = pc.is_in(text, value_set=pa.array(list(markers), type=pa.large_string()))
    return pc.if_else(known, pa.scalar(None, pa.large_string()), text)


def mask(condition: pa.BooleanArray) -> NDArray[np.bool_]:
    """Return a condition as a numpy array; null counts as false."""
    return np.asarray(pc.fill_null(condition, False).to_numpy(zero_copy_only=False), dtype=bool)


def marker_numbers(notation: Notation, more: Iterable[str] = ()) -> list[float]:
    """Return those missing-value markers that are numbers."""
    numbers = (pd.to_numeric(marker, errors="coerce") for marker in (*notation.missing_values, *more))
    return [float(number) for number in numbers if np.isfinite(number)]
