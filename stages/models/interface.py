"""What a model builder is given: the network's inputs and what its output must be.

A builder is ``build_<name>(inputs, outputs, *, ...keywords) -> keras.Model`` (not compiled); its YAML
file names it as ``_target_`` with ``_partial_: true``. Its weights depend on its arguments and on the
global seed alone, which `train` sets (``keras.utils.set_random_seed``) before it builds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import keras

from stages.examples.encoded import Array, Spec
from stages.examples.schema import Task

Tensor = Any
"""A symbolic Keras tensor; the leading axis is the batch."""

Kind = Literal["probabilities", "logits", "value"]
"""What the numbers that leave a network mean."""

LAST_ACTIVATION: Mapping[Task, str] = {
    "binary": "sigmoid",
    "multiclass": "softmax",
    "regression": "linear",
}


@dataclass(frozen=True)
class Inputs:
    """The symbolic inputs of the network by name, and the description they were made from.

    Attributes
    ----------
    vectors
        Pretrained vectors of the token ids, ``(vocabulary, dimension)`` float32; None without any.
    """

    tensors: Mapping[str, Tensor]
    spec: Spec
    vectors: Array | None = None


@dataclass(frozen=True)
class Outputs:
    """What the network must end in.

    Attributes
    ----------
    task
        What is predicted.
    units
        Width of the last layer: 1 for a binary task and a regression, else the number of classes.
    activation
        Last activation: ``sigmoid``, ``softmax`` or ``linear``.
    num_classes
        Number of classes; 0 for a regression.
    bias
        Initial bias of the last layer, one value a unit, before the activation; None for zeros.
    """

    task: Task
    units: int
    activation: str
    num_classes: int
    bias: tuple[float, ...] | None = None


def make_inputs(spec: Spec, *, vectors: Array | None = None) -> Inputs:
    """Return one ``keras.Input`` for every input of `spec`, with its shape, dtype and name.

    Parameters
    ----------
    vectors
        Pretrained vectors of the token ids, ``(vocabulary, dimension)``, as `encode` wrote them.
    """
    tensors = {each.name: keras.Input(each.shape, dtype=each.dtype, name=each.name) for each in spec.inputs}
    return Inputs(tensors=tensors, spec=spec, vectors=vectors)


def make_outputs(spec: Spec, bias: Sequence[float] | None = None) -> Outputs:
    """Return what a network for `spec` must end in.

    Parameters
    ----------
    bias
        Initial bias of the last layer, as `stages.models.prior.prior_bias` computes it.

    Raises
    ------
    ValueError
        If a task has too few classes, or `bias` has not one value a unit.
    """
    num_classes = _num_classes(spec)
    units = num_classes if spec.task == "multiclass" else 1
    if bias is not None and len(bias) != units:
        raise ValueError(f"the output bias needs {units} value(s), one a unit, received {len(bias)}.")
    return Outputs(
        task=spec.task,
        units=units,
        activation=LAST_ACTIVATION[spec.task],
        num_classes=num_classes,
        bias=None if bias is None else tuple(float(value) for value in bias),
    )


def _num_classes(spec: Spec) -> int:
    if spec.task == "regression":
        return 0
    fitting = range(2, 3) if spec.task == "binary" else range(2, 1_000_000)
    if len(spec.classes) not in fitting:
        number = "exactly" if spec.task == "binary" else "at least"
        raise ValueError(
            f"a {spec.task} task needs {number} 2 classes, received {len(spec.classes)}: "
            f"{', '.join(spec.classes) or 'none'}. Check the target column of the data set."
        )
    return len(spec.classes)
