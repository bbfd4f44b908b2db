"""Encoded examples as samplers need them: continuous columns apart from those that hold categories."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from stages.examples.encoded import Array, Encoded, InputSpec, Spec

CATEGORIES, NUMERIC = "categories", "numeric"


@dataclass(frozen=True)
class Nominal:
    """Columns of an input that hold one category: a one-hot block, a two-valued column, a column of ids.

    Attributes
    ----------
    input
        Name of the input.
    columns
        Its columns, ``(width,)``.
    patterns
        What they hold for each category that train has, ``(n_categories, width)``.
    codes
        The same as points between which distances make sense, ``(n_categories, n_code_columns)``.
    """

    input: str
    columns: Array
    patterns: Array
    codes: Array

    def nearest(self, values: Array) -> Array:
        """Return the category whose code is nearest to each row of `values`, ``(n_samples,)``."""
        scores = values @ self.codes.T - (self.codes**2).sum(axis=1) / 2
        nearest: Array = np.argmax(scores, axis=1)
        return nearest


@dataclass(frozen=True)
class Layout:
    """Which columns of which input are continuous, and which hold categories."""

    shapes: dict[str, tuple[int, np.dtype[np.generic]]]
    continuous: Array
    nominals: tuple[Nominal, ...]


@dataclass(frozen=True)
class Features:
    """Rows in both views.

    Attributes
    ----------
    continuous
        Values of the continuous columns, ``(n_samples, n_continuous)`` float32.
    ids
        Category of each row in each nominal of the layout, ``(n_samples, n_nominals)`` int64.
    """

    continuous: Array
    ids: Array
    layout: Layout

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.ids)

    @property
    def nominal_columns(self) -> list[int]:
        """Positions of the category columns in `collapsed`."""
        first = self.continuous.shape[1]
        return list(range(first, first + self.ids.shape[1]))

    def take(self, rows: Array) -> Features:
        """Return some of the rows."""
        return replace(self, continuous=self.continuous[rows], ids=self.ids[rows])

    def collapsed(self) -> Array:
        """Return continuous columns, then one column of ids a category, float32."""
        return np.hstack([self.continuous, self.ids.astype(np.float32)])

    def flat(self) -> Array:
        """Return continuous columns, then the codes of the categories, float32: a space of distances."""
        codes = [
            nominal.codes[ids].astype(np.float32)
            for nominal, ids in zip(self.layout.nominals, self.ids.T, strict=True)
        ]
        return np.hstack([self.continuous, *codes])

    def from_collapsed(self, rows: Array) -> Features:
        """Return features of rows in the view of `collapsed`."""
        first = self.continuous.shape[1]
        return replace(
            self,
            continuous=rows[:, :first].astype(np.float32),
            ids=np.rint(rows[:, first:].astype(np.float64)).astype(np.int64),
        )

    def from_flat(self, rows: Array) -> Features:
        """Return features of rows in the view of `flat`, each category the one nearest to its codes."""
        start = self.continuous.shape[1]
        ids = np.zeros((len(rows), len(self.layout.nominals)), np.int64)
        for j, nominal in enumerate(self.layout.nominals):
            stop = start + nominal.codes.shape[1]
            ids[:, j] = nominal.nearest(rows[:, start:stop])
            start = stop
        return replace(self, continuous=rows[:, : self.continuous.shape[1]].astype(np.float32), ids=ids)

    def inputs(self) -> dict[str, Array]:
        """Return the arrays of the network's inputs."""
        arrays = {
            name: np.zeros((len(self), width), dtype) for name, (width, dtype) in self.layout.shapes.items()
        }
        if NUMERIC in arrays:
            arrays[NUMERIC][:, self.layout.continuous] = self.continuous
        for nominal, ids in zip(self.layout.nominals, self.ids.T, strict=True):
            arrays[nominal.input][:, nominal.columns] = nominal.patterns[ids]
        return arrays


def read_features(train: Encoded, spec: Spec) -> Features:
    """Return the features of `train`.

    Categories are one-hot blocks (whatever they hold: all zeros for an unknown category is one more), columns
    with two different values (missing indicators, yes and no), and columns of ids.

    Examples
    --------
    >>> from stages.examples.encoded import Block
    >>> numeric = InputSpec(name="numeric", dtype="float32", shape=(3,), columns=("x", "Job=a", "Job=b"),
    ...                     blocks=(Block(column="Job", start=1, stop=3),))
    >>> spec = Spec(task="binary", classes=("no", "yes"), inputs=(numeric,))
    >>> rows = np.array([[0.1, 1, 0], [0.2, 0, 1], [0.3, 0, 1]], np.float32)
    >>> features = read_features(Encoded({"numeric": rows}, np.array([0, 1, 1]), np.arange(3)), spec)
    >>> features.collapsed().tolist()
    [[0.10000000149011612, 1.0], [0.20000000298023224, 0.0], [0.30000001192092896, 0.0]]
    """
    continuous = np.zeros(0, np.int64)
    nominals: list[Nominal] = []
    ids: list[Array] = []
    for each in spec.inputs:
        array = train.inputs[each.name]
        if each.name == NUMERIC:
            blocks = [np.arange(block.start, block.stop) for block in each.blocks]
            continuous = continuous_columns(array, each)
            single = np.setdiff1d(np.arange(array.shape[1]), np.concatenate([continuous, *blocks]))
            groups = [*blocks, *(np.array([column]) for column in single)]
        else:
            groups = [np.array([column]) for column in range(array.shape[1])]
        for columns in groups:
            nominal, found = _read_nominal(each, columns, array[:, columns])
            nominals.append(nominal)
            ids.append(found)
    values = train.inputs[NUMERIC][:, continuous] if NUMERIC in train.inputs else np.zeros((len(train), 0))
    shapes = {name: (array.shape[1], array.dtype) for name, array in train.inputs.items()}
    table = np.column_stack(ids) if ids else np.zeros((len(train), 0), np.int64)
    return Features(values.astype(np.float32), table, Layout(shapes, continuous, tuple(nominals)))


def continuous_columns(array: Array, each: InputSpec) -> Array:
    """Return the numeric columns that are neither one-hot nor two-valued, ``(n_continuous,)``."""
    one_hot = [np.arange(block.start, block.stop) for block in each.blocks]
    single = np.setdiff1d(np.arange(array.shape[1]), np.concatenate([np.zeros(0, np.int64), *one_hot]))
    return np.array([column for column in single if not _two_valued(array[:, column])], np.int64)


def _two_valued(column: Array) -> bool:
    """Return whether a column holds exactly two different values."""
    low, high = column.min(), column.max()
    return bool(low < high and ((column == low) | (column == high)).all())


def _read_nominal(each: InputSpec, columns: Array, values: Array) -> tuple[Nominal, Array]:
    """Return one category's patterns, and which of them each row has."""
    patterns, ids = np.unique(values, axis=0, return_inverse=True)
    codes = patterns if each.name == NUMERIC else np.eye(len(patterns))
    return Nominal(each.name, columns, patterns, codes.astype(np.float64)), ids.reshape(-1)
