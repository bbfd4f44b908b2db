"""Column names: trimmed, none empty, none twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pandas as pd

from stages.datasets.names import listed
from stages.datasets.tables import FileTable


def tidy_header(name: str, table: FileTable) -> FileTable:
    """Return `table` with trimmed names; empty ones become ``column_<number>``, equal twins are left out.

    Raises ValueError where two columns of one name differ, or there are no columns.
    """
    if table.frame.shape[1] == 0:
        raise ValueError(f"{name} has no columns. Put a table with a line of column names there.")
    given = [str(label) for label in table.frame.columns]
    tidy = [" ".join(label.split()) or f"column_{number}" for number, label in enumerate(given, start=1)]
    remarks = [
        f"column name {old!r} read as {new!r}" for old, new in zip(given, tidy, strict=True) if old != new
    ]
    keep: list[int] = []
    for number, label in enumerate(tidy):
        twins = [other for other in keep if tidy[other] == label]
        if not twins:
            keep.append(number)
        elif _equal(table.frame, twins[0], number):
            remarks.append(f"column {label!r} stands there twice with equal cells; the second was left out")
        else:
            raise ValueError(_twice(name, tidy))
    frame = table.frame.iloc[:, keep]
    frame.columns = pd.Index([tidy[number] for number in keep])
    return replace(table, frame=frame, remarks=(*table.remarks, *remarks))


def _equal(frame: pd.DataFrame, one: int, other: int) -> bool:
    return bool(frame.iloc[:, one].equals(frame.iloc[:, other]))


def _twice(name: str, labels: list[str]) -> str:
    double = [label for label, times in Counter(labels).items() if times > 1]
    return (
        f"{name} has more than one column called {listed(double)}, with different cells, so that it cannot "
        "be known which is meant. Rename one in the file, or give all names with dataset.names (and "
        "dataset.skip_rows=1)."
    )
