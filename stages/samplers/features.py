"""Encoded examples as samplers need them: continuous columns apart from those that hold categories.

Pixels and the values of series are continuous columns; weights of terms stay a sparse matrix beside them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from stages.examples.encoded import Array, Encoded, InputSpec, Spec
from stages.samplers.media import Flattened, flatten, flattened

CATEGORIES, NUMERIC, TERMS = "categories", "numeric", "terms"


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
    media: tuple[Flattened, ...] = ()


@dataclass(frozen=True)
class Features:
    """Rows in both views.

    Attributes
    ----------
    continuous
        Values of the continuous columns, ``(n_samples, n_continuous)`` float32: of the table, then of
        pictures and series.
    ids
        Category of each row in each nominal of the layout, ``(n_samples, n_nominals)`` int64.
    terms
        Weights of the terms of texts, ``(n_samples, n_terms)``, a ``scipy.sparse.csr_array``, or None.
    """

    continuous: Array
    ids: Array
    layout: Layout
    terms: Any = None

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
        terms = None if self.terms is None else self.terms[rows]
        return replace(self, continuous=self.continuous[rows], ids=self.ids[rows], terms=terms)

    def collapsed(self) -> Array:
        """Return continuous columns, then one column of ids a category, float32."""
        return np.hstack([self.continuous, self.ids.astype(np.float32)])

    def flat(self) -> Any:
        """Return continuous columns, then the codes of the categories, float32: a space of distances.

        Where there are terms, they follow, and the whole is a ``scipy.sparse.csr_array``.
        """
        codes = [
            nominal.codes[ids].astype(np.float32)
            for nominal, ids in zip(self.layout.nominals, self.ids.T, strict=True)
        ]
        dense = np.hstack([self.continuous, *codes])
        return dense if self.terms is None else _beside(dense, self.terms)

    def from_collapsed(self, rows: Array) -> Features:
        """Return features of rows in the view of `collapsed`."""
        first = self.continuous.shape[1]
        return replace(
            self,
            continuous=rows[:, :first].astype(np.float32),
            ids=np.rint(rows[:, first:].astype(np.float64)).astype(np.int64),
        )

    def from_flat(self, rows: Any) -> Features:
        """Return features of rows in the view of `flat`, each category the one nearest to its codes."""
        start = self.continuous.shape[1]
        terms = None
        if self.terms is not None:
            dense = start + sum(nominal.codes.shape[1] for nominal in self.layout.nominals)
            rows, terms = rows[:, :dense].toarray(), rows[:, dense:].astype(np.float32)
        ids = np.zeros((len(rows), len(self.layout.nominals)), np.int64)
        for j, nominal in enumerate(self.layout.nominals):
            stop = start + nominal.codes.shape[1]
            ids[:, j] = nominal.nearest(rows[:, start:stop])
            start = stop
        continuous = rows[:, : self.continuous.shape[1]].astype(np.float32)
        return replace(self, continuous=continuous, ids=ids, terms=terms)

    def inputs(self) -> dict[str, Any]:
        """Return the arrays of the network's inputs, the lengths of series left out."""
        arrays = {
            name: np.zeros((len(self), width), dtype) for name, (width, dtype) in self.layout.shapes.items()
        }
        if NUMERIC in arrays:
            arrays[NUMERIC][:, self.layout.continuous] = self.continuous[:, : len(self.layout.continuous)]
        for nominal, ids in zip(self.layout.nominals, self.ids.T, strict=True):
            arrays[nominal.input][:, nominal.columns] = nominal.patterns[ids]
        media = {each.input: each.restored(self.continuous) for each in self.layout.media}
        return arrays | media | ({} if self.terms is None else {TERMS: self.terms})


def _beside(dense: Array, terms: Any) -> Any:
    """Return the columns of `dense`, then `terms`, as one sparse matrix."""
    from scipy.sparse import csr_array, hstack

    return csr_array(hstack([csr_array(dense), terms], format="csr"))


def stacked(parts: list[Features]) -> Features:
    """Return the rows of `parts`, of one layout, one after another."""
    terms = None
    if parts[0].terms is not None:
        from scipy.sparse import csr_array, vstack

        terms = csr_array(vstack([part.terms for part in parts], format="csr"))
    continuous = np.concatenate([part.continuous for part in parts])
    return replace(parts[0], continuous=continuous, ids=np.concatenate([p.ids for p in parts]), terms=terms)


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
    tabular = [each for each in spec.inputs if each.name in (NUMERIC, CATEGORIES)]
    continuous = np.zeros(0, np.int64)
    nominals: list[Nominal] = []
    ids: list[Array] = []
    for each in tabular:
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
    shapes = {
        each.name: (train.inputs[each.name].shape[1], train.inputs[each.name].dtype) for each in tabular
    }
    table = np.column_stack(ids) if ids else np.zeros((len(train), 0), np.int64)
    media = flattened(spec.inputs, len(continuous))
    layout = Layout(shapes, continuous, tuple(nominals), media)
    return Features(_values(train, continuous, media), table, layout, train.inputs.get(TERMS))


def _values(train: Encoded, continuous: Array, media: tuple[Flattened, ...]) -> Array:
    """Return the values of all continuous columns, ``(n_samples, n_continuous)`` float32."""
    columns = [train.inputs[NUMERIC][:, continuous]] if len(continuous) else []
    columns += [flatten(train.inputs[each.input], each.input) for each in media]
    values: Array = np.hstack(columns) if columns else np.zeros((len(train), 0))
    return values.astype(np.float32, copy=False)


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
