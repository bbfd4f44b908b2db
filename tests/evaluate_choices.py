"""What the tests of evaluate's choices share: the files of conf/evaluate and rows to judge."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from stages.examples.encoded import Array

CONF = Path(__file__).resolve().parents[1] / "conf" / "evaluate"


def names(group: str) -> list[str]:
    """Return the names of the choices of `group`."""
    return sorted(path.stem for path in (CONF / group).glob("*.yaml"))


def content(group: str, name: str) -> dict[str, Any]:
    """Return what one file holds."""
    held: dict[str, Any] = yaml.safe_load((CONF / group / f"{name}.yaml").read_text(encoding="utf-8"))
    return held


def target_of(held: dict[str, Any]) -> Any:
    """Return what a choice names."""
    module, _, attribute = held["_target_"].rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def build(group: str, name: str, **changed: Any) -> Any:
    """Return the choice as its file makes it, some keywords changed."""
    held = content(group, name) | changed
    return target_of(held)(**{key: value for key, value in held.items() if key != "_target_"})


def two_classes(rows: int, *, seed: int = 0, digits: int = 2) -> tuple[Array, Array]:
    """Return targets and probabilities that say something of them; few `digits` make many ties."""
    random = np.random.default_rng(seed)
    target = (random.random(rows) < 0.4).astype(np.int64)
    target[:2] = [0, 1]
    score = (1 / (1 + np.exp(-(random.normal(size=rows) + 1.2 * target - 0.8)))).round(digits)
    return target, np.column_stack([1 - score, score])


def many_classes(rows: int, *, seed: int = 0, classes: int = 3, sureness: float = 2.0) -> tuple[Array, Array]:
    """Return targets and probabilities of several classes; a greater `sureness` is surer than right."""
    random = np.random.default_rng(seed)
    target = np.arange(rows) % classes
    logits = random.normal(size=(rows, classes)) + np.eye(classes)[target]
    powers = np.exp(sureness * logits)
    return target, powers / powers.sum(axis=1, keepdims=True)
