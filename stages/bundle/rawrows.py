"""Raw rows to predict: their columns and cells, checked against those the model was trained on."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import pandas as pd

from stages.datasets.cells import UNREADABLE, parse_column
from stages.datasets.names import listed, nearest, shortened
from stages.datasets.written import written
from stages.examples.encoded import Array
from stages.examples.schema import MEDIA, Column, Role, Schema

Unreadable = Literal["refuse", "missing"]
SHOWN = 3
"""Cells that an error names."""
LACKING: Final[Mapping[Role, str]] = {
    "numeric": "not numeric",
    "categorical": "not categorical",
    "boolean": "not boolean",
    "date": "not date",
    "text": "no text",
    "image": "no picture that can be read",
    "sequence": "no series with the channels of the training",
}
"""What a cell is that does not fit its column."""
logger = logging.getLogger(__name__)


class BadCell(NamedTuple):
    """A filled cell that is not of its column's role; `row` is its label in the index."""

    row: object
    column: Column
    text: str


def read_rows(raw: pd.DataFrame, schema: Schema, *, unreadable: Unreadable = "refuse") -> pd.DataFrame:
    """Return the feature columns of raw rows as the table of examples holds them; the index is kept.

    Parameters
    ----------
    raw
        Columns as in the user's file, cells as text or typed. Columns it lacks are missing throughout,
        others than the features are left out. A picture is bytes, these as base64 text, pixels, or a
        `pathlib.Path`: text opens no file, since it may come over HTTP.
    unreadable
        What becomes of a filled cell that is not of its column's role (a word in a column of numbers):
        ``refuse`` raises, ``missing`` takes it for missing and warns.

    Raises
    ------
    ValueError
        Where no column is known, or for such a cell: its row, its column and what stands there.

    Examples
    --------
    >>> age = Column(name="Age", role="numeric")
    >>> schema = Schema(dataset="d", task="binary", target="y", features=(age,))
    >>> read_rows(pd.DataFrame({"Age": ["30", ""], "Name": ["Ann", "Bob"]}), schema)
       feature.Age
    0         30.0
    1          NaN
    """
    table = tidy(raw)
    check_columns([str(name) for name in table.columns], schema)
    empty = pd.Series(np.nan, index=table.index, dtype="float64")
    values: dict[str, pd.Series] = {}
    bad: list[BadCell] = []
    for column in schema.features:
        cells = _plain(table.get(column.name, empty))
        parsed = parse_column(cells, column, schema.cells)
        values[column.key] = parsed.values
        bad += _bad_cells(cells, np.flatnonzero(np.isin(parsed.reasons, UNREADABLE)), column)
    if bad:
        _report(bad, unreadable)
    return pd.DataFrame(values, index=table.index)


def rows_with_content(cells: pd.DataFrame, schema: Schema) -> Array:
    """Return which rows of `read_rows` hold something to predict from, ``(n_rows,)`` bool.

    In training a row without picture, text or series and without anything beside is left out; a row of plain
    columns alone always counts.
    """
    if not any(column.role in MEDIA for column in schema.features):
        return np.ones(len(cells), bool)
    return cells.notna().any(axis=1).to_numpy()


def tidy(raw: pd.DataFrame) -> pd.DataFrame:
    """Return `raw` with column names trimmed, as `clean` trims them."""
    names = [" ".join(str(label).split()) for label in raw.columns]
    return raw if names == list(raw.columns) else raw.set_axis(names, axis=1)


def check_columns(names: list[str], schema: Schema) -> None:
    """Raise ValueError where `names` holds none of the features, or one of them twice."""
    features = [column.name for column in schema.features]
    common = set(features).intersection(names)
    if not common:
        near = next((hint for name in names if (hint := nearest(name, features))), "")
        raise ValueError(
            f"none of the columns {listed(names) or '(there are none)'} is one the model was trained on: it "
            f"knows {listed(features)}.{near} Give the rows these column names."
        )
    twice = sorted(name for name in common if names.count(name) > 1)
    if twice:
        raise ValueError(f"the column(s) {listed(twice)} stand there twice. Leave one of each out.")


def _plain(cells: pd.Series) -> pd.Series:
    """Return `cells` with NaN for a missing cell of mixed types, whatever stood for it (None, NA)."""
    return cells.where(cells.notna(), np.nan) if cells.dtype == object else cells


def _bad_cells(cells: pd.Series, rows: Array, column: Column) -> Iterator[BadCell]:
    if not len(rows):
        return
    if column.role in MEDIA:
        yield from (BadCell(cells.index[row], column, _told(cells.iloc[row])) for row in rows)
        return
    text = written(cells)
    for row in rows:
        yield BadCell(cells.index[row], column, shortened(text[int(row)].as_py(), limit=30))


def _told(cell: Any) -> str:
    """Return what a cell of a picture, a text or a series holds, in a few signs."""
    if isinstance(cell, bytes):
        return f"{len(cell):,} bytes"
    return shortened(np.asarray(cell).tolist() if isinstance(cell, np.ndarray) else cell, limit=30)


def _report(bad: list[BadCell], unreadable: Unreadable) -> None:
    named = "; ".join(
        f"row {each.row}, column {each.column.name!r}: {each.text!r} is {LACKING[each.column.role]}"
        for each in bad[:SHOWN]
    )
    more = f"; and {len(bad) - SHOWN:,} more" if len(bad) > SHOWN else ""
    if unreadable == "missing":
        logger.warning("%s cell(s) taken for missing: %s%s.", f"{len(bad):,}", named, more)
        return
    raise ValueError(
        f"{len(bad):,} cell(s) cannot be read as what their column held in training: {named}{more}. Correct "
        "them or leave them empty; `upcurve predict --unreadable missing` takes such cells for missing."
    )
