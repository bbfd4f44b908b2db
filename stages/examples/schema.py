"""What the table of examples written by `clean` holds.

One Parquet table whatever the modality. Reserved columns carry a plain name; the feature columns
carry the prefix ``feature.``, so that a user's own column called ``time`` or ``weight`` cannot collide.
"""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

FEATURE = "feature."

EXAMPLE_ID = "example_id"
"""Column: unique (string); the ``id`` column where stated, else file and record, ``credit.csv.gz:17``."""
TARGET = "target"
"""Column: class name (string) or value (float64); never missing."""
GROUP, TIME, WEIGHT, PART = "group", "time", "weight", "part"
"""Optional columns: group (string), time (datetime64 or float64), weight (float64), predefined part."""
CONTENT_ID = "content_id"
"""Column: equal for rows whose features are equal (uint64); such rows never straddle a split."""
EXCLUDE = "exclude"
"""Column: why the row must not be trained on ("duplicate", "contradicting label", ...), or missing."""
RESERVED = (EXAMPLE_ID, TARGET, GROUP, TIME, WEIGHT, PART, CONTENT_ID, EXCLUDE)

Role = Literal["numeric", "categorical", "boolean", "date", "text", "image", "sequence"]
MEDIA: Final = ("text", "image", "sequence")
"""Roles of columns whose cells are no single number, level or date."""
Task = Literal["binary", "multiclass", "regression"]


class Notation(BaseModel):
    """How cells are written in the user's files, whatever their column."""

    model_config = ConfigDict(frozen=True)

    missing_values: tuple[str, ...] = ("",)
    """Cells that stand for "missing"."""
    decimal: str = "."
    """Decimal mark of numbers stored as text."""
    thousands: str = ","
    """Thousands mark of numbers stored as text; empty: none."""


class Column(BaseModel):
    """One feature column: its name in the user's file and how its cells are read."""

    model_config = ConfigDict(frozen=True)

    name: str
    role: Role
    missing: tuple[str, ...] = ()
    """Further markers of a missing cell in this column alone, e.g. the sentinel ``-999``."""
    means: str | None = None
    """What a missing cell stands for, where that is known."""
    date_formats: tuple[str, ...] = ()
    """Formats of a date, tried in order; ISO 8601 is always tried last."""
    number_levels: bool = False
    """A categorical column whose levels are numbers: ``1``, ``1.0`` and the number 1 are one level."""
    channels: tuple[str, ...] = ()
    """Names of the channels of a sequence, in their order."""
    unicode: str = "none"
    """Normal form that text is brought to (NFC, NFKC), or none."""
    html: str = "keep"
    """What becomes of HTML in text: its tags are stripped and entities resolved, or kept."""
    mojibake: str = "keep"
    """Whether text that had been decoded wrongly is repaired, or kept."""

    @property
    def key(self) -> str:
        """The column's name in the table of examples."""
        return FEATURE + self.name


class Schema(BaseModel):
    """Description of the table of examples: the task, the class names and the features in order.

    numeric is float64 (NaN = missing), categorical is string (null = missing), boolean is float64 0/1
    (NaN = missing), date is datetime64[us] (NaT = missing), text is string (null = missing or empty), image
    is the bytes of an image file (null = missing), sequence is a list of float32 of length ``n_steps *
    n_channels``, one step after another (NaN = missing value; null = missing sequence).
    """

    model_config = ConfigDict(frozen=True)

    dataset: str
    task: Task
    target: str
    classes: tuple[str, ...] = ()
    """Class names; for a binary task the positive one is the last. Empty for a regression."""
    features: tuple[Column, ...]
    cells: Notation = Notation()
    """How cells are written in the user's files."""

    def keys(self, *roles: Role) -> list[str]:
        """Return the table's column names of the features with one of `roles`, in order."""
        return [column.key for column in self.features if column.role in roles]
