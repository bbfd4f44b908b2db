"""How far training is, while it runs: a bar in a terminal, a few lines in a log."""

from __future__ import annotations

import logging
import math
import sys
import time

import keras
from tqdm import tqdm

from stages.training.callbacks import Logs
from stages.training.history import metric_order

LOGGER = logging.getLogger(__name__)
SECONDS_BETWEEN_LINES = 5.0


def progress(epochs: int, *, steps: int, first_epoch: int = 0, phase: str = "") -> keras.callbacks.Callback:
    """Return what shows the progress of training: a bar where a person looks on, else lines.

    Parameters
    ----------
    phase
        Name of the phase, where training has several.
    """
    if sys.stderr.isatty():
        return ProgressBar(epochs, steps=steps, first_epoch=first_epoch, phase=phase)
    return ProgressLines(epochs, phase=phase)


def _said(phase: str) -> str:
    return f"{phase}: " if phase else ""


class ProgressBar(keras.callbacks.Callback):
    """A live bar over all epochs, with the last metrics behind it."""

    def __init__(self, epochs: int, *, steps: int, first_epoch: int = 0, phase: str = "") -> None:
        super().__init__()
        self.phase = _said(phase)
        self.epochs = epochs
        self.steps = steps
        self.done = first_epoch * steps
        self.epoch = first_epoch

    def on_train_begin(self, logs: Logs = None) -> None:
        """Open the bar."""
        self.bar = tqdm(
            total=self.epochs * self.steps,
            initial=self.done,
            unit="step",
            dynamic_ncols=True,
            leave=False,
            mininterval=0.2,
        )

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Move the bar on by the steps of one execution."""
        self._move_to(self.epoch * self.steps + min(batch + 1, self.steps))

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Show the epoch's metrics."""
        self.epoch = epoch + 1
        self._move_to(self.epoch * self.steps)
        self.bar.set_description(f"{self.phase}epoch {self.epoch}/{self.epochs}", refresh=False)
        self.bar.set_postfix_str(metrics_line(logs), refresh=False)

    def on_train_end(self, logs: Logs = None) -> None:
        """Close the bar and leave one line."""
        self.bar.close()
        LOGGER.info("%sepoch %d/%d  %s", self.phase, self.epoch, self.epochs, metrics_line(logs))

    def _move_to(self, step: int) -> None:
        self.bar.update(step - self.bar.n)


class ProgressLines(keras.callbacks.Callback):
    """One line an epoch at most, and no more than one every few seconds."""

    def __init__(self, epochs: int, *, seconds: float = SECONDS_BETWEEN_LINES, phase: str = "") -> None:
        super().__init__()
        self.phase = _said(phase)
        self.epochs = epochs
        self.seconds = seconds
        self.last_time = -math.inf
        self.last_line = ""

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Log the epoch's metrics, unless it did so a moment ago."""
        self.last_line = f"{self.phase}epoch {epoch + 1}/{self.epochs}  {metrics_line(logs)}"
        now = time.monotonic()
        if now - self.last_time >= self.seconds:
            self.last_time = now
            self._say()

    def on_train_end(self, logs: Logs = None) -> None:
        """Log the last epoch's metrics, if not yet done."""
        self._say()

    def _say(self) -> None:
        if self.last_line:
            LOGGER.info(self.last_line)
        self.last_line = ""


def metrics_line(logs: Logs) -> str:
    """Return the metrics in a few characters each, training beside validation.

    Examples
    --------
    >>> metrics_line({"auc": 0.8, "loss": 0.51234, "val_loss": 0.6, "learning_rate": 0.001})
    'loss 0.5123 (val 0.6), auc 0.8'
    """
    metrics = logs or {}
    shown = []
    for name in metric_order(metrics):
        if not name.startswith("val_"):
            held_out = f" (val {metrics[f'val_{name}']:.4g})" if f"val_{name}" in metrics else ""
            shown.append(f"{name} {metrics[name]:.4g}{held_out}")
    return ", ".join(shown)
