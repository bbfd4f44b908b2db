"""Pictures and series as rows of numbers, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from stages.examples.arrays import Values, gather
from stages.examples.encoded import Array, InputSpec

SEQUENCE, LENGTH = "sequence", "sequence_length"
SCALES: Final = {"image": 255.0, SEQUENCE: 1.0}
"""By what the values of an input are divided, so that no input outweighs the scaled columns beside it."""
MOST_BYTES: Final = 2 * 2**30
"""Flattened inputs larger than this are refused: a sampler holds several copies of them in memory."""


@dataclass(frozen=True)
class Flattened:
    """Where the values of an input stand among the continuous columns.

    Attributes
    ----------
    input
        Its name.
    shape, dtype
        Of one example of it.
    start
        Its first column.
    """

    input: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    start: int

    @property
    def stop(self) -> int:
        """The column after its last one."""
        return self.start + int(np.prod(self.shape))

    def restored(self, continuous: Array) -> Array:
        """Return the input's array from `continuous`, ``(n_samples, *shape)``; whole numbers rounded."""
        values = continuous[:, self.start : self.stop] * np.float32(SCALES[self.input])
        if np.issubdtype(self.dtype, np.integer):
            limits = np.iinfo(self.dtype)
            values = np.clip(np.rint(values), limits.min, limits.max)
        return values.astype(self.dtype).reshape(len(continuous), *self.shape)


def flatten(array: Values, name: str) -> Array:
    """Return the rows of an input as float32 ``(n_samples, n_values)``, divided by its scale.

    Raises
    ------
    ValueError
        Where that would take too much memory, or values are missing; with the remedy.

    Examples
    --------
    >>> flatten(np.full((1, 1, 2, 1), 51, np.uint8), "image").tolist()
    [[0.20000000298023224, 0.20000000298023224]]
    """
    width = int(np.prod(array.shape[1:]))
    if 4 * width * len(array) > MOST_BYTES:
        raise ValueError(
            f"This sampler looks at all values of every example at once, and {len(array):,} inputs "
            f"{name!r} of {width:,} values would take {4 * width * len(array) / 2**30:.1f} GB, several times "
            "over. Take resample=random_over or resample=random_under, which look at classes alone, or make "
            "the inputs smaller (encode.image.resolution, encode.sequence.length)."
        )
    rows = gather(array, np.arange(len(array))).reshape(len(array), -1)
    values: Array = rows.astype(np.float32)
    values /= np.float32(SCALES[name])
    if not np.isfinite(values).all():
        raise ValueError(
            f"The encoded input {name!r} holds missing values, between which there is no distance. Fill them "
            "(encode.sequence.missing=interpolate), or take resample=random_over or resample=random_under."
        )
    return values


def flattened(inputs: tuple[InputSpec, ...], start: int) -> tuple[Flattened, ...]:
    """Return where each picture or series of `inputs` stands, the first at column `start`.

    Examples
    --------
    >>> image = InputSpec(name="image", dtype="uint8", shape=(2, 2, 1))
    >>> flattened((image,), 3)[0].stop
    7
    """
    found: list[Flattened] = []
    for each in inputs:
        if each.name in SCALES:
            found.append(Flattened(each.name, each.shape, np.dtype(each.dtype), start))
            start = found[-1].stop
    return tuple(found)


def with_lengths(
    inputs: dict[str, Array], y: Array, old: Mapping[str, Values], old_y: Array
) -> dict[str, Array]:
    """Return made `inputs` with the length of each series: that of the nearest of its class in `old`.

    A new series lies between two, its parents; what stands after its end becomes 0.

    Parameters
    ----------
    inputs, y
        Of the made rows; `inputs` has no lengths yet.
    old, old_y
        Of the rows of train.
    """
    if LENGTH not in old or not len(y):
        empty = {LENGTH: np.zeros((0, 1), old[LENGTH].dtype)} if LENGTH in old else {}
        return inputs | empty
    from sklearn.metrics import pairwise_distances_argmin

    made = inputs[SEQUENCE].reshape(len(y), -1)
    parents = np.empty(len(y), np.int64)
    for each in np.unique(y):
        rows = np.flatnonzero(old_y == each)
        candidates = gather(old[SEQUENCE], rows).reshape(len(rows), -1)
        parents[y == each] = rows[pairwise_distances_argmin(made[y == each], candidates)]
    lengths = gather(old[LENGTH], parents)
    steps = np.arange(inputs[SEQUENCE].shape[1])
    after = (steps[np.newaxis] >= lengths)[..., np.newaxis]
    return inputs | {SEQUENCE: np.where(after, 0, inputs[SEQUENCE]).astype(np.float32), LENGTH: lengths}
