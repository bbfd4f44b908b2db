"""Numbers as people read them."""

from __future__ import annotations

import math

DIGITS = 4
"""Significant digits of a number that stands alone."""
ROUNDING = 1e-9
"""Width of an interval, as a share of its ends, below which it is a rounding error."""


def number(value: float | None) -> str:
    """Return `value` with four significant digits, thousands set apart; a dash where there is none.

    Examples
    --------
    >>> [number(each) for each in (0.78225, 30717.07, 0.5, 12, 0.00001234, None)]
    ['0.7823', '30,717', '0.5', '12', '1.234e-05', '-']
    """
    if value is None or not math.isfinite(value):
        return "-" if value is None or math.isnan(value) else f"{value}"
    size = abs(value)
    if float(value).is_integer() or size >= 10 ** (DIGITS - 1):
        return f"{value:,.0f}" if size < 1e15 else f"{value:.{DIGITS}g}"
    return f"{value:.{DIGITS}g}"


def decimals(value: float, low: float, high: float) -> int:
    """Return how many decimals a value with an interval is worth.

    Two significant digits of the interval's width, one more where the value itself has three; three of the
    value where the interval has no width but for rounding, as that of a constant answer.

    Examples
    --------
    >>> decimals(0.782, 0.755, 0.809), decimals(0.5, 0.5, 0.5), decimals(30717.0, 24012.0, 38540.0)
    (3, 3, 0)
    >>> decimals(2.302585092994046, 2.3025850929940455, 2.302585092994046)
    2
    """
    size = max(abs(low), abs(high))
    fine = _decimals(abs(value) or size, digits=3)
    if high - low <= ROUNDING * size:
        return min(max(0, fine), 8)
    coarse = _decimals(high - low, digits=2)
    return min(max(0, coarse, min(fine, coarse + 1)), 8)


def _decimals(size: float, *, digits: int) -> int:
    return digits - math.ceil(math.log10(size)) if 0 < size < math.inf else 0


def with_interval(value: float | None, bounds: tuple[float, float] | None) -> str:
    """Return a value with its interval, as precise as the interval is wide.

    Examples
    --------
    >>> with_interval(0.78212, (0.7551, 0.8092)), with_interval(30717.07, (24012.4, 38540.1))
    ('0.782 [0.755, 0.809]', '30,717 [24,012, 38,540]')
    >>> with_interval(0.9, (0.8999999999999999, 0.9)), with_interval(0.5, None)
    ('0.900 [0.900, 0.900]', '0.5')
    """
    if value is None or bounds is None:
        return number(value)
    places = decimals(value, *bounds)
    shown, low, high = (f"{round(each, places) + 0.0:,.{places}f}" for each in (value, *bounds))  # no -0
    return f"{shown} [{low}, {high}]"


def counted(count: float, noun: str, nouns: str = "") -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> counted(1, "row"), counted(1234, "row"), counted(2, "class", "classes")
    ('1 row', '1,234 rows', '2 classes')
    """
    return f"{number(count)} {noun if count == 1 else nouns or noun + 's'}"
