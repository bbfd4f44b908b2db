"""The profile: one line for each column of the raw table, what it is for and what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from stages.datasets.columns import ReadColumn
from stages.datasets.media_profile import media_line
from stages.datasets.names import shortened
from stages.datasets.written import is_many, many_text
from stages.examples.schema import MEDIA

COLUMNS: Final = (
    "column", "role", "how", "rows", "missing", "missing_share", "distinct",
    "min", "mean", "median", "max", "std", "top", "remark",
)  # fmt: skip
TOP: Final = 5
LONGEST: Final = 40


def profile_table(columns: Sequence[ReadColumn]) -> pd.DataFrame:
    """Return the profile of `columns`, in their order; numbers have six significant digits.

    ``how`` says whether the role was stated or inferred; ``top`` holds the most frequent values with
    their counts, and for numbers that are nearly all different the first few.
    """
    lines = [_line(column) for column in columns]
    return pd.DataFrame(lines, columns=list(COLUMNS))


def _line(column: ReadColumn) -> dict[str, Any]:
    values = column.values
    missing = int(values.isna().sum())
    line: dict[str, Any] = {
        "column": column.name,
        "role": column.use,
        "how": "stated" if column.stated else "inferred",
        "rows": len(values),
        "missing": missing,
        "missing_share": _rounded(missing / max(len(values), 1)),
        "remark": "; ".join(filter(None, (column.remark, column.hint))),
    }
    if column.use in MEDIA:
        return line | media_line(column)
    counts = _counts(values)
    line |= {"distinct": len(counts), "top": _top(counts)}
    return line | _statistics(values)


def _counts(values: pd.Series) -> pd.Series:
    plain = values.map(_plain).astype("str") if values.dtype == object else values
    # A stable order for equally frequent values: the smaller first.
    counts = plain.dropna().value_counts(sort=False).sort_index()
    return counts.sort_values(ascending=False, kind="stable")


def _plain(value: Any) -> Any:
    return many_text(value) if is_many(value) else value


def _top(counts: pd.Series) -> str:
    shown = [f"{_shown(value)} ({count:,})" for value, count in counts.head(TOP).items()]
    return "; ".join(shown)


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, pd.Timestamp):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    return shortened(value, limit=LONGEST)


def _statistics(values: pd.Series) -> dict[str, Any]:
    filled = values.dropna()
    if filled.empty:
        return {}
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        low, high = _shown(filled.min()), _shown(filled.max())
        return {"min": low, "median": _shown(pd.Timestamp(filled.median()).floor("D")), "max": high}
    if not pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype):
        return {}
    found = {"min": filled.min(), "mean": filled.mean(), "median": filled.median(), "max": filled.max()}
    found["std"] = filled.std() if len(filled) > 1 else np.nan
    return {name: _rounded(value) for name, value in found.items()}


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 3] + "..."


def summary(profile: pd.DataFrame, *, limit: int = 40) -> str:
    """Return the profile as a small table of text: column, role, missing and distinct values, examples."""
    shown = profile.head(limit)
    lines = [
        f"{_cut(str(row.column), 28):28} {row.role:12} {row.how:9} {row.missing:>8,} {row.distinct:>9,}  "
        + _cut(str(row.remark if row.role == "ignored" else row.top), 52)
        for row in shown.itertuples()
    ]
    head = f"{'column':28} {'role':12} {'how':9} {'missing':>8} {'distinct':>9}  most frequent"
    rest = (
        [f"... and {len(profile) - limit:,} more columns: data/clean/profile.csv"]
        if len(profile) > limit
        else []
    )
    return "\n".join([head, *lines, *rest])
