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
NO_STATES: Mapping[type, Mapping[str, Any]] = {}


class Resume(keras.callbacks.Callback):
    """Save the state of training at the end of epochs, and restore it; the last of the callbacks.

    Parameters
    ----------
    folder
        Where the state is kept; nothing is kept where it is None.
    others
        The callbacks whose state is kept.
    phase
        Number of the phase of training; the state of another one is left aside.
    began
        Epochs of the phases before it.
    states
        What the callbacks begin with, by their type, where nothing was saved.

    Attributes
    ----------
    epoch
        Epochs already done when training begins.
    stopped
        Whether training had already come to its end.
    """

    def __init__(
        self,
        folder: Path | None,
        others: Sequence[keras.callbacks.Callback],
        *,
        phase: int = 0,
        began: int = 0,
        states: Mapping[type, Mapping[str, Any]] = NO_STATES,
    ) -> None:
        super().__init__()
        self.path = None if folder is None else folder / FILE
        self.others = [each for each in others if type(each) in REMEMBERED]
        self.phase = phase
        self.began = self.epoch = began
        self.stopped = False
        self.callback_states = [dict(states.get(type(each), {})) for each in self.others]
        self.last_saved = time.monotonic()
        self.cost = 0.0

    def restore(self, model: keras.Model) -> None:
        """Set `model` to what was saved, if anything was and it fits."""
        if self.path is None or not self.path.exists():
            return
        try:
            document, arrays = read_state(self.path)
            if document["phase"] != self.phase:
                return
            assign(model, arrays)
        except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
            LOGGER.warning("the state of an interrupted training cannot be used (%s): starting anew", error)
            return
        self.began, self.epoch, self.stopped = (document[key] for key in ("began", "epoch", "stopped"))
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
        stopped = bool(self.model.stop_training)
        where = {"phase": self.phase, "began": self.began, "epoch": epoch, "stopped": stopped}
        return {**where, "callbacks": states}, arrays


def saved_phase(folder: Path | None) -> int:
    """Return in which phase training was interrupted; 0 where nothing, or nothing readable, was saved."""
    if folder is None or not (folder / FILE).exists():
        return 0
    try:
        return int(read_state(folder / FILE)[0]["phase"])
    except (ValueError, KeyError, OSError, zipfile.BadZipFile):
        return 0


def can_go_on(folder: Path, model: keras.Model) -> bool:
    """Return whether what was saved in `folder`, and is readable, is the state of `model`."""
    return _shapes(variables(model)) == _shapes(_saved_variables(read_state(folder / FILE)[1]))


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
    saved = _saved_variables(arrays)
    if _shapes(variables(model)) != _shapes(saved):
        raise ValueError("it belongs to another network")
    passing = {id(each) for each in model.metrics_variables}
    kept = [each for each in model.variables if id(each) not in passing]
    for index, each in enumerate(kept):
        each.assign(saved[f"model.{index}"])
    for index, each in enumerate(model.optimizer.variables):
        each.assign(saved[f"optimizer.{index}"])


def _saved_variables(arrays: Mapping[str, Array]) -> dict[str, Array]:
    return {name: each for name, each in arrays.items() if name.split(".")[0] in ("model", "optimizer")}


def _shapes(arrays: Mapping[str, Array]) -> dict[str, tuple[int, ...]]:
    return {name: each.shape for name, each in arrays.items()}


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
