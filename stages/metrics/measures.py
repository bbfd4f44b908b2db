"""What every family of metrics returns: numbers by name, and what could not be measured."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Measures(NamedTuple):
    """Metrics of one part of the data.

    Attributes
    ----------
    values
        Plain numbers by name, the main ones first; None where a metric is not defined for these rows.
        May be nested (``per_class``).
    notes
        One sentence for whatever is None, left out of a mean or counted by convention.
    """

    values: dict[str, Any]
    notes: tuple[str, ...] = ()


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` as plain Python numbers, those not finite as None; nested mappings likewise.

    Examples
    --------
    >>> import numpy as np
    >>> plain({"rmse": np.float64(0.5), "rows": np.int64(3), "r2": float("nan"), "a": {"b": None}})
    {'rmse': 0.5, 'rows': 3, 'r2': None, 'a': {'b': None}}
    """
    return {
        name: plain(value) if isinstance(value, Mapping) else _plain(value) for name, value in values.items()
    }


def listed(names: Sequence[str], most: int = 10) -> str:
    """Return `names` for a sentence, at most `most` of them.

    Examples
    --------
    >>> listed(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def _plain(value: Any) -> int | float | None:
    if value is None:
        return None
    number: int | float = value.item() if hasattr(value, "item") else value
    return number if math.isfinite(number) else None
