"""What a section of the report is made of: text, tables, figures, lists, code; plain data, no HTML."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of running text; `small` for what explains rather than says."""

    text: str
    small: bool = False
    kind: ClassVar[str] = "paragraph"


@dataclass(frozen=True)
class Column:
    """A column of a table; numbers are set flush right, a `strong` one stands out."""

    name: str
    numeric: bool = True
    strong: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell of a table: what it says, what stands small below it, and whether it is good or bad news."""

    text: str
    below: str = ""
    news: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its caption.

    A `folded` one is opened by a click; in an `inline` one the small print stands beside the text, where
    there is room, instead of below it.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    note: str = ""
    folded: bool = False
    inline: bool = False
    kind: ClassVar[str] = "table"


class Picture(NamedTuple):
    """A figure by name, and how to read it."""

    name: str
    caption: str


@dataclass(frozen=True)
class Pictures:
    """Figures side by side where there is room."""

    pictures: tuple[Picture, ...]
    kind: ClassVar[str] = "pictures"


class Card(NamedTuple):
    """One example as a person sees it.

    Attributes
    ----------
    title
        What stands out: what it is, and what it was taken for.
    below
        What stands small below.
    name
        What it is called, smaller still.
    photo
        A picture as a data address; empty: none.
    drawing
        An SVG of ours; empty: none.
    text
        What it says.
    small
        Whether the picture has so few pixels that they should be seen as squares.
    """

    title: str
    below: str = ""
    name: str = ""
    photo: str = ""
    drawing: str = ""
    text: str = ""
    small: bool = False


@dataclass(frozen=True)
class Cards:
    """Examples side by side; `wide` ones hold text, and are read below each other on a phone."""

    cards: tuple[Card, ...]
    note: str = ""
    wide: bool = False
    kind: ClassVar[str] = "cards"


@dataclass(frozen=True)
class Photo:
    """A large picture, `source` being a data address, and what is to be seen on it."""

    source: str
    caption: str
    kind: ClassVar[str] = "photo"


@dataclass(frozen=True)
class Facts:
    """Names and what they hold."""

    pairs: tuple[tuple[str, str], ...]
    kind: ClassVar[str] = "facts"


@dataclass(frozen=True)
class Points:
    """A list of sentences, under a heading where there is one."""

    points: tuple[str, ...]
    heading: str = ""
    kind: ClassVar[str] = "points"


@dataclass(frozen=True)
class Code:
    """Text to copy; `caption` folds it behind a click."""

    text: str
    caption: str = ""
    kind: ClassVar[str] = "code"


@dataclass(frozen=True)
class Sides:
    """Blocks side by side where there is room, below each other on a phone."""

    left: tuple[Block, ...]
    right: tuple[Block, ...]
    kind: ClassVar[str] = "sides"


Block = Paragraph | Table | Pictures | Cards | Photo | Facts | Points | Code | Sides


@dataclass(frozen=True)
class Section:
    """A part of the report under a heading of its own."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]


def table(
    columns: Sequence[str | Column],
    rows: Sequence[Sequence[str | Cell]],
    *,
    caption: str = "",
    note: str = "",
    folded: bool = False,
    inline: bool = False,
) -> Table:
    """Return a table whose plain texts are made cells; columns given as text hold text."""
    return Table(
        tuple(each if isinstance(each, Column) else Column(each, numeric=False) for each in columns),
        tuple(tuple(each if isinstance(each, Cell) else Cell(each) for each in row) for row in rows),
        caption,
        note,
        folded,
        inline,
    )


def pictured(figures: Container[str], captions: Mapping[str, str]) -> tuple[Pictures, ...]:
    """Return the figures among `captions` that were drawn, in one block; none where there are none."""
    pictures = tuple(Picture(name, caption) for name, caption in captions.items() if name in figures)
    return (Pictures(pictures),) if pictures else ()


def capped(shown: int, total: int, what: str, *, where: str) -> str:
    """Return what a table that was cut short says below it; nothing where all is shown.

    Examples
    --------
    >>> capped(10, 1234, "rows", where="data/evaluate/worst.csv")
    '10 of 1,234 rows; all of them in data/evaluate/worst.csv.'
    """
    return "" if shown >= total else f"{shown:,} of {total:,} {what}; all of them in {where}."
