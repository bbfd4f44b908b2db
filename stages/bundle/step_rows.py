"""Rows to predict from a long table, whose rows are the steps of series."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stages.bundle.array_rows import objects
from stages.bundle.streaming import read_batches
from stages.datasets.cells import UNREADABLE, parse_column
from stages.datasets.names import listed
from stages.datasets.tables import FileTable
from stages.examples.encoded import Array
from stages.examples.schema import Column, Notation
from stages.settings.dataset import DatasetFiles

if TYPE_CHECKING:
    from stages.bundle.media_files import Form

ONE_SERIES = "series"
"""Column: names the only series of a table that has no column of ids."""


def is_step_table(path: Path, column: Column, settings: DatasetFiles) -> bool:
    """Return whether the rows of a table are steps: it has the channels of `column`, not its series."""
    if column.role != "sequence" or not column.channels:
        return False
    names = set(next(read_batches(path, settings, rows=1)).table.frame.columns)
    return column.name not in names and set(column.channels) <= names


def gathered(table: FileTable, column: Column, cells: Notation, form: Form) -> FileTable:
    """Return one row a series, in the order of their first steps; a table without ids is one series.

    Columns beside the channels are those of the first step of each.

    Raises
    ------
    ValueError
        Where a value of a channel is no number.
    """
    frame = table.frame
    values = np.column_stack([_numbers(frame[name], cells) for name in column.channels])
    order = (
        np.arange(len(frame))
        if form.time not in frame
        else np.argsort(_times(frame[form.time], cells), kind="stable")
    )
    ids = frame[form.step_id] if form.step_id in frame else pd.Series([table.rows[0]] * len(frame))
    codes, names = pd.factorize(ids)
    of_each = pd.Series(order).groupby(codes[order]).indices  # rows without an id belong to no series
    steps = [values[order[of_each[code]]] for code in range(len(names))]
    firsts = pd.Series(np.arange(len(codes))).groupby(codes).first().reindex(range(len(names))).to_numpy()
    others = frame.drop(columns=[*column.channels, *([form.time] if form.time in frame else [])])
    rows = others.iloc[firsts].reset_index(drop=True).assign(**{column.name: objects(steps)})
    return FileTable(rows, table.rows[firsts], table.unreadable, table.reading, table.remarks)


def _numbers(cells: pd.Series, notation: Notation) -> Array:
    """Return the values of one channel, NaN where the cell is empty."""
    parsed = parse_column(cells, Column(name=str(cells.name), role="numeric"), notation)
    bad = cells[np.isin(parsed.reasons, UNREADABLE)]
    if len(bad):
        raise ValueError(
            f"column {cells.name!r} is a channel of the series, and {len(bad):,} of its cells are no "
            f"numbers: {listed(bad.astype(str).head(3).tolist())}. Correct them or leave them empty."
        )
    return parsed.values.to_numpy(np.float32)


def _times(cells: pd.Series, notation: Notation) -> Array:
    """Return what orders the steps: numbers, or dates where they are none."""
    for role in ("numeric", "date"):
        parsed = parse_column(cells, Column(name=str(cells.name), role=role), notation)
        if not np.isin(parsed.reasons, UNREADABLE).any():
            return parsed.values.rank(method="dense", na_option="bottom").to_numpy()
    raise ValueError(
        f"column {cells.name!r} orders the steps of the series, and holds neither numbers nor dates "
        "throughout. Write ISO dates (2024-05-31 12:00) or numbers."
    )
