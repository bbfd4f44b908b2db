"""Settings of a data set: where its files are, how they are written, and what each column is for.

Unlike other sections this one has defaults: a data set's YAML need only say what cannot be seen in the
files. What is left out is inferred by `clean`, shown, and written into its profile.
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

from stages.settings.choice import Section

Names = tuple[StrictStr, ...]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Scalar = StrictStr | StrictBool | StrictInt | StrictFloat
Level = StrictStr | StrictInt | StrictFloat


class DatasetColumns(Section):
    """Feature columns whose role is stated; those not named are inferred."""

    numeric: Names = Field((), description="numbers, also where stored as text")
    categorical: Names = Field((), description="levels, also where they are written as numbers")
    boolean: Names = Field((), description="yes/no, true/false, y/n, t/f, on/off, 1/0")
    date: Names = Field((), description="dates and times")
    text: Names = Field((), description="free text, for a model of words")
    image: Names = Field((), description="paths of image files beside the table, or the bytes of images")
    sequence: Names = Field((), description="lists of numbers: time series, one cell each")
    ignored: Names = Field((), description="columns that are no features")


class DatasetParts(Section):
    """Files of a split that comes with the data."""

    train: Names = Field((), description="files (or globs) of the training rows")
    validation: Names = Field((), description="files (or globs) of the validation rows")
    test: Names = Field((), description="files (or globs) of the test rows")

    def files(self) -> tuple[str, ...]:
        """Return the patterns of all parts."""
        return (*self.train, *self.validation, *self.test)


class DatasetSequences(Section):
    """Where the rows of a table are the steps of sequences: which belong together, and what they hold."""

    id: StrictStr | None = Field(None, description="column that is equal for the steps of one sequence")
    channels: Names = Field((), description="columns measured at each step; empty: every numeric one")


class DatasetArrays(Section):
    """Names of the arrays in .npz files; auto finds the usual ones (X, y, images, labels, X_train, ...)."""

    features: StrictStr = Field(
        "auto", description="images (n, height, width[, 3]) or series (n, steps[, channels])"
    )
    target: StrictStr = Field("auto", description="class or value of each example, (n,)")
    lengths: StrictStr = Field("auto", description="number of steps of each padded sequence, (n,)")
    channels_first: Literal["auto"] | StrictBool = Field(
        "auto", description="series are (n, channels, steps)"
    )


class DatasetFiles(Section):
    """Where the raw table is and how its files are written."""

    name: StrictStr = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", description="its folder is data/raw/<name>/"
    )
    files: Names = Field((), description="names or globs in data/raw/<name>/; empty: every table there")
    sha256: dict[str, Sha256] = Field(default_factory=dict, description="digest each file must have")
    format: Literal[
        "auto",
        "csv",
        "tsv",
        "parquet",
        "feather",
        "jsonl",
        "excel",
        "image_folder",
        "text_folder",
        "npz",
        "idx",
    ] = Field("auto", description="kind of file; auto: by content and name; gz, xz, bz2 and zip are unpacked")
    arrays: DatasetArrays = Field(
        default_factory=DatasetArrays, description="names of the arrays in .npz files"
    )
    delimiter: StrictStr = Field("auto", min_length=1, description="of a CSV: one character, or auto")
    encoding: StrictStr = Field("auto", description="of a text file, e.g. cp1252; auto: UTF-8, else cp1252")
    skip_rows: StrictInt = Field(0, ge=0, description="lines before the column names")
    names: Names = Field((), description="column names of files without a line of names")
    sheet: StrictStr | None = Field(None, description="of an Excel file; null: the first")


class DatasetCells(Section):
    """How cells are written."""

    missing_values: Literal["auto"] | tuple[Level, ...] = Field(
        "auto", description="cells that mean missing; auto: empty, NA, ?, NULL, ... and evident sentinels"
    )
    missing_means: dict[str, Scalar] = Field(
        default_factory=dict, description="what a missing cell stands for, by column, where that is known"
    )
    decimal: Literal["auto", ".", ","] = Field("auto", description="decimal mark of numbers stored as text")
    thousands: Literal["auto", "none", ",", ".", " ", "'"] = Field("auto", description="thousands mark")
    date_format: StrictStr = Field("auto", description="of dates stored as text, e.g. %d/%m/%Y")


class DatasetSettings(DatasetFiles, DatasetCells):
    """A table of examples: its files, its cells, its columns and what is to be predicted."""

    target: StrictStr = Field(description="column to predict")
    task: Literal["auto", "classification", "regression"] = Field("auto", description="what the target is")
    positive_class: Scalar | None = Field(None, description="of two classes; null: the rarer one")
    columns: DatasetColumns = Field(default_factory=DatasetColumns, description="roles of feature columns")
    sequence: DatasetSequences = Field(
        default_factory=DatasetSequences, description="rows that are steps of sequences"
    )
    id: StrictStr | None = Field(None, description="column that names each row")
    group: StrictStr | None = Field(None, description="column of rows that belong together (a patient)")
    time: StrictStr | None = Field(None, description="column that orders the rows; not a feature")
    weight: StrictStr | None = Field(None, description="column of sample weights")
    part: StrictStr | None = Field(None, description="column that says train, validation or test")
    parts: DatasetParts = Field(default_factory=DatasetParts, description="files of a split that comes so")

    def roles(self) -> dict[str, list[str]]:
        """Return the names given to each role, as the user writes the role."""
        single = {"target": self.target, "id": self.id, "group": self.group, "time": self.time}
        single |= {"weight": self.weight, "part": self.part}
        given = {f"dataset.{role}": [name] for role, name in single.items() if name is not None}
        columns = {f"dataset.columns.{role}": list(names) for role, names in self.columns}
        return given | {role: names for role, names in columns.items() if names}

    @model_validator(mode="after")
    def _one_role_each(self) -> DatasetSettings:
        count = Counter(name for names in self.roles().values() for name in names)
        for name in (name for name, times in count.items() if times > 1):
            where = [role for role, names in self.roles().items() if name in names]
            raise ValueError(
                f"column {name!r} has more than one role: it stands in {' and '.join(where)}"
                + (" twice" if len(where) == 1 else "")
                + ". A column has one role; take it out of the others."
            )
        return self

    @model_validator(mode="after")
    def _consistent(self) -> DatasetSettings:
        if self.task == "regression" and self.positive_class is not None:
            raise ValueError(
                "dataset.positive_class counts for two classes only, but dataset.task is "
                "regression; remove one of the two."
            )
        if self.part is not None and self.parts.files():
            raise ValueError(
                "dataset.part (a column) and dataset.parts (files) both give the split; keep one."
            )
        if self.decimal != "auto" and self.decimal == self.thousands:
            raise ValueError(
                f"dataset.decimal and dataset.thousands are both {self.decimal!r}; a number "
                "cannot be read so. Change one of the two."
            )
        if self.delimiter != "auto" and len(self.delimiter) > 1 and self.delimiter != "\\t":
            raise ValueError(f"dataset.delimiter must be one character or auto, not {self.delimiter!r}.")
        return self
