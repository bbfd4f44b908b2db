"""A learning rate that falls when training stops getting better."""

from __future__ import annotations

import keras

from stages.schedules.rate import Rate


def reduce_on_plateau(  # noqa: PLR0913 - every keyword is a parameter of conf/train/schedule/reduce_on_plateau.yaml
    learning_rate: float,
    *,
    steps_per_epoch: int,
    epochs: int,
    monitor: str = "val_loss",
    mode: str = "auto",
    factor: float = 0.5,
    patience: int = 5,
    min_delta: float = 0.0001,
    cooldown: int = 0,
    min_lr: float = 0.0,
) -> Rate:
    """Multiply the rate by `factor` when `monitor` has not improved for `patience` epochs.

    Parameters
    ----------
    mode
        ``min`` or ``max``; ``auto`` knows by the monitor's name.
    min_delta
        Smallest change that counts as improvement.
    cooldown
        Epochs after a drop before waiting starts again.
    min_lr
        The rate never falls below.

    Examples
    --------
    >>> rate = reduce_on_plateau(0.1, steps_per_epoch=10, epochs=5, patience=2)
    >>> rate.value, rate.callback.patience
    (0.1, 2)
    """
    callback = keras.callbacks.ReduceLROnPlateau(
        monitor=monitor,
        mode=mode,
        factor=factor,
        patience=patience,
        min_delta=min_delta,
        cooldown=cooldown,
        min_lr=min_lr,
    )
    return Rate(learning_rate, callback)
