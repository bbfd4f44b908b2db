"""Which rows are copied to fill up small classes, and changed copies of them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from stages.examples.arrays import gather
from stages.examples.encoded import Array, Encoded

if TYPE_CHECKING:
    from stages.policies import Policy

CHUNK_ROWS = 256
CHUNK_BYTES = 16 * 2**20
"""Of the inputs that are changed at once."""
MEMORY_BYTES = 256 * 2**20
"""New inputs larger than this are written to a temporary file as they are made."""


def rows_to_copy(train: Encoded, *, ratio: float, copies: int, seed: int) -> Array:
    """Return the rows to copy: every row `copies` times, then as many of each small class as it lacks.

    A class is filled up to `ratio` times the largest class, counted with the copies. Each of its rows is
    taken equally often, give or take one. A class without rows stays empty.

    Raises
    ------
    ValueError
        Where there are no class ids to count, and `ratio` is not 0.

    Examples
    --------
    >>> train = Encoded({}, np.array([0, 0, 0, 0, 1]), np.arange(5))
    >>> rows_to_copy(train, ratio=1.0, copies=0, seed=0).tolist()
    [4, 4, 4]
    """
    every_row = np.tile(np.arange(len(train)), copies)
    if not ratio:
        return every_row
    if train.target.ndim > 1 or not np.issubdtype(train.target.dtype, np.integer):
        raise ValueError(
            "augment.ratio fills up small classes, and these examples have no class ids: theirs is a "
            "regression, or their labels are mixed. Set augment.ratio=0.0 and augment.copies=1, which copies "
            "every row."
        )
    counts = np.bincount(train.target) * (1 + copies)
    wanted = round(ratio * int(counts.max()))
    rng = np.random.default_rng(seed)
    filled = [
        repeated(np.flatnonzero(train.target == label), wanted - count, rng)
        for label, count in enumerate(counts.tolist())
        if 0 < count < wanted
    ]
    return np.concatenate([every_row, *filled])


def repeated(rows: Array, count: int, rng: np.random.Generator) -> Array:
    """Return `count` of `rows` at random, each equally often give or take one."""
    rounds = [rng.permutation(rows) for _ in range(-(-count // len(rows)))]
    drawn: Array = np.concatenate(rounds)[:count]
    return drawn


def changed_copies(
    train: Encoded, rows: Array, policy: Policy, *, names: tuple[str, ...], seed: int
) -> Encoded:
    """Return copies of `rows` of `train`, their inputs `names` changed by `policy`, as made-up rows.

    Inputs keep their dtype: pictures are rounded. They are changed chunk by chunk, and what is large lies in
    a temporary file.
    """
    from stages.policies.copying import changed_chunks

    present = [name for name in names if name in train.inputs]
    copied = train.take(rows)
    new = {name: _room(copied.inputs[name].shape, copied.inputs[name].dtype) for name in present}
    first = 0
    for changed in changed_chunks(_chunks(train, rows, present), policy, seed=seed):
        for name, values in changed.items():
            new[name][first : first + len(values)] = values
        first += len(changed[present[0]])
    position = np.full(len(rows), -1, np.int64)
    return Encoded({**copied.inputs, **new}, copied.target, position, copied.weight)


def _chunks(train: Encoded, rows: Array, names: list[str]) -> Iterator[dict[str, Array]]:
    """Yield the inputs `names` of `rows`, some rows at a time."""
    row_bytes = sum(4 * int(np.prod(train.inputs[name].shape[1:])) for name in names)
    step = max(1, min(CHUNK_ROWS, CHUNK_BYTES // max(1, row_bytes)))
    for first in range(0, len(rows), step):
        yield {name: gather(train.inputs[name], rows[first : first + step]) for name in names}


def _room(shape: tuple[int, ...], dtype: np.dtype) -> Array:
    """Return an array to be filled: in memory, or in a temporary file that goes when nothing refers to it."""
    if int(np.prod(shape)) * dtype.itemsize <= MEMORY_BYTES:
        return np.empty(shape, dtype)
    with tempfile.TemporaryFile() as file:
        return np.memmap(file, dtype=dtype, mode="w+", shape=shape)
