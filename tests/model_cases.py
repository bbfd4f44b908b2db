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
from stages.settings.image_model import IMAGE_MODELS
from stages.settings.step_model import STEP_MODELS

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
IMAGE = InputSpec(name="image", dtype="uint8", shape=(8, 6, 3), mean=(120.0, 110.0, 100.0), std=(50.0,) * 3)
TERMS = InputSpec(name="terms", dtype="float32", shape=(20,), sparse=True)
TEXT = InputSpec(name="text", dtype="int32", shape=(9,), sizes=(20,))
SEQUENCE = InputSpec(name="sequence", dtype="float32", shape=(9, 2))
LENGTH = InputSpec(name="sequence_length", dtype="int32", shape=(1,))
MEDIA = {
    "terms": (TERMS,),
    "image": (IMAGE,),
    "image beside columns": (NUMERIC, CATEGORIES, IMAGE),
    "text": (TEXT,),
    "text beside columns": (NUMERIC, CATEGORIES, TEXT),
    "sequence": (SEQUENCE, LENGTH),
    "sequence beside columns": (NUMERIC, CATEGORIES, TERMS, SEQUENCE, LENGTH),
}
FOR_IMAGES = ("image", "image beside columns")
FOR_STEPS = ("text", "text beside columns", "sequence", "sequence beside columns")
FOR_ALL = (*KINDS, "terms", *FOR_IMAGES, "sequence beside columns")
"""What the models for tables read: these besides."""
TABLE_MODELS = ("stages.models.linear.build_linear", "stages.models.mlp.build_mlp")


class Rows(NamedTuple):
    """Arrays by input name, and the target."""

    inputs: dict[str, Array]
    target: Array


def make_spec(task: Task, kind: str = "numeric") -> Spec:
    """Return the description of data of `task` with the inputs called `kind`."""
    return Spec(task=task, classes=CLASSES[task], inputs=(KINDS | MEDIA)[kind])


def make_rows(spec: Spec, *, rows: int = 12) -> Rows:
    """Return made-up rows that fit `spec`, the same at every call; every class occurs."""
    generator = np.random.default_rng(7)
    inputs = {
        "numeric": generator.normal(size=(rows, 3)).astype(np.float32),
        "categories": generator.integers(0, (4, 7), size=(rows, 2)).astype(np.int32),
        **make_media(rows),
    }
    chosen = {each.name: inputs[each.name] for each in spec.inputs}
    if spec.task == "regression":
        return Rows(chosen, generator.normal(2.0, size=rows).astype(np.float32))
    return Rows(chosen, (np.arange(rows) % len(spec.classes)).astype(np.int64))


def make_media(rows: int, *, n_steps: int = 9) -> dict[str, Array]:
    """Return made-up pictures, n-gram weights, texts and series; steps up to 9, one row without any."""
    generator = np.random.default_rng(8)
    lengths = np.concatenate([[0, 9], generator.integers(1, 10, size=max(0, rows - 2))])[:rows]
    there = np.arange(9) < lengths[:, np.newaxis]
    wider = [(0, 0), (0, n_steps - 9)]
    ids = generator.integers(1, 20, size=(rows, 9)) * there
    values = generator.normal(size=(rows, 9, 2)) * there[..., np.newaxis]
    return {
        "image": generator.integers(0, 256, size=(rows, 8, 6, 3)).astype(np.uint8),
        "terms": (generator.random((rows, 20)) * (generator.random((rows, 20)) < 0.2)).astype(np.float32),
        "text": np.pad(ids, wider).astype(np.int32),
        "sequence": np.pad(values, [*wider, (0, 0)]).astype(np.float32),
        "sequence_length": lengths[:, np.newaxis].astype(np.int32),
    }


def kinds_of(path: Path) -> tuple[str, ...]:
    """Return the kinds of inputs that a choice of ``model`` is made for."""
    target = read_choice(path)["_target_"]
    if target in STEP_MODELS:
        return FOR_STEPS
    if target in IMAGE_MODELS:
        return FOR_IMAGES
    return FOR_ALL if target in TABLE_MODELS else tuple(KINDS)


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
