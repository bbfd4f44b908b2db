"""Going on at its epoch after a kill, with the same final weights and the same history.

At the end of an epoch all that training remembers is written to one file, atomically: the model's and
the optimizer's variables (the state of the seed generators of dropout among them), the state of the
callbacks and the history. The order of the rows is a function of (seed, epoch) and needs no memory.
"""

from __future__ import annotations

import json
import logging
import os
import time
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from stages.examples.encoded import Array
from stages.training.callbacks import FiniteWeights, Logs
from stages.training.history import Recorder

LOGGER = logging.getLogger(__name__)

FILE = "training.npz"
DOCUMENT = "document"
LARGEST_SHARE = 0.05
"""Share of the time that may go into saving; infinity saves at every epoch."""

REMEMBERED: Mapping[type, tuple[str, ...]] = {
    keras.callbacks.EarlyStopping: ("wait", "best", "best_epoch", "stopped_epoch", "best_weights"),
    keras.callbacks.ReduceLROnPlateau: ("wait", "best", "cooldown_counter"),
    keras.callbacks.SwapEMAWeights: ("_ema_weights_in_model",),
    FiniteWeights: ("diverged",),
    Recorder: ("epochs",),
}
"""What each callback must not forget."""


class Resume(keras.callbacks.Callback):
    """Save the state of training at the end of epochs, and restore it; the last of the callbacks.

    Parameters
    ----------
    folder
        Where the state is kept; nothing is kept where it is None.
    others
        The callbacks whose state is kept.

    Attributes
    ----------
    epoch
        Epochs already done when training begins.
    stopped
        Whether training had already come to its end.
    """

    def __init__(self, folder: Path | None, others: Sequence[keras.callbacks.Callback]) -> None:
        super().__init__()
        self.path = None if folder is None else folder / FILE
        self.others = [each for each in others if type(each) in REMEMBERED]
        self.epoch = 0
        self.stopped = False
        self.callback_states: list[dict[str, Any]] = []
        self.last_saved = time.monotonic()
        self.cost = 0.0

    def restore(self, model: keras.Model) -> None:
        """Set `model` to what was saved, if anything was and it fits."""
        if self.path is None or not self.path.exists():
            return
        try:
            document, arrays = read_state(self.path)
            assign(model, arrays)
        except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
            LOGGER.warning("the state of an interrupted training cannot be used (%s): starting anew", error)
            return
        self.epoch, self.stopped = document["epoch"], document["stopped"]
        self.callback_states = [
            {name: unpack(value, arrays) for name, value in state.items()} for state in document["callbacks"]
        ]
        LOGGER.info("going on after epoch %d, where training was interrupted", self.epoch)

    def on_train_begin(self, logs: Logs = None) -> None:
        """Give the other callbacks their state back, which they have just cleared."""
        for callback, state in zip(self.others, self.callback_states, strict=False):
            vars(callback).update(state)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Save, unless saving would take more than its share of the time."""
        began = time.monotonic()
        if self.path is None or self.cost > LARGEST_SHARE * (began - self.last_saved):
            return
        write_state(self.path, *self.state(epoch + 1))
        self.last_saved = time.monotonic()
        self.cost = self.last_saved - began

    def state(self, epoch: int) -> tuple[dict[str, Any], dict[str, Array]]:
        """Return the state after `epoch` epochs, as `write_state` takes it."""
        arrays = variables(self.model)
        states = [
            {name: pack(getattr(each, name), arrays, f"{index}.{name}") for name in REMEMBERED[type(each)]}
            for index, each in enumerate(self.others)
        ]
        return {"epoch": epoch, "stopped": bool(self.model.stop_training), "callbacks": states}, arrays


def forget(folder: Path) -> None:
    """Remove what was saved in `folder`; to be called once the outcome of training is on the disk."""
    (folder / FILE).unlink(missing_ok=True)
    if folder.exists() and not any(folder.iterdir()):
        folder.rmdir()


def variables(model: keras.Model) -> dict[str, Array]:
    """Return all that `model` and its optimizer remember, metrics left out."""
    passing = {id(each) for each in model.metrics_variables}
    kept = [each for each in model.variables if id(each) not in passing]
    owners = {"model": kept, "optimizer": model.optimizer.variables}
    return {
        f"{owner}.{index}": keras.ops.convert_to_numpy(each)
        for owner, those in owners.items()
        for index, each in enumerate(those)
    }


def assign(model: keras.Model, arrays: Mapping[str, Array]) -> None:
    """Set what `variables` returned; raise ValueError and change nothing where it does not fit."""
    present = variables(model)
    saved = {name: array for name, array in arrays.items() if name.split(".")[0] in ("model", "optimizer")}
    if {name: each.shape for name, each in present.items()} != {
        name: each.shape for name, each in saved.items()
    }:
        raise ValueError("it belongs to another network")
    passing = {id(each) for each in model.metrics_variables}
    kept = [each for each in model.variables if id(each) not in passing]
    for index, each in enumerate(kept):
        each.assign(saved[f"model.{index}"])
    for index, each in enumerate(model.optimizer.variables):
        each.assign(saved[f"optimizer.{index}"])


def pack(value: Any, arrays: dict[str, Array], name: str) -> Any:
    """Return `value` as JSON can hold it; a list of arrays goes into `arrays`."""
    if isinstance(value, list) and value and isinstance(value[0], np.ndarray):
        arrays.update({f"{name}.{index}": each for index, each in enumerate(value)})
        return {"arrays": name, "count": len(value)}
    return value


def unpack(value: Any, arrays: Mapping[str, Array]) -> Any:
    """Return what `pack` was given."""
    if isinstance(value, dict) and set(value) == {"arrays", "count"}:
        return [arrays[f"{value['arrays']}.{index}"] for index in range(value["count"])]
    return value


def write_state(path: Path, document: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Write one file that is either the old one or the new one, whenever the process is killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    contents: dict[str, Any] = {DOCUMENT: np.array(json.dumps(document)), **arrays}
    with temporary.open("wb") as file:
        np.savez(file, **contents)
    temporary.replace(path)


def read_state(path: Path) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return what `write_state` wrote."""
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return json.loads(str(arrays.pop(DOCUMENT))), arrays
