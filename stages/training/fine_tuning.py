"""Training a pretrained backbone in two phases: the new head alone, then the backbone's last layers.

A head of random weights would pull a pretrained backbone apart in the first steps: so it learns on a frozen
one first. After that the last layers, which hold what is special to the old data, follow at a lower rate
(Yosinski et al. 2014, How transferable are features in deep neural networks?).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import keras

from stages.schedules.constant import constant
from stages.schedules.cosine import cosine
from stages.schedules.cyclical import cyclical
from stages.schedules.decay import exponential, piecewise, step
from stages.schedules.one_cycle import one_cycle
from stages.schedules.plateau import reduce_on_plateau
from stages.schedules.rate import Rate

SCHEDULES: Mapping[str, Callable[..., Rate]] = {
    each.__name__: each
    for each in (constant, cosine, cyclical, exponential, piecewise, step, one_cycle, reduce_on_plateau)
}
NO_ARGUMENTS: Mapping[str, Any] = {}


@dataclass(frozen=True)
class FineTuning:
    """The second phase.

    Attributes
    ----------
    layers
        How many of the backbone's last layers learn, or ``all``.
    learning_rate, epochs, patience
        In place of those of the first phase.
    optimizer, schedule
        As in `stages.training.compiling.Recipe`.
    batch_normalization_frozen
        Whether batch normalization keeps the statistics and scales of the data it was trained on.
    """

    layers: int | Literal["all"]
    learning_rate: float
    epochs: int
    patience: int
    optimizer: Callable[..., Any]
    schedule: Callable[..., Rate]
    batch_normalization_frozen: bool = True


def single_phase() -> None:
    """Train all layers together."""


def last_layers(  # noqa: PLR0913 - every keyword is a parameter of conf/train/fine_tuning/last_layers.yaml
    *,
    layers: int | Literal["all"] = 30,
    learning_rate: float = 0.0001,
    epochs: int = 20,
    patience: int = 5,
    optimizer: str = "adam",
    optimizer_arguments: Mapping[str, Any] = NO_ARGUMENTS,
    schedule: str = "constant",
    schedule_arguments: Mapping[str, Any] = NO_ARGUMENTS,
    batch_normalization_frozen: bool = True,
) -> FineTuning:
    """Return a second phase in which the last `layers` of the backbone learn besides the head.

    Raises
    ------
    ValueError
        Where the optimizer or the schedule does not take its arguments.

    Examples
    --------
    >>> tuning = last_layers(layers=10, optimizer="sgd", optimizer_arguments={"momentum": 0.9})
    >>> tuning.optimizer(learning_rate=0.5).momentum
    0.9
    """
    return FineTuning(
        layers=layers,
        learning_rate=learning_rate,
        epochs=epochs,
        patience=patience,
        optimizer=_filled(_optimizer(optimizer), optimizer_arguments, key="optimizer", name=optimizer),
        schedule=_filled(SCHEDULES[schedule], schedule_arguments, key="schedule", name=schedule),
        batch_normalization_frozen=batch_normalization_frozen,
    )


def _optimizer(name: str) -> Callable[..., Any]:
    plain = name.replace("_", "")
    found: Callable[..., Any] = next(
        each for label, each in vars(keras.optimizers).items() if label.lower() == plain
    )
    return found


def _filled(
    function: Callable[..., Any], arguments: Mapping[str, Any], *, key: str, name: str
) -> Callable[..., Any]:
    """Return `function` with its `arguments`, all of which it takes."""
    taken = [
        each.name
        for each in inspect.signature(function).parameters.values()
        if each.name not in ("learning_rate", "steps_per_epoch", "epochs", "name", "kwargs")
    ]
    unknown = [each for each in arguments if each not in taken]
    if unknown:
        raise ValueError(
            f"train.fine_tuning.{key}_arguments names {', '.join(unknown)}, which {key} {name} does not "
            f"take: it takes {', '.join(taken) or 'none'}."
        )
    return partial(_made, function, arguments, key=key, name=name)


def _made(
    function: Callable[..., Any], arguments: Mapping[str, Any], *given: Any, key: str, name: str, **more: Any
) -> Any:
    """Return what `function` makes; what it refuses is said of the second phase's settings."""
    try:
        return function(*given, **arguments, **more)
    except (ValueError, TypeError) as error:
        said = str(error).replace("train.schedule.", "train.fine_tuning.schedule_arguments.")
        raise ValueError(
            f"train.fine_tuning.{key}={name} cannot be made with train.fine_tuning.{key}_arguments="
            f"{dict(arguments)}: {said.replace('train.epochs', 'train.fine_tuning.epochs')}"
        ) from error
