"""Rows as a client sends them: pictures as base64, series as nested lists."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, Final

import numpy as np
import pandas as pd

from stages.examples.schema import Column, Role, Schema

SIDE: Final = 64
"""Greatest side of an example's picture: it is to be small, not to be recognised."""
LONGEST: Final = 500
"""Characters of an example's text, and steps of its series."""


def sendable(rows: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Return rows of the table of examples as they can be written as JSON, large cells made small.

    Examples
    --------
    >>> series = Column(name="x", role="sequence", channels=("a", "b"))
    >>> schema = Schema(dataset="d", task="binary", target="y", features=(series,))
    >>> sendable(pd.DataFrame({series.key: [np.float32([1, 2, 3, 4])]}), schema)[series.key].tolist()
    [[[1.0, 2.0], [3.0, 4.0]]]
    """
    made = {}
    for column in (each for each in schema.features if each.role in MAKERS):
        make = MAKERS[column.role]
        cells = [None if cell is None else make(cell, column) for cell in rows[column.key]]
        made[column.key] = pd.Series(cells, index=rows.index, dtype=object)
    return rows.assign(**made)


def _picture(content: bytes, column: Column) -> str:
    """Return a picture as base64 of an image file, shrunk where it is large."""
    from PIL import Image

    with Image.open(BytesIO(content)) as picture:
        if max(picture.size) > SIDE:
            picture.thumbnail((SIDE, SIDE))
            file = BytesIO()
            picture.save(file, "PNG")
            content = file.getvalue()
    return base64.b64encode(content).decode("ascii")


def _text(text: str, column: Column) -> str:
    return text[:LONGEST]


def _series(flat: Any, column: Column) -> list[list[float | None]]:
    steps = np.asarray(flat, np.float64).reshape(-1, max(len(column.channels), 1))[:LONGEST]
    return [[None if np.isnan(value) else float(value) for value in step] for step in steps]


MAKERS: Final[Mapping[Role, Callable[[Any, Column], Any]]] = {
    "image": _picture,
    "text": _text,
    "sequence": _series,
}
