"""From choices to a compiled network."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from stages.examples.encoded import Array, Encoded, Spec, class_probabilities
from stages.losses.fit import check_loss
from stages.losses.targets import target_for
from stages.models.checks import check_model
from stages.models.interface import Kind, Outputs, make_inputs, make_outputs
from stages.models.prediction import output_kind
from stages.models.prior import prior_bias
from stages.models.structure import outputs_of
from stages.policies import Policy
from stages.schedules.rate import Rate
from stages.settings.train import TrainSettings
from stages.training.feeding import first_rows, num_steps, steps_per_execution
from stages.training.fine_tuning import FineTuning
from stages.training.metrics import make_metrics
from stages.training.rows import Rows, row_weights

TRIED = 8
"""Rows tried before training."""
HINGES = (keras.losses.Hinge, keras.losses.SquaredHinge)
"""Losses that shares of a class mean nothing to."""


@dataclass(frozen=True)
class Recipe:
    """The live objects training is put together from, and its values.

    Attributes
    ----------
    model
        ``build(inputs, outputs) -> keras.Model``.
    optimizer
        ``build(learning_rate=...) -> keras.optimizers.Optimizer``.
    schedule
        ``build(learning_rate, steps_per_epoch=..., epochs=...) -> Rate``.
    loss
        ``build(outputs) -> keras.losses.Loss``.
    class_weight
        ``weigh(counts) -> {class name: weight}``.
    fine_tuning
        The second phase of training; None for a single one.
    policy
        How each batch is changed on the fly; None for not at all.
    vectors
        Pretrained vectors of the token ids, ``(vocabulary, dimension)``; None without any.
    """

    model: Callable[..., keras.Model]
    optimizer: Callable[..., keras.optimizers.Optimizer]
    schedule: Callable[..., Rate]
    loss: Callable[..., Any]
    class_weight: Callable[[Mapping[str, float]], Mapping[str, float]]
    settings: TrainSettings
    fine_tuning: FineTuning | None = None
    policy: Policy | None = None
    vectors: Array | None = None


@dataclass(frozen=True)
class Compiled:
    """A network ready to be fitted, with the rows in the form in which it takes them.

    Attributes
    ----------
    kind
        What its answers mean: probabilities, logits or value.
    logged
        Names of the numbers each epoch will log.
    notes
        What is odd about the network, its end and its loss.
    policy
        How each batch of the rows is changed on the fly; None for not at all.
    """

    model: keras.Model
    rate: Rate
    loss: Any
    rows: Rows
    validation: Rows
    outputs: Outputs
    kind: Kind
    logged: tuple[str, ...]
    notes: tuple[str, ...]
    policy: Policy | None = None


def build_compiled(
    rows: Encoded, validation: Encoded, *, spec: Spec, recipe: Recipe, class_weights: Mapping[str, float]
) -> Compiled:
    """Build the network and its loss, compile it, and try it on a few rows."""
    weight = row_weights(rows, class_weights)
    model, outputs, notes = _build_model(rows, weight, spec=spec, recipe=recipe)
    loss = recipe.loss(outputs)
    notes = [*notes, *check_loss(loss, outputs)]
    kind = output_kind(outputs.activation, spec.task, loss)
    target = _labels(rows.target, outputs, loss=loss, policy=recipe.policy)
    fed = Rows(rows.inputs, target_for(loss, target, outputs), weight)
    held_out = Rows(validation.inputs, target_for(loss, validation.target, outputs), validation.weight)
    rate = _compile(model, fed, loss=loss, outputs=outputs, kind=kind, recipe=recipe)
    names = _try(model, fed)
    logged = [*names, *(f"val_{name}" for name in names if len(held_out)), "learning_rate"]
    return Compiled(
        model, rate, loss, fed, held_out, outputs, kind, tuple(logged), tuple(notes), recipe.policy
    )


def recompiled(compiled: Compiled, *, recipe: Recipe, **changed: Any) -> Compiled:
    """Return `compiled` with what is `changed` of it, its network with the optimizer of `recipe`."""
    fresh = replace(compiled, **changed)
    rate = _compile(
        fresh.model, fresh.rows, loss=fresh.loss, outputs=fresh.outputs, kind=fresh.kind, recipe=recipe
    )
    return replace(fresh, rate=rate)


def _labels(target: Array, outputs: Outputs, *, loss: Any, policy: Policy | None) -> Array:
    """Return `target` as class probabilities where the policy mixes labels."""
    if policy is None or not policy.soft_labels or outputs.task == "regression":
        return target
    if isinstance(loss, HINGES):
        raise ValueError(
            f"the loss {type(loss).__name__} takes 0 and 1 for the sides of a margin, and augmentation mixes "
            "the labels to shares in between: use train.loss=auto or cross_entropy, or set augment.mixup=0.0 "
            "augment.cutmix=0.0."
        )
    return class_probabilities(target, outputs.num_classes)


class Built(NamedTuple):
    """A network, what it really ends in, and what is odd about it."""

    model: keras.Model
    outputs: Outputs
    notes: list[str]


def _build_model(rows: Encoded, weight: Any, *, spec: Spec, recipe: Recipe) -> Built:
    prior = recipe.settings.output_bias == "prior"
    bias = (
        prior_bias(rows.target, task=spec.task, num_classes=len(spec.classes), weight=weight)
        if prior
        else None
    )
    inputs = make_inputs(spec, vectors=recipe.vectors)
    wanted = make_outputs(spec, bias=bias)
    model = recipe.model(inputs, wanted)
    notes = check_model(model, inputs, wanted)
    return Built(model, outputs_of(model, wanted), notes)


def _compile(
    model: keras.Model, rows: Rows, *, loss: Any, outputs: Outputs, kind: Kind, recipe: Recipe
) -> Rate:
    settings = recipe.settings
    steps = num_steps(len(rows), settings.batch_size)
    rate = recipe.schedule(settings.learning_rate, steps_per_epoch=steps, epochs=settings.epochs)
    metrics = make_metrics(
        settings.metrics,
        outputs=outputs,
        kind=kind,
        class_ids=outputs.task != "regression" and rows.target.ndim == 1,
        mixed_labels=recipe.policy is not None and recipe.policy.soft_labels,
    )
    model.compile(
        optimizer=recipe.optimizer(learning_rate=rate.value),
        loss=loss,
        metrics=metrics,
        steps_per_execution=steps_per_execution(
            rows, batch_size=settings.batch_size, wanted=settings.steps_per_execution
        ),
        jit_compile=settings.jit_compile,
    )
    _name_plainly(model.optimizer)
    model.optimizer.build(model.trainable_variables)
    return rate


def _name_plainly(optimizer: Any) -> None:
    """Take the number off the name: it counts the optimizers of this process, and stands in the archive."""
    for each in (optimizer, getattr(optimizer, "inner_optimizer", optimizer)):
        each.name = re.sub(r"_\d+$", "", each.name)


def _try(model: keras.Model, rows: Rows) -> list[str]:
    """Return the names of what the model logs, and fail here rather than in the middle of an epoch."""
    try:
        logs = model.test_step(first_rows(rows, TRIED))
    except (ValueError, TypeError, tf.errors.InvalidArgumentError) as error:
        raise ValueError(
            f"the model, its loss and its metrics do not fit together: {first_line(error)} Check that the "
            "model takes the inputs it is given and ends in the units asked for, and try train.loss=auto "
            "train.metrics=auto."
        ) from error
    finally:
        model.reset_metrics()
    return list(logs)


def first_line(error: Exception) -> str:
    """Return the first line of what Keras says, which otherwise goes on to print its arguments."""
    line = str(error).strip().split("\n")[0]
    return line if line.endswith(".") else f"{line}."
