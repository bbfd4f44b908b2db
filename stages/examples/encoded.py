"""The arrays that lie between `encode` and `train`, and their description."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict

from stages.examples.arrays import Array, Values, stack, take
from stages.examples.schema import Schema, Task

__all__ = [
    "Array",
    "Block",
    "Encoded",
    "InputSpec",
    "Spec",
    "Values",
    "class_probabilities",
    "concatenate",
]


class Block(BaseModel):
    """Columns ``start:stop`` of an input are the one-hot code of one raw `column`."""

    model_config = ConfigDict(frozen=True)

    column: str
    start: int
    stop: int


class InputSpec(BaseModel):
    """One input of the network, without the batch axis.

    ``numeric``: float32, shape ``(n_columns,)``.
    ``categories``: int32 ids, shape ``(n_columns,)``, ``sizes[j]`` ids in column j, 0 standing for unknown or
    missing.
    ``image``: uint8, shape ``(height, width, channels)``, 0 to 255.
    ``text``: int32 token ids, shape ``(length,)``, ``sizes[0]`` of them, 0 standing for padding (after the
    text) and 1 for an unknown token.
    ``terms``: float32 weights of n-grams, shape ``(n_terms,)``, held as a sparse matrix.
    ``sequence``: float32, shape ``(n_steps, n_channels)``, zeros after its end.
    ``sequence_length``: int32, shape ``(1,)``, the number of steps of each sequence.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    dtype: str
    shape: tuple[int, ...]
    columns: tuple[str, ...] = ()
    """Name of each encoded column, e.g. ``Income``, ``Job=fixed``, ``Income is missing``."""
    blocks: tuple[Block, ...] = ()
    sizes: tuple[int, ...] = ()
    sparse: bool = False
    """Whether the array is a ``scipy.sparse.csr_array``; a batch of it is dense."""
    mean: tuple[float, ...] = ()
    """Of an image: mean of each channel over the pictures of train, 0 to 255."""
    std: tuple[float, ...] = ()
    """Of an image: standard deviation of each channel over the pictures of train, 0 to 255."""


class Spec(BaseModel):
    """What `encode` made: the task, the classes and the inputs."""

    model_config = ConfigDict(frozen=True)

    task: Task
    classes: tuple[str, ...]
    inputs: tuple[InputSpec, ...]

    def input(self, name: str) -> InputSpec | None:
        """Return the input called `name`, or None."""
        return next((each for each in self.inputs if each.name == name), None)

    def narrow(self, schema: Schema) -> Schema:
        """Return `schema` with the task and the classes that `encode` has left."""
        return schema.model_copy(update={"task": self.task, "classes": self.classes})


@dataclass(frozen=True)
class Encoded:
    """Encoded examples of one part.

    Attributes
    ----------
    inputs
        Arrays by input name, each ``(n_samples, *shape)`` as its `InputSpec` says: an ndarray, a
        `stages.examples.arrays.Picked` or a ``scipy.sparse.csr_array``; `stages.examples.arrays.gather` makes
        a dense batch of any of them.
    target
        Class ids ``(n_samples,)`` int64; or class probabilities ``(n_samples, n_classes)`` float32
        (soft labels, from mixup; a binary task has two columns); or, for a regression, the
        transformed value ``(n_samples,)`` float32.
    position
        Row of each example in the table of examples, ``(n_samples,)`` int64; -1 for a made-up one.
    weight
        Sample weights ``(n_samples,)`` float32, or None where all count the same.
    """

    inputs: Mapping[str, Values]
    target: Array
    position: Array
    weight: Array | None = None

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.target)

    def take(self, rows: Array) -> Encoded:
        """Return the examples at `rows` (integers, order kept, repeats allowed); images are not copied."""
        return Encoded(
            inputs={name: take(array, rows) for name, array in self.inputs.items()},
            target=self.target[rows],
            position=self.position[rows],
            weight=None if self.weight is None else self.weight[rows],
        )


def class_probabilities(target: Array, num_classes: int) -> Array:
    """Return `target` as float32 class probabilities ``(n_samples, num_classes)``."""
    if target.ndim == 2:
        return target.astype(np.float32, copy=False)
    return np.eye(num_classes, dtype=np.float32)[target]


def concatenate(parts: Sequence[Encoded], *, num_classes: int = 0) -> Encoded:
    """Return `parts` one after another, empty ones left out.

    Class ids become soft labels where any part has them (`num_classes` is then needed); a part
    without weights counts 1 where another has them. The only part left is returned as it is, not copied;
    nor are images.
    """
    parts = [part for part in parts if len(part)] or list(parts[:1])
    if len(parts) == 1:
        return parts[0]
    soft = any(part.target.ndim == 2 for part in parts)
    targets = [class_probabilities(p.target, num_classes) if soft else p.target for p in parts]
    weighted = any(part.weight is not None for part in parts)
    ones = [np.ones(len(p), np.float32) if p.weight is None else p.weight for p in parts]
    return Encoded(
        inputs={name: stack([p.inputs[name] for p in parts]) for name in parts[0].inputs},
        target=np.concatenate(targets),
        position=np.concatenate([p.position for p in parts]),
        weight=np.concatenate(ones) if weighted else None,
    )
