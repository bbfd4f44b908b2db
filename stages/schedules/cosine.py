"""A learning rate that follows half a cosine."""

from __future__ import annotations

from keras.optimizers import schedules

from stages.schedules.rate import Rate


def cosine(
    learning_rate: float,
    *,
    steps_per_epoch: int,
    epochs: int,
    warmup_epochs: float = 0.0,
    final_fraction: float = 0.0,
) -> Rate:
    """Rise linearly from 0 over `warmup_epochs`, then fall along half a cosine over the epochs left.

    ``rate = end + (learning_rate - end) * (1 + cos(pi * t)) / 2`` with t from 0 to 1: one period of SGDR
    (Loshchilov & Hutter 2017, equation 5); the warm-up is that of Goyal et al. 2017.

    Parameters
    ----------
    final_fraction
        Last learning rate over `learning_rate`.

    Raises
    ------
    ValueError
        Where the warm-up takes all the epochs.

    Examples
    --------
    >>> rate = cosine(1.0, steps_per_epoch=10, epochs=3, warmup_epochs=1).value
    >>> [round(float(rate(step)), 3) for step in (0, 5, 10, 20, 30)]
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """
    warmup_steps = round(warmup_epochs * steps_per_epoch)
    if warmup_steps >= epochs * steps_per_epoch:
        raise ValueError(
            f"train.schedule.warmup_epochs={warmup_epochs:g} leaves nothing of train.epochs={epochs} for the "
            "cosine to fall. Make the warm-up shorter or the training longer."
        )
    return Rate(
        schedules.CosineDecay(
            0.0 if warmup_steps else learning_rate,
            epochs * steps_per_epoch - warmup_steps,
            alpha=final_fraction,
            warmup_target=learning_rate if warmup_steps else None,
            warmup_steps=warmup_steps,
        )
    )
