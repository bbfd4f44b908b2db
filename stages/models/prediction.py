"""From the numbers that leave a network to class probabilities or values, the same for every model."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np

from stages.examples.arrays import Values, gather, row_bytes
from stages.examples.encoded import Array
from stages.examples.schema import Task
from stages.losses.kinds import learns_logits
from stages.models.interface import Kind

LOGGER = logging.getLogger(__name__)
TOLERANCE = 1e-3
CHUNK_BYTES = 32 * 2**20
"""Inputs held in memory at once; those of a picture set would not fit."""


def predict(
    model: Any,
    inputs: Mapping[str, Values],
    *,
    task: Task,
    num_classes: int,
    kind: Kind,
    batch_size: int,
) -> Array:
    """Return what `model` predicts for `inputs`, which may be lazy, sparse or larger than the memory.

    Returns
    -------
    Array
        Class probabilities ``(n_samples, num_classes)`` float32, rows summing to 1 (two columns for a
        binary task), or, for a regression, values ``(n_samples,)`` float32 on the scale of the target
        the network was trained on.

    Raises
    ------
    ValueError
        If the network answers NaN or infinity, or not one number or one a class for each row.
    """
    answers = _answers(model, inputs, batch_size=batch_size)
    if task == "regression":
        return _values(answers)
    return probabilities(answers, num_classes=num_classes, kind=kind)


def output_kind(activation: str, task: Task, loss: Any = None) -> Kind:
    """Return what the numbers that leave a network with this last `activation` mean.

    Parameters
    ----------
    activation
        As `stages.models.structure.activation_of` reads it from the network.
    loss
        The loss it was trained with. A linear output is a logit to cross entropies and hinges; trained
        with an error such as the squared one, it is a (rough) probability. None takes it for a logit.

    Examples
    --------
    >>> output_kind("sigmoid", "binary"), output_kind("linear", "binary"), output_kind("linear", "regression")
    ('probabilities', 'logits', 'value')
    """
    if task == "regression":
        return "value"
    if activation == "linear" and (loss is None or learns_logits(loss)):
        return "logits"
    return "probabilities"


def probabilities(answers: Array, *, num_classes: int, kind: Kind) -> Array:
    """Return class probabilities ``(n_samples, num_classes)`` float32 from a network's `answers`.

    Examples
    --------
    >>> probabilities(np.array([[0.0], [2.0]]), num_classes=2, kind="logits").round(2).tolist()
    [[0.5, 0.5], [0.11999999731779099, 0.8799999952316284]]
    """
    units = answers.shape[-1]
    if units != num_classes and not (units == 1 and num_classes == 2):
        raise ValueError(
            f"the network gives {units} number(s) for each row, expected {num_classes} for "
            f"{num_classes} classes. Was it trained on other data? Rerun the stage train."
        )
    wide = answers.astype(np.float64)
    shares = _from_logits(wide) if kind == "logits" else _from_shares(wide)
    return (np.hstack([1 - shares, shares]) if units == 1 else shares).astype(np.float32)


def network_answers(model: Any, inputs: Mapping[str, Values], *, batch_size: int) -> Array:
    """Return the numbers that leave `model`, ``(n_samples, ...)``, a part of `inputs` in memory at a time."""
    count = next(iter(inputs.values())).shape[0]
    if not count:
        return np.zeros((0, *model.outputs[0].shape[1:]), np.float32)
    step = _chunk_rows(inputs, batch_size)
    return np.concatenate(
        [
            np.asarray(model.predict(_dense(inputs, start, start + step), batch_size=batch_size, verbose=0))
            for start in range(0, count, step)
        ]
    )


def _answers(model: Any, inputs: Mapping[str, Values], *, batch_size: int) -> Array:
    answers = network_answers(model, inputs, batch_size=batch_size)
    wrong = ~np.isfinite(answers)
    if wrong.any():
        raise ValueError(
            f"the network answers NaN or infinity for {int(wrong.any(axis=-1).sum())} of {len(answers)} "
            "rows: its training diverged. Lower train.learning_rate, or clip the gradients "
            "(train.optimizer.clipnorm=1.0)."
        )
    return answers


def _chunk_rows(inputs: Mapping[str, Values], batch_size: int) -> int:
    """Return how many rows to predict at a time: whole batches, so that none changes its size."""
    return max(1, CHUNK_BYTES // max(1, sum(map(row_bytes, inputs.values()))) // batch_size) * batch_size


def _dense(inputs: Mapping[str, Values], start: int, stop: int) -> dict[str, Array]:
    return {name: gather(each, np.arange(start, min(stop, each.shape[0]))) for name, each in inputs.items()}


def _values(answers: Array) -> Array:
    return answers.reshape(len(answers)).astype(np.float32, copy=False)


def _from_logits(logits: Array) -> Array:
    if logits.shape[-1] == 1:
        return np.asarray(np.exp(-np.logaddexp(0, -logits)))
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def _from_shares(shares: Array) -> Array:
    inside = np.clip(shares, 0, 1)
    if np.abs(inside - shares).max(initial=0) > TOLERANCE:
        LOGGER.warning("probabilities outside [0, 1] were clipped: end the network in sigmoid or softmax")
    if shares.shape[-1] == 1:
        return inside
    sums = inside.sum(axis=-1, keepdims=True)
    return np.where(sums > 0, inside / np.where(sums > 0, sums, 1), 1 / shares.shape[-1])
