"""What the tests of training share: small tables, recipes from conf/ and trainings cut short."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from stages.examples.encoded import Encoded, InputSpec, Spec
from stages.examples.schema import Task
from stages.settings.train import TrainSettings

ROOT = Path(__file__).resolve().parents[1]
CLASSES = {"binary": ("good", "bad"), "multiclass": ("a", "b", "c"), "regression": ()}
GROUPS = ("optimizer", "schedule", "loss", "class_weight", "fine_tuning")
DEFAULTS = {
    "optimizer": "adam",
    "schedule": "constant",
    "loss": "auto",
    "class_weight": "none",
    "fine_tuning": "none",
}
SMALL = {"units": [6], "dropout": 0.3, "normalization": "batch"}
"""A small network with everything that has a state: dropout and moving averages."""


class Interrupted(Exception):
    """Raised in the middle of a training."""


def choices(group: str) -> list[str]:
    """Return the names of the choices of `group`."""
    return sorted(path.stem for path in (ROOT / "conf" / group).glob("*.yaml"))


def read_choice(group: str, name: str) -> dict[str, Any]:
    """Return one file of conf/, its seed 0."""
    text = (ROOT / "conf" / group / f"{name}.yaml").read_text(encoding="utf-8")
    choice: dict[str, Any] = yaml.safe_load(text.replace("${seed}", "0"))
    return choice


def target_of(choice: dict[str, Any]) -> Callable[..., Any]:
    """Return what `choice` names."""
    module, name = choice["_target_"].rsplit(".", 1)
    target: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return target


def made(choice: dict[str, Any]) -> Callable[..., Any]:
    """Return the target of `choice` with its keywords."""
    keywords = {key: value for key, value in choice.items() if not key.startswith("_")}
    return partial(target_of(choice), **keywords)


def section() -> dict[str, Any]:
    """Return the values of the section `train`, without its choices."""
    text = (ROOT / "conf" / "config.yaml").read_text(encoding="utf-8")
    values: dict[str, Any] = yaml.safe_load(text.replace("${seed}", "0"))["train"]
    return values


def make_settings(options: dict[str, dict[str, Any]] | None = None, **values: Any) -> TrainSettings:
    """Return the settings of `train`; a choice's name stands at its group's place."""
    names = {group: values.pop(group, DEFAULTS[group]) for group in GROUPS}
    chosen = {
        group: read_choice(f"train/{group}", name) | (options or {}).get(group, {})
        for group, name in names.items()
    }
    return TrainSettings.model_validate(section() | values | chosen)


def make_recipe(
    model: dict[str, Any] | None = None, options: dict[str, dict[str, Any]] | None = None, **values: Any
) -> Any:
    """Return a `Recipe` of a small network; `options` are keywords of the choices by group."""
    from stages.training.compiling import Recipe

    settings = make_settings(options, **({"epochs": 4, "patience": 3} | values))
    parts = {group: made(getattr(settings, group).model_dump(by_alias=True)) for group in GROUPS}
    parts["fine_tuning"] = parts["fine_tuning"]()  # the only one that is not partial
    network = made(read_choice("model", "mlp") | (SMALL if model is None else model))
    return Recipe(model=network, settings=settings, **parts)


def make_spec(task: Task = "binary", width: int = 4) -> Spec:
    """Return the description of `make_table`."""
    columns = tuple(f"x{j}" for j in range(width))
    numeric = InputSpec(name="numeric", dtype="float32", shape=(width,), columns=columns)
    return Spec(task=task, classes=CLASSES[task], inputs=(numeric,))


def make_table(task: Task = "binary", *, rows: int = 75, seed: int = 0, width: int = 4) -> Encoded:
    """Return made-up rows, about a quarter of them in the last class."""
    generator = np.random.default_rng(seed)
    numeric = generator.normal(size=(rows, width)).astype(np.float32)
    score = numeric[:, 0] + 0.5 * numeric[:, 1] + 0.3 * generator.normal(size=rows)
    target = {
        "binary": (score > 0.7).astype(np.int64),
        "multiclass": np.digitize(score, [-0.5, 0.7]).astype(np.int64),
        "regression": score.astype(np.float32),
    }[task]
    return Encoded({"numeric": numeric}, target, np.arange(rows))


def run(task: Task = "binary", *, recipe: Any, **keywords: Any) -> Any:
    """Train on the made-up rows."""
    from stages.train import train

    held_out = make_table(task, rows=40, seed=1)
    return train(make_table(task), held_out, spec=make_spec(task), recipe=recipe, **keywords)


def outcome(trained: Any, folder: Path) -> tuple[bytes, str, dict[str, Any]]:
    """Return all that the stage writes."""
    from stages.training.archive import save_model

    folder.mkdir(parents=True, exist_ok=True)
    save_model(trained.model, folder / "model.keras")
    return (folder / "model.keras").read_bytes(), trained.history.to_csv(), trained.report
