"""The arrays that lie between `encode` and `train`, and their description."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from stages.examples.schema import Schema, Task

Array = NDArray[Any]


class Block(BaseModel):
    """Columns ``start:stop`` of an input are the one-hot code of one raw `column`."""

    model_config = ConfigDict(frozen=True)

    column: str
    start: int
    stop: int


class InputSpec(BaseModel):
    """One input of the network, without the batch axis.

    ``numeric``: float32, shape ``(n_columns,)``. ``categories``: int32 ids, shape ``(n_columns,)``,
    ``sizes[j]`` ids in column j, 0 standing for unknown or missing.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    dtype: str
    shape: tuple[int, ...]
    columns: tuple[str, ...] = ()
    """Name of each encoded column, e.g. ``Income``, ``Job=fixed``, ``Income is missing``."""
    blocks: tuple[Block, ...] = ()
    sizes: tuple[int, ...] = ()


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
        Arrays by input name, each ``(n_samples, *shape)`` as its `InputSpec` says.
    target
        Class ids ``(n_samples,)`` int64; or class probabilities ``(n_samples, n_classes)`` float32
        (soft labels, from mixup; a binary task has two columns); or, for a regression, the
        transformed value ``(n_samples,)`` float32.
    position
        Row of each example in the table of examples, ``(n_samples,)`` int64; -1 for a made-up one.
    weight
        Sample weights ``(n_samples,)`` float32, or None where all count the same.
    """

    inputs: Mapping[str, Array]
    target: Array
    position: Array
    weight: Array | None = None

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.target)

    def take(self, rows: Array) -> Encoded:
        """Return the examples at `rows` (integers, order kept, repeats allowed)."""
        return Encoded(
            inputs={name: array[rows] for name, array in self.inputs.items()},
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
    without weights counts 1 where another has them. The only part left is returned as it is, not copied.
    """
    parts = [part for part in parts if len(part)] or list(parts[:1])
    if len(parts) == 1:
        return parts[0]
    soft = any(part.target.ndim == 2 for part in parts)
    targets = [class_probabilities(p.target, num_classes) if soft else p.target for p in parts]
    weighted = any(part.weight is not None for part in parts)
    ones = [np.ones(len(p), np.float32) if p.weight is None else p.weight for p in parts]
    return Encoded(
        inputs={name: np.concatenate([p.inputs[name] for p in parts]) for name in parts[0].inputs},
        target=np.concatenate(targets),
        position=np.concatenate([p.position for p in parts]),
        weight=np.concatenate(ones) if weighted else None,
    )
