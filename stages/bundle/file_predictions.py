"""Predictions of a whole file: batch by batch, each row with what names it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from stages.bundle.media_files import FILE, are_files
from stages.bundle.rawrows import Unreadable
from stages.bundle.streaming import Batch
from stages.datasets.names import listed, nearest, shortened
from stages.datasets.tables import FileTable
from stages.examples.schema import Schema

ROW = "row"
"""Column: the number of the record in the file, from 1, where no other column names it."""
logger = logging.getLogger(__name__)


class Predicts(Protocol):
    """What is asked of a predictor, of this version of the project or of another."""

    @property
    def schema(self) -> Schema:
        """The columns it knows."""

    def predict(self, raw: pd.DataFrame, *, unreadable: Unreadable) -> pd.DataFrame:
        """Return the predictions of raw rows."""


class Predicted(NamedTuple):
    """Predictions of one batch, and the share of the file that is done, [0, 1]."""

    table: pd.DataFrame
    done: float


def predict_batches(
    batches: Iterable[Batch],
    predictor: Predicts,
    *,
    keep: Sequence[str] = (),
    id_column: str | None = None,
    unreadable: Unreadable = "refuse",
) -> Iterator[Predicted]:
    """Yield the predictions of `batches`: what names the row, and what is predicted.

    Parameters
    ----------
    keep
        Columns that name the row; where there are none `id_column` if the file has it, else its number.

    Raises
    ------
    ValueError
        Where a record or a cell cannot be read and `unreadable` is ``refuse``, a column to keep is not
        there, or no column is known to the model.
    """
    first = True
    for batch, done in batches:
        _report(batch.unreadable, unreadable)
        if first:
            check_kept(keep, list(batch.frame.columns))
            keep = keep or ([id_column] if id_column and id_column in batch.frame else [])
            _tell(batch, predictor.schema)
        if len(batch.frame) or first:
            yield Predicted(_with_names(batch, predictor, keep, unreadable), done)
        first = False


def check_kept(keep: Sequence[str], columns: Sequence[str]) -> None:
    """Raise ValueError where a column to keep is not among `columns`."""
    for name in (name for name in keep if name not in columns):
        raise ValueError(
            f"--keep names the column {name!r}, but the file has {listed(columns)}.{nearest(name, columns)}"
        )


def _tell(batch: FileTable, schema: Schema) -> None:
    """Say what deviates in the file as a whole, once."""
    for remark in batch.remarks:
        logger.warning("%s", remark)
    columns = [column.name for column in schema.features]
    lacking = [name for name in columns if name not in batch.frame]
    others = [str(name) for name in batch.frame if name not in columns]
    if 0 < len(lacking) < len(columns):
        hints = "".join(nearest(name, others) for name in lacking)
        logger.warning("the file lacks %s, taken as missing in every row.%s", listed(lacking), hints)


def _report(records: Sequence[NamedTuple], unreadable: Unreadable) -> None:
    if not records:
        return
    named = "; ".join(f"record {row} ({reason}): {shortened(text)!r}" for row, reason, text in records[:3])
    more = f"; and {len(records) - 3:,} more" if len(records) > 3 else ""
    if unreadable == "missing":
        logger.warning("%s record(s) cannot be read and get no prediction: %s%s", len(records), named, more)
        return
    raise ValueError(
        f"{len(records):,} record(s) cannot be read: {named}{more}. Mend the file, or leave such records out "
        "(--unreadable missing)."
    )


def _with_names(
    batch: FileTable, predictor: Predicts, keep: Sequence[str], unreadable: Unreadable
) -> pd.DataFrame:
    own = [FILE] if are_files(batch) else []
    labels = batch.frame[FILE] if own else batch.rows
    predicted = predictor.predict(batch.frame.set_axis(labels, axis=0), unreadable=unreadable)
    names = {name: _plain(batch.frame[name]) for name in keep or own} or {ROW: pd.Series(batch.rows)}
    twice = sorted(set(names) & set(predicted))
    if twice:
        raise ValueError(
            f"the kept column(s) {listed(twice)} would stand beside predictions of the same name. Leave them "
            "out of --keep."
        )
    return pd.concat([pd.DataFrame(names), predicted.reset_index(drop=True)], axis=1)


def _plain(cells: pd.Series) -> pd.Series:
    """Return cells of mixed types as text: a column written in batches is of one type."""
    if cells.dtype != object:
        return cells
    text = np.array([None if pd.isna(value) else str(value) for value in cells], dtype=object)
    return pd.Series(text, dtype="str")
