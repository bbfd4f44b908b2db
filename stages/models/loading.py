"""Load a saved model in another process, the classes of your own file with it.

Keras alone refuses custom layers whose file has not been imported. A model of `build_own` is named after its
function (``stages.models.own.<file>.<function>``), and `load_model` imports that module, no other.
"""

from __future__ import annotations

import importlib
import inspect
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np

from stages.models.structure import random_rows

OWN = "stages."
TOLERANCE = 1e-5


def load_model(path: Path) -> Any:
    """Return the model saved at `path`, not compiled."""
    objects = custom_objects(_name(path))
    with keras.saving.custom_object_scope(_by_registered_name(objects)):
        return keras.saving.load_model(path, custom_objects=objects, compile=False)


def custom_objects(model_name: str) -> dict[str, Any]:
    """Return the classes and functions written in the module a model is named after, by name."""
    module_name = model_name.rpartition(".")[0]
    if not module_name.startswith(OWN):
        return {}
    module = importlib.import_module(module_name)
    return {
        name: value
        for name, value in vars(module).items()
        if (inspect.isclass(value) or inspect.isfunction(value)) and value.__module__.startswith(OWN)
    }


def _by_registered_name(objects: dict[str, Any]) -> dict[str, Any]:
    """Return `objects` by the names Keras knows them by.

    Of two modules that register one name Keras takes the one imported last: where a packed model and the
    project meet in a process, that could be the other's.
    """
    rebuilt = importlib.import_module("stages.models.rebuilt").Rebuilt
    return {keras.saving.get_registered_name(each): each for each in (rebuilt, *objects.values())}


def saving_fault(model: Any) -> str:
    """Return why `model` would not answer the same once saved and loaded; empty if it would."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.keras")
        try:
            model.save(path)
            loaded = load_model(path)
        except Exception as error:  # Keras raises many types here
            return f"{type(error).__name__}: {_last_line(error)}"
    rows = random_rows(model)
    before, after = (np.asarray(each(rows, training=False)) for each in (model, loaded))
    same = np.allclose(before, after, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
    return "" if same else "it answers otherwise once loaded"


def _name(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return str(json.loads(archive.read("config.json"))["config"].get("name", ""))


def _last_line(error: Exception) -> str:
    """Return the last line of the message, where Keras names the cause."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else "no reason given"
