"""What the tests of models and losses share: small data of each task and input, and the choices of conf/."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml

from stages.examples.encoded import Array, InputSpec, Spec
from stages.examples.schema import Task

ROOT = Path(__file__).resolve().parents[1]
CLASSES: Mapping[Task, tuple[str, ...]] = {
    "binary": ("bad", "good"),
    "multiclass": ("a", "b", "c"),
    "regression": (),
}
TASKS: tuple[Task, ...] = ("binary", "multiclass", "regression")
NUMERIC = InputSpec(name="numeric", dtype="float32", shape=(3,), columns=("x", "y", "z"))
CATEGORIES = InputSpec(name="categories", dtype="int32", shape=(2,), columns=("c", "d"), sizes=(4, 7))
KINDS = {"numeric": (NUMERIC,), "both": (NUMERIC, CATEGORIES), "categories": (CATEGORIES,)}


class Rows(NamedTuple):
    """Arrays by input name, and the target."""

    inputs: dict[str, Array]
    target: Array


def make_spec(task: Task, kind: str = "numeric") -> Spec:
    """Return the description of data of `task` with the inputs called `kind`."""
    return Spec(task=task, classes=CLASSES[task], inputs=KINDS[kind])


def make_rows(spec: Spec, *, rows: int = 12) -> Rows:
    """Return made-up rows that fit `spec`, the same at every call; every class occurs."""
    generator = np.random.default_rng(7)
    inputs = {
        "numeric": generator.normal(size=(rows, 3)).astype(np.float32),
        "categories": generator.integers(0, (4, 7), size=(rows, 2)).astype(np.int32),
    }
    chosen = {each.name: inputs[each.name] for each in spec.inputs}
    if spec.task == "regression":
        return Rows(chosen, generator.normal(2.0, size=rows).astype(np.float32))
    return Rows(chosen, (np.arange(rows) % len(spec.classes)).astype(np.int64))


def choices(group: str) -> list[Path]:
    """Return the YAML file of every choice of `group`."""
    return sorted((ROOT / "conf" / group).glob("*.yaml"))


def read_choice(path: Path) -> dict[str, Any]:
    """Return what the YAML file of a choice holds."""
    return yaml.safe_load(path.read_text(encoding="utf-8").replace("${seed}", "0"))


def find_target(choice: Mapping[str, Any]) -> Callable[..., Any]:
    """Return the function a choice names."""
    module, _, name = choice["_target_"].rpartition(".")
    return getattr(importlib.import_module(module), name)


def build_choice(path: Path, **changed: Any) -> Callable[..., Any]:
    """Return the choice's function, its keywords filled in."""
    choice = read_choice(path) | changed
    keywords = {name: value for name, value in choice.items() if not name.startswith("_")}
    return partial(find_target(choice), **keywords)


def keyword_defaults(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the keyword-only arguments of `function` with their defaults, tuples as lists."""
    return {
        name: list(each.default) if isinstance(each.default, tuple) else each.default
        for name, each in inspect.signature(function).parameters.items()
        if each.kind is each.KEYWORD_ONLY
    }
