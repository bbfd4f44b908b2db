"""What the tests of policies share: small pictures and series, encoded."""

from __future__ import annotations

import numpy as np

from stages.examples.encoded import Encoded, InputSpec, Spec

IMAGE = InputSpec(name="image", dtype="uint8", shape=(12, 10, 3))
GRAY = InputSpec(name="image", dtype="uint8", shape=(12, 10, 1))
NUMBERS = InputSpec(name="numeric", dtype="float32", shape=(2,))
SERIES = InputSpec(name="sequence", dtype="float32", shape=(20, 2))
LENGTH = InputSpec(name="sequence_length", dtype="int32", shape=(1,))
TEXT = InputSpec(name="text", dtype="int32", shape=(5,), sizes=(9,))


def spec_of(*inputs: InputSpec, task: str = "multiclass") -> Spec:
    classes = () if task == "regression" else ("ant", "bee", "wasp")
    return Spec.model_validate({"task": task, "classes": classes, "inputs": inputs})


def pictures(rows: int = 24, *, gray: bool = False, seed: int = 0) -> Encoded:
    shape = (GRAY if gray else IMAGE).shape
    images = np.random.default_rng(seed).integers(0, 256, (rows, *shape), dtype=np.uint8)
    return Encoded({"image": images}, np.minimum(np.arange(rows) % 4, 2), np.arange(rows) + 100)


def series(rows: int = 24, *, seed: int = 0) -> Encoded:
    """Return series of 8 to 20 steps, zeros after their end."""
    rng = np.random.default_rng(seed)
    length = rng.integers(8, 21, (rows, 1)).astype(np.int32)
    values = rng.normal(size=(rows, 20, 2)).cumsum(axis=1).astype(np.float32)
    values[np.arange(20)[np.newaxis] >= length] = 0
    inputs = {"sequence": values, "sequence_length": length}
    return Encoded(inputs, np.minimum(np.arange(rows) % 4, 2), np.arange(rows) + 100)
