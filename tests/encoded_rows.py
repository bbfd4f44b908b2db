"""What the tests of resample and augment share: small encoded tables, and the choices of both groups."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from stages.examples.encoded import Array, Block, Encoded, InputSpec, Spec

CONF = Path(__file__).resolve().parents[1] / "conf"

COLUMNS = ("Age", "Income", "Income is missing", "Records", "Job=a", "Job=b", "Job=c")
NUMERIC = InputSpec(
    name="numeric",
    dtype="float32",
    shape=(7,),
    columns=COLUMNS,
    blocks=(Block(column="Job", start=4, stop=7),),
)
CATEGORIES = InputSpec(name="categories", dtype="int32", shape=(2,), columns=("Home", "City"), sizes=(4, 6))


def spec_of(*inputs: InputSpec, classes: tuple[str, ...] = ("good", "bad"), task: str = "") -> Spec:
    task = task or ("binary" if len(classes) == 2 else "multiclass")
    return Spec.model_validate({"task": task, "classes": classes, "inputs": inputs})


def numeric_rows(target: Array, *, seed: int = 0) -> Array:
    """Return rows of `NUMERIC`: two continuous columns, a missing indicator, a scaled boolean, a job."""
    rng = np.random.default_rng(seed)
    rows = len(target)
    continuous = rng.normal(size=(rows, 2)) + target[:, np.newaxis] * 0.8
    missing = rng.random(rows) < 0.2
    records = np.where(rng.random(rows) < 0.3 + 0.3 * (target > 0), 1.5, -0.5)
    # The first and the last row have an unknown job: all zeros.
    job = np.eye(3)[rng.integers(0, 3, rows)]
    job[[0, -1]] = 0
    return np.column_stack([continuous, missing, records, job]).astype(np.float32)


def category_rows(target: Array, *, seed: int = 1) -> Array:
    rng = np.random.default_rng(seed)
    rows = len(target)
    return np.column_stack([rng.integers(0, 4, rows), rng.integers(1, 6, rows)]).astype(np.int32)


def mixed(rows: int = 120, *, counts: tuple[int, ...] = (), weighted: bool = False) -> tuple[Encoded, Spec]:
    """Return examples with both inputs; every fourth row is bad, or `counts` rows of each class."""
    if counts:
        target = np.repeat(np.arange(len(counts)), counts)
    else:
        target = (np.arange(rows) % 4 == 0).astype(np.int64)
    target = target.astype(np.int64)
    inputs = {"numeric": numeric_rows(target), "categories": category_rows(target)}
    weight = np.where(target == 1, 3.0, 1.0).astype(np.float32) if weighted else None
    classes = ("good", "bad") if target.max() < 2 else tuple(f"c{i}" for i in range(int(target.max()) + 1))
    train = Encoded(inputs, target, np.arange(len(target)) + 1000, weight)
    return train, spec_of(NUMERIC, CATEGORIES, classes=classes)


def regression(rows: int = 40) -> tuple[Encoded, Spec]:
    target = np.linspace(-1, 1, rows, dtype=np.float32)
    inputs = {"numeric": numeric_rows(np.zeros(rows, np.int64))}
    return Encoded(inputs, target, np.arange(rows)), spec_of(NUMERIC, classes=(), task="regression")


def copy_of(train: Encoded) -> Encoded:
    return train.take(np.arange(len(train)))


def assert_same(left: Encoded, right: Encoded) -> None:
    assert left.inputs.keys() == right.inputs.keys()
    for name, array in left.inputs.items():
        np.testing.assert_array_equal(array, right.inputs[name])
        assert array.dtype == right.inputs[name].dtype
    np.testing.assert_array_equal(left.target, right.target)
    np.testing.assert_array_equal(left.position, right.position)
    np.testing.assert_array_equal(left.weight, right.weight)


def assert_valid(made: Encoded, train: Encoded) -> None:
    """Assert that `made` has the shapes and dtypes of `train`, and only categories that train has."""
    assert (made.position == -1).all()
    assert made.position.dtype == np.int64
    for name, array in made.inputs.items():
        assert array.dtype == train.inputs[name].dtype
        assert array.shape[1:] == train.inputs[name].shape[1:]
        assert np.isfinite(array).all()
    if "numeric" in made.inputs:
        for columns in (slice(2, 3), slice(3, 4), slice(4, 7)):
            known = {tuple(row) for row in train.inputs["numeric"][:, columns].tolist()}
            assert {tuple(row) for row in made.inputs["numeric"][:, columns].tolist()} <= known
    if "categories" in made.inputs:
        for column in range(2):
            assert set(made.inputs["categories"][:, column]) <= set(train.inputs["categories"][:, column])


def choices(group: str) -> list[str]:
    return sorted(path.stem for path in (CONF / group).glob("*.yaml"))


def content(group: str, name: str) -> dict[str, Any]:
    values = yaml.safe_load((CONF / group / f"{name}.yaml").read_text())
    return {key: 0 if value == "${seed}" else value for key, value in values.items()}


def target_of(values: dict[str, Any]) -> Any:
    module, name = values["_target_"].rsplit(".", 1)
    return getattr(importlib.import_module(module), name)


def build(group: str, name: str, **changes: Any) -> Any:
    """Return what ``conf/<group>/<name>.yaml`` names."""
    values = content(group, name) | changes
    return target_of(values)(**{key: value for key, value in values.items() if key != "_target_"})
