"""Join a finished Keras model to the inputs of the data."""

from __future__ import annotations

from typing import Any

import keras

from stages.models.features import CATEGORIES, SEQUENCE, SEQUENCE_LENGTH
from stages.models.interface import Inputs, Tensor

RANK = 2


def join(made: Any, inputs: Inputs, *, name: str) -> Any:
    """Return a model from all `inputs` by name to the answer of `made`, ``(n_samples, units)``.

    A model built on the given symbolic inputs is taken over layer by layer; any other is called: with
    the tensor where there is one input, with those of its own names where it has several.

    Raises
    ------
    ValueError
        If the shapes do not fit, `made` would not see all inputs, or it has not one answer a row.
    """
    _forget_compilation(made)
    answer = made.outputs[0] if _built_on(made, inputs) else _called(made, inputs)
    if isinstance(answer, dict | list | tuple):
        raise ValueError(
            f"your model has {len(answer)} outputs, expected one: return a model with the prediction alone, "
            "keras.Model(inputs, prediction)."
        )
    if len(answer.shape) != RANK:
        raise ValueError(
            f"your model answers with shape {tuple(answer.shape)}, expected (rows, units): put a "
            "keras.layers.Flatten() or a pooling layer before its last dense layer, and keep the last axis."
        )
    if answer.dtype != "float32":  # under mixed precision a loss in half precision would round away
        answer = keras.layers.Activation("linear", dtype="float32", name="output_float32")(answer)
    return keras.Model(dict(inputs.tensors), answer, name=name)


def _forget_compilation(made: Any) -> None:
    """Take off what ``compile`` put on `made`, or its optimizer would be saved within the network."""
    if made.compiled:
        made.optimizer, made.compiled = None, False


def _built_on(made: Any, inputs: Inputs) -> bool:
    """Return whether `made` is a plain graph over the given inputs, without training code of its own."""
    given = {id(tensor) for tensor in inputs.tensors.values()}
    own = getattr(made, "inputs", None) or ()
    plain = type(made).train_step is keras.Model.train_step
    return bool(own) and plain and len(made.outputs) == 1 and all(id(tensor) in given for tensor in own)


def _called(made: Any, inputs: Inputs) -> Tensor:
    argument = _argument(made, inputs)
    try:
        return made(argument)
    except Exception as error:  # layers of the user may raise anything
        shapes = ", ".join(f"{name} {tuple(tensor.shape)}" for name, tensor in inputs.tensors.items())
        raise ValueError(
            f"your model cannot be called with the data's inputs ({shapes}): {type(error).__name__}: "
            f"{str(error).splitlines()[0]} Let the function take `input_shape` or `num_features`, or "
            "`inputs` where there are several."
        ) from error


def _argument(made: Any, inputs: Inputs) -> Any:
    """Return what `made` is to be called with."""
    own = getattr(made, "inputs", None) or []
    if len(own) > 1:
        return _by_name(own, inputs)
    one_input = bool(own) or isinstance(made, keras.Sequential)
    if len(inputs.tensors) > 1 and not (one_input and set(inputs.tensors) == {SEQUENCE, SEQUENCE_LENGTH}):
        if one_input:
            raise ValueError(_unseen(inputs))
        return dict(inputs.tensors)
    name, tensor = next(iter(inputs.tensors.items()))
    if own and not _fits(own[0].shape, tensor.shape):
        raise ValueError(_misfit(tuple(own[0].shape[1:]), name, tuple(tensor.shape[1:])))
    if name == CATEGORIES and _reads_amounts(made):
        raise ValueError(_unseen(inputs))
    return tensor


def _by_name(own: list[Tensor], inputs: Inputs) -> dict[str, Tensor]:
    names = {tensor.name for tensor in own}
    if names != set(inputs.tensors):
        raise ValueError(
            f"your model has the inputs {', '.join(sorted(names))}, the data has "
            f"{', '.join(inputs.tensors)}: give its keras.Input layers these names, or let the function take "
            "`inputs` and build on inputs.tensors. (encode.categories=one_hot makes everything numeric.)"
        )
    for tensor in own:
        given = inputs.tensors[tensor.name].shape
        if not _fits(tensor.shape, given):
            raise ValueError(_misfit(tuple(tensor.shape[1:]), tensor.name, tuple(given[1:])))
    return {name: inputs.tensors[name] for name in names}


def _fits(own: tuple[int | None, ...], given: tuple[int | None, ...]) -> bool:
    return len(own) == len(given) and all(
        mine is None or mine == theirs for mine, theirs in zip(own[1:], given[1:], strict=True)
    )


def _reads_amounts(made: Any) -> bool:
    """Return whether `made` would take category ids for amounts."""
    if not isinstance(made, keras.Sequential) and not getattr(made, "inputs", None):
        return False  # a subclassed model: its own business
    return not any(isinstance(layer, keras.layers.Embedding) for layer in made.layers)


def _misfit(own: tuple[Any, ...], name: str, given: tuple[Any, ...]) -> str:
    return (
        f"your model takes rows of shape {own}, the input `{name}` has {given}: let the function take "
        "`input_shape` (or `num_features`) and use it, or leave the input shape out of a Sequential."
    )


def _unseen(inputs: Inputs) -> str:
    tensors = " and ".join(f"inputs.tensors[{name!r}]" for name in inputs.tensors)
    if CATEGORIES not in inputs.tensors:
        return (
            "your model has one input, and the data has more: let the function take `inputs` and build on "
            f"{tensors}."
        )
    return (
        f"your model has one input, for the numeric columns, and the data also has `{CATEGORIES}`, ids of "
        "categories, which are no amounts: make them numeric with encode.categories=one_hot, or let the "
        f"function take `inputs` and build on {tensors}."
    )
