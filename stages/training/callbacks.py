"""What watches training: the learning rate, numbers that are not finite, the best epoch."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from stages.schedules.rate import Rate
from stages.settings.train import TrainSettings

NEVER = 10**9

Logs = dict[str, float] | None


class LearningRate(keras.callbacks.Callback):
    """Log the learning rate of the epoch's last step."""

    def __init__(self, rate: Rate) -> None:
        super().__init__()
        self.rate = rate

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Add ``learning_rate`` to `logs`."""
        if logs is not None:
            logs["learning_rate"] = last_learning_rate(self.model.optimizer, self.rate)


def last_learning_rate(optimizer: Any, rate: Rate) -> float:
    """Return the learning rate of the step `optimizer` took last."""
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    if isinstance(rate.value, float | int):
        return float(keras.ops.convert_to_numpy(inner.learning_rate))
    # The optimizer's own property is already that of the next step; it counts accumulated batches as one.
    batches = int(keras.ops.convert_to_numpy(inner.iterations)) * (inner.gradient_accumulation_steps or 1)
    return float(keras.ops.convert_to_numpy(rate.value(max(batches - 1, 0))))


class FiniteWeights(keras.callbacks.Callback):
    """Stop at the first epoch whose loss or weights are not finite, and go back to the epoch before.

    Attributes
    ----------
    diverged
        That epoch, from 1; 0 while there is none.
    """

    def __init__(self) -> None:
        super().__init__()
        self.diverged = 0
        self.weights: list[Any] = []

    def on_train_begin(self, logs: Logs = None) -> None:
        """Remember the weights before training."""
        self.diverged = 0
        self.weights = self.model.get_weights()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Remember the epoch's weights, or restore the last ones and stop."""
        losses = [value for name, value in (logs or {}).items() if name in ("loss", "val_loss")]
        weights = self.model.get_weights()
        if all(map(math.isfinite, losses)) and all(np.isfinite(each).all() for each in weights):
            self.weights = weights
            return
        self.diverged = epoch + 1
        self.model.set_weights(self.weights)
        self.model.stop_training = True

    def on_train_end(self, logs: Logs = None) -> None:
        """Leave the model with the last epoch's weights, averaged ones where the optimizer averages."""
        self.model.set_weights(self.weights)


def early_stopping(settings: TrainSettings, *, logged: Sequence[str]) -> keras.callbacks.EarlyStopping | None:
    """Return what chooses the best epoch, and stops where asked to; None where neither is wanted.

    Raises
    ------
    ValueError
        If the monitored number is not among the `logged` ones.
    """
    if not (settings.early_stopping or settings.restore_best_weights):
        return None
    check_monitor(settings.monitor, key="train.monitor", logged=logged)
    return keras.callbacks.EarlyStopping(
        monitor=settings.monitor,
        mode=settings.monitor_mode,
        min_delta=settings.min_delta,
        patience=settings.patience if settings.early_stopping else NEVER,
        start_from_epoch=settings.start_from_epoch,
        restore_best_weights=settings.restore_best_weights,
    )


def check_monitor(monitor: str, *, key: str, logged: Sequence[str]) -> None:
    """Raise ValueError with the nearest name where `monitor` is not among the `logged` names.

    Examples
    --------
    >>> check_monitor("val_los", key="train.monitor", logged=["loss", "val_loss"])
    Traceback (most recent call last):
    ...
    ValueError: train.monitor=val_los is not logged. Did you mean val_loss? Logged are: loss, val_loss.
    """
    if monitor in logged:
        return
    if monitor.startswith("val_") and monitor.removeprefix("val_") in logged:
        raise ValueError(
            f"{key}={monitor} is not logged, because the validation part is empty. Give it rows "
            f"(split.validation_size=0.2), or watch {monitor.removeprefix('val_')}."
        )
    near = difflib.get_close_matches(monitor, logged, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise ValueError(f"{key}={monitor} is not logged.{hint} Logged are: {', '.join(logged)}.")


def averaging(optimizer: Any) -> list[keras.callbacks.Callback]:
    """Return what evaluates and keeps the moving average of the weights, where `optimizer` has one."""
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    return [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)] if getattr(inner, "use_ema", False) else []
