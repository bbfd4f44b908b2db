"""Cells that hold a series: one or several channels measured at each of its steps."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from itertools import islice
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.datasets.reasons import Parsed, Reason
from stages.examples.schema import Column

Values = NDArray[np.float32]
LOOKED_AT: Final = 1000
"""Filled cells from which the number of channels is told."""
WITHOUT_VALUE: Final = ("", "na", "n/a", "nan", "null", "none", "?", "-")
"""Texts within a series that stand for a missing value; other text is reported."""


class Steps(NamedTuple):
    """The values of one cell, ``(n_steps, n_channels)``, None where there are none, and why it changed."""

    values: Values | None
    reason: Reason = Reason.AS_IT_WAS


def parse_series(cells: pd.Series, column: Column) -> Parsed:
    """Return series as the table of examples holds them: flat float32 arrays, one step after another.

    A cell is an array or nested list ``(n_steps, n_channels)`` or ``(n_steps,)``, or such a list as JSON, or
    numbers parted by blanks or commas. A value that is text or infinite becomes NaN; steps without any value
    at both ends are cut off. A cell that is no series, or one of another number of channels than `column`
    has, is None.

    Examples
    --------
    >>> column = Column(name="pulse", role="sequence", channels=("pulse",))
    >>> parse_series(pd.Series(["[1, 2.5, null]", "[]"]), column).values.tolist()
    [array([1. , 2.5], dtype=float32), None]
    """
    channels = max(len(column.channels), 1)
    read = [_checked(_steps(cell), channels) for cell in cells]
    values = np.empty(len(read), dtype=object)
    values[:] = [None if each.values is None else each.values.ravel() for each in read]
    reasons = np.array([each.reason for each in read], np.int8).reshape(-1)
    return Parsed(pd.Series(values, index=cells.index), reasons)


def series_keys(series: pd.Series) -> pd.Series:
    """Return a digest of each series, equal where all values are; NaN for a missing one.

    Examples
    --------
    >>> one, other = series_keys(pd.Series([np.float32([1, 2]), np.float32([1, 2])]))
    >>> one == other
    True
    """
    return series.map(lambda values: hashlib.sha256(values.tobytes()).hexdigest(), na_action="ignore")


def find_channels(cells: pd.Series, names: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the names of the channels of raw cells: `names`, else one for each that most cells have.

    Examples
    --------
    >>> find_channels(pd.Series([[[1, 2], [3, 4]]], name="motion"))
    ('channel_1', 'channel_2')
    >>> find_channels(pd.Series(["[1, 2]"], name="pulse"))
    ('pulse',)
    """
    if names:
        return names
    read = (_steps(cell).values for cell in cells)
    widths = Counter(values.shape[1] for values in islice((v for v in read if v is not None), LOOKED_AT))
    # Of equally frequent widths the smaller, so that the order of the rows does not decide.
    count = min(widths, key=lambda width: (-widths[width], width), default=1)
    return (str(cells.name),) if count == 1 else tuple(f"channel_{number}" for number in range(1, count + 1))


def is_series(cell: Any) -> bool:
    """Return whether a raw cell is a list or array of numbers, or such a list as JSON.

    Examples
    --------
    >>> is_series([1, None]), is_series("[0.5, 1]"), is_series("a"), is_series(["a"])
    (True, True, False, False)
    """
    if isinstance(cell, str) and not cell.lstrip().startswith("["):
        return False
    if not isinstance(cell, str | list | tuple | np.ndarray):
        return False
    steps = _steps(cell)
    return steps.values is not None and steps.reason == Reason.AS_IT_WAS and not np.isnan(steps.values).all()


def _checked(steps: Steps, channels: int) -> Steps:
    """Return the steps of a cell as they may be used."""
    values, reason = steps
    if values is None:
        return steps
    if values.shape[1] != channels:
        return Steps(None, Reason.OTHER_CHANNELS)
    infinite = np.isinf(values)
    if infinite.any():
        values, reason = np.where(infinite, np.float32(np.nan), values), Reason.STEPS_TO_MISSING
    filled = np.flatnonzero(~np.isnan(values).all(axis=1))
    if not len(filled):
        return Steps(None, Reason.NO_STEPS)
    first, last = int(filled[0]), int(filled[-1]) + 1
    if last - first < len(values):
        return Steps(values[first:last], reason or Reason.STEPS_CUT)
    return Steps(values, reason)


def _steps(cell: Any) -> Steps:
    """Return the values of a raw cell; a list of numbers has one channel."""
    if isinstance(cell, str):
        return _from_text(cell)
    if isinstance(cell, np.ndarray) and cell.dtype.kind in "biuf" and cell.ndim:
        return _shaped(cell)
    if isinstance(cell, np.ndarray) and cell.ndim == 0:
        return _steps(cell.item())
    if isinstance(cell, list | tuple | np.ndarray):
        return _from_list(list(cell))
    if cell is None or (pd.api.types.is_scalar(cell) and pd.isna(cell)):
        return Steps(None)
    return Steps(None, Reason.NO_SERIES)


def _from_text(text: str) -> Steps:
    if text.strip().lower() in WITHOUT_VALUE:
        return Steps(None)
    if text.lstrip().startswith("["):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return Steps(None, Reason.NO_SERIES)
        return _from_list(value)
    words = text.replace(",", " ").split()
    numbers = [_number(word) for word in words]
    unread = [word for word, number in zip(words, numbers, strict=True) if number is None]
    return Steps(None, Reason.NO_SERIES) if unread or len(words) == 1 else _shaped(np.array(numbers))


def _from_list(cell: list[Any]) -> Steps:
    """Return the values of a list, or of a list of equally long lists."""
    if not cell:
        return Steps(None, Reason.NO_STEPS)
    try:
        return _shaped(np.array(cell, dtype=np.float64))
    except (TypeError, ValueError, OverflowError):
        return _from_mixed(cell)


def _from_mixed(cell: list[Any]) -> Steps:
    """Return the values of a list that holds text, nulls or lists of several lengths."""
    rows = [list(step) if isinstance(step, list | tuple | np.ndarray) else [step] for step in cell]
    if len({len(row) for row in rows}) > 1:
        return Steps(None, Reason.OTHER_CHANNELS)
    numbers = [[_number(value) for value in row] for row in rows]
    flat = [number for row in numbers for number in row]
    if all(number is None for number in flat):
        return Steps(None, Reason.NO_SERIES)
    steps = _shaped(np.array(numbers, dtype=np.float64))
    return steps._replace(reason=Reason.STEPS_TO_MISSING) if None in flat else steps


def _number(value: Any) -> float | None:
    """Return a value within a series: NaN for a missing one, None for what is no number."""
    if value is None or (isinstance(value, str) and value.strip().lower() in WITHOUT_VALUE):
        return float("nan")
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _shaped(values: NDArray[Any]) -> Steps:
    """Return an array of numbers as ``(n_steps, n_channels)`` float32."""
    if not values.size:
        return Steps(None, Reason.NO_STEPS)
    if not 1 <= values.ndim <= 2:
        return Steps(None, Reason.NO_SERIES)
    with np.errstate(over="ignore"):  # too large for float32: infinite, and reported as such
        return Steps(values.reshape(len(values), -1).astype(np.float32))
