"""Arrays too large to be copied: rows picked lazily, sparse rows, and the batches gathered of either."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

Array = NDArray[Any]
Values = Any
"""What `Encoded` holds: an ndarray (in memory or on disk), a `Picked`, a ``scipy.sparse.csr_array``."""
LAZY_FROM_DIMENSIONS: Final = 3
"""Arrays of so many axes (images, sequences) are picked from, not copied: a row of them is large."""
SPARSE_FIELDS: Final = ("data", "indices", "indptr")
"""What a sparse matrix by rows is made of, in SciPy's order; its shape is stored beside."""
CHUNK_BYTES: Final = 64 * 2**20
"""What is held in memory of a large array at once."""


class Picked:
    """Rows of one array, or of several stacked upon each other, that are read when they are needed.

    Parameters
    ----------
    sources
        Arrays of equal dtype and equal shape of a row, ``(n_i, *shape)``; memory-mapped ones stay on disk.
    rows
        Which rows, counted through all of `sources`, ``(n_samples,)`` integers; order kept, repeats allowed.

    Examples
    --------
    >>> tens, fives = np.array([[10], [20]]), np.array([[5]])
    >>> picked = Picked([tens, fives], np.array([2, 0, 0]))
    >>> picked.shape, picked[1:].rows.tolist(), picked[0].tolist()
    ((3, 1), [0, 0], [5])
    >>> np.asarray(picked).tolist()
    [[5], [10], [10]]
    """

    def __init__(self, sources: Sequence[Array], rows: Array) -> None:
        self.sources = tuple(sources)
        self.rows = np.asarray(rows, dtype=np.int64)
        self._starts = np.cumsum([0, *(len(source) for source in self.sources)])
        kinds = {(source.dtype.str, source.shape[1:]) for source in self.sources}
        if len(kinds) != 1:
            raise ValueError(f"expected arrays of one dtype and one shape of a row, received {sorted(kinds)}")
        if len(self.rows) and not 0 <= self.rows.min() <= self.rows.max() < self._starts[-1]:
            raise IndexError(
                f"rows {self.rows.min()} to {self.rows.max()} were asked for, of {self._starts[-1]}"
            )

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def __getitem__(self, key: Any) -> Any:
        """Return one row (an ndarray) for an integer, a `Picked` for a slice, integers or booleans."""
        if isinstance(key, int | np.integer):
            return gather(self, np.asarray([self.rows[key]]), counted=True)[0]
        return Picked(self.sources, self.rows[key])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """Return all rows in memory; `numpy.asarray` calls this."""
        values = gather(self, self.rows, counted=True)
        return values if dtype is None else values.astype(dtype, copy=False)

    @property
    def dtype(self) -> Any:
        """The type of an element."""
        return self.sources[0].dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of rows, then the shape of one."""
        return (len(self.rows), *self.sources[0].shape[1:])

    @property
    def ndim(self) -> int:
        """The number of axes, that of the rows among them."""
        return self.sources[0].ndim

    @property
    def nbytes_per_row(self) -> int:
        """The bytes of one row."""
        return int(np.prod(self.shape[1:], dtype=np.int64)) * int(self.dtype.itemsize)

    @property
    def nbytes(self) -> int:
        """The bytes of all rows, were they in memory."""
        return len(self) * self.nbytes_per_row


def gather(array: Values, rows: Array, *, counted: bool = False) -> Array:
    """Return `rows` of `array` in memory, dense and contiguous, ``(len(rows), *shape)``.

    Parameters
    ----------
    array
        An ndarray, a `Picked` or a sparse matrix.
    rows
        Integers from 0, order kept, repeats allowed.
    counted
        `rows` are counted through the sources of a `Picked`, not among its own.

    Examples
    --------
    >>> gather(np.array([[1], [2], [3]]), np.array([2, 0])).tolist()
    [[3], [1]]
    """
    if is_sparse(array):
        return np.ascontiguousarray(array[rows].toarray())
    if not isinstance(array, Picked):
        return np.ascontiguousarray(array[rows])
    wanted = np.asarray(rows) if counted else array.rows[rows]
    if len(array.sources) == 1:
        return np.ascontiguousarray(array.sources[0][wanted])
    values = np.empty((len(wanted), *array.shape[1:]), array.dtype)
    owner = np.searchsorted(array._starts, wanted, side="right") - 1
    for number, source in enumerate(array.sources):
        here = np.flatnonzero(owner == number)
        if len(here):
            values[here] = source[wanted[here] - array._starts[number]]
    return values


def is_sparse(array: Values) -> bool:
    """Return whether `array` is a sparse matrix by rows; SciPy need not be loaded to know."""
    return hasattr(array, "indptr")


def row_bytes(array: Values) -> int:
    """Return the bytes of one dense row of `array`."""
    return int(np.prod(array.shape[1:], dtype=np.int64)) * int(array.dtype.itemsize)


def chunks(array: Values, *, chunk_bytes: int = CHUNK_BYTES) -> Iterator[Array]:
    """Yield the rows of `array` in order, dense, about `chunk_bytes` at a time.

    Examples
    --------
    >>> [len(chunk) for chunk in chunks(np.zeros((5, 2)), chunk_bytes=32)]
    [2, 2, 1]
    """
    step = max(1, chunk_bytes // max(1, row_bytes(array)))
    for start in range(0, array.shape[0], step):
        yield gather(array, np.arange(start, min(start + step, array.shape[0])))


def write_picked(path: Path, picked: Picked) -> None:
    """Write the rows of `picked` as ``.npy``, some at a time."""
    file = open_memmap(path, mode="w+", dtype=picked.dtype, shape=picked.shape)
    start = 0
    for chunk in chunks(picked):
        file[start : start + len(chunk)] = chunk
        start += len(chunk)
    file.flush()


def take(array: Values, rows: Array) -> Values:
    """Return `rows` of `array`: lazily where a row is large, copied or sparse otherwise."""
    if isinstance(array, Picked):
        return array[rows]
    if not is_sparse(array) and array.ndim >= LAZY_FROM_DIMENSIONS:
        return Picked([array], np.arange(len(array))[rows])
    return array[rows]


def stack(arrays: Sequence[Values]) -> Values:
    """Return the rows of `arrays` one after another: lazily where a row is large.

    Examples
    --------
    >>> stack([np.array([1]), np.array([2, 3])]).tolist()
    [1, 2, 3]
    """
    if is_sparse(arrays[0]):
        from scipy.sparse import csr_array, vstack

        return csr_array(vstack(list(arrays), format="csr"))
    if not any(isinstance(each, Picked) or each.ndim >= LAZY_FROM_DIMENSIONS for each in arrays):
        return np.concatenate(list(arrays))
    picked = [each if isinstance(each, Picked) else Picked([each], np.arange(len(each))) for each in arrays]
    shifts = np.cumsum([0, *(sum(map(len, each.sources)) for each in picked[:-1])])
    rows = [each.rows + shift for each, shift in zip(picked, shifts, strict=True)]
    return Picked([source for each in picked for source in each.sources], np.concatenate(rows))


def dense_parts(array: Values) -> dict[str, Values]:
    """Return the arrays that hold `array`, by what their file name ends with: one, or four."""
    if not is_sparse(array):
        return {"": array}
    parts = {f".{field}": getattr(array, field) for field in SPARSE_FIELDS}
    return parts | {".shape": np.asarray(array.shape, np.int64)}


def with_sparse(arrays: Mapping[str, Values]) -> dict[str, Values]:
    """Return `arrays` by name, those that `dense_parts` took apart put together again."""
    names = [key.removesuffix(".shape") for key in arrays if key.endswith(".shape")]
    whole = {key: value for key, value in arrays.items() if "." not in key}
    for name in names:
        from scipy.sparse import csr_array

        fields = tuple(arrays[f"{name}.{field}"] for field in SPARSE_FIELDS)
        whole[name] = csr_array(fields, shape=tuple(arrays[f"{name}.shape"].tolist()), copy=False)
    return dict(sorted(whole.items()))
