"""Why a cell of the table of examples is not as it was in the raw file."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray


class Reason(IntEnum):
    """Why a cell is not as it was; the order is that of the audit."""

    AS_IT_WAS = 0
    MARKER = 1
    MEANS = 2
    DECORATED = 3
    TRIMMED = 4
    INFINITE = 5
    NO_NUMBER = 6
    NO_DATE = 7
    NO_BOOLEAN = 8
    TOO_LONG = 9
    NO_TEXT = 10
    MOJIBAKE = 11
    MARKUP = 12
    CONTROLS = 13
    NORMALISED = 14
    WHITE_SPACE = 15
    NOT_TEXT = 16
    NO_SERIES = 20
    OTHER_CHANNELS = 21
    NO_STEPS = 22
    STEPS_TO_MISSING = 23
    STEPS_CUT = 24
    STEPS_DOUBLE = 25
    NO_PICTURE = 30
    EMPTY_FILE = 31
    NO_FILE = 32
    MOSTLY_LOST = 33
    TOO_MANY_PIXELS = 34
    PICTURE_CUT_OFF = 35
    PICTURE_ANIMATED = 36
    PICTURE_CMYK = 37
    PICTURE_DEEP = 38
    PICTURE_TRANSPARENT = 39
    PICTURE_PALETTE = 40
    PICTURE_CONVERTED = 41
    PICTURE_TURNED = 42


UNREADABLE: Final = (
    Reason.NO_NUMBER,
    Reason.NO_DATE,
    Reason.NO_BOOLEAN,
    Reason.NOT_TEXT,
    Reason.NO_SERIES,
    Reason.OTHER_CHANNELS,
    Reason.NO_PICTURE,
    Reason.EMPTY_FILE,
    Reason.NO_FILE,
    Reason.MOSTLY_LOST,
    Reason.TOO_MANY_PIXELS,
)
"""Reasons of a filled cell that is not of its column's role."""


class Parsed(NamedTuple):
    """Values of a column in the table's dtype, and the `Reason` of each change ``(n_rows,)`` int8."""

    values: pd.Series
    reasons: NDArray[np.int8]
