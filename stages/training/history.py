"""The numbers of every epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import keras
import numpy as np
import pandas as pd

from stages.training.callbacks import Logs

OnEpoch = Callable[[int, dict[str, float]], None]
"""Called after every epoch with its number, from 1, and its metrics."""


def ignore(epoch: int, metrics: dict[str, float]) -> None:
    """Do nothing with the metrics of an epoch."""


class Recorder(keras.callbacks.Callback):
    """Keep the metrics of every epoch, and pass them on.

    Attributes
    ----------
    epochs
        One mapping an epoch, with the number of its `phase` where training has several.
    """

    def __init__(self, on_epoch: OnEpoch = ignore, *, phase: int = 0) -> None:
        super().__init__()
        self.on_epoch = on_epoch
        self.phase = {"phase": float(phase)} if phase else {}
        self.epochs: list[dict[str, float]] = []

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Keep `logs` as the metrics of `epoch` (from 0)."""
        metrics = self.phase | {name: shortest(value) for name, value in (logs or {}).items()}
        self.epochs.append(metrics)
        self.on_epoch(epoch + 1, metrics)


def shortest(value: float) -> float:
    """Return the shortest number that is the same in single precision, in which networks count.

    Examples
    --------
    >>> shortest(0.0010000000474974513)
    0.001
    """
    return float(str(np.float32(value)))


def history_table(epochs: list[dict[str, float]]) -> pd.DataFrame:
    """Return one row an epoch: its number from 1, that of its phase, the learning rate, then what was logged.

    Examples
    --------
    >>> history_table([{"loss": 0.5, "learning_rate": 0.1}])
       epoch  learning_rate  loss
    0      1            0.1   0.5
    """
    table = pd.DataFrame(epochs)
    table.insert(0, "epoch", range(1, len(table) + 1))
    phase = ["phase"] if "phase" in table else []
    return table.astype(dict.fromkeys(phase, int))[
        ["epoch", *phase, "learning_rate", *metric_order(table.columns)]
    ]


def metric_order(names: Iterable[str]) -> list[str]:
    """Return the names of metrics in reading order: training before validation, the loss before the others.

    Examples
    --------
    >>> metric_order(["accuracy", "loss", "val_accuracy", "val_loss", "learning_rate"])
    ['loss', 'accuracy', 'val_loss', 'val_accuracy']
    """
    metrics = [name for name in names if name not in ("epoch", "phase", "learning_rate")]
    return sorted(metrics, key=lambda name: (name.startswith("val_"), name not in ("loss", "val_loss")))
