"""Call a user's function that returns a Keras model, with the arguments it wants."""

from __future__ import annotations

import importlib
import inspect
import traceback
from collections.abc import Callable, Mapping
from typing import Any

import keras

from stages.models.features import CATEGORIES, NUMERIC, TEXT
from stages.models.interface import Inputs, Outputs
from stages.models.supplied import ALWAYS, IF_REQUIRED, is_supplied

NUM_FEATURES = ("input_dim", "num_features", "n_features", "num_inputs")


def call_own(function: str, keywords: Mapping[str, Any], *, inputs: Inputs, outputs: Outputs) -> Any:
    """Return the Keras model that ``module:function`` returns for this data.

    Raises
    ------
    ValueError
        If there is no such function, it fails, it needs an argument nobody gives, or it returns
        something else. The message says how to mend it.
    """
    called = own_function(function)
    arguments = bound_arguments(called, keywords, inputs=inputs, outputs=outputs, function=function)
    made = _call(called, arguments, function=function)
    if not isinstance(made, keras.Model):
        raise ValueError(_not_a_model(made, function))
    return made


def own_function(function: str) -> Callable[..., Any]:
    """Return what ``module:name`` names; raise ValueError if it is not there or cannot be imported."""
    module_name, _, name = function.partition(":")
    try:
        module = importlib.import_module(module_name)
    except Exception as error:  # it is the user's code: anything may come
        raise ValueError(
            f"model.function={function}: {module_name.replace('.', '/')}.py cannot be imported: "
            f"{type(error).__name__}: {error}. "
            "Mend the file, install what it imports, or put it there with `upcurve new model FILE.py:build`."
        ) from error
    called: Callable[..., Any] | None = getattr(module, name, None)
    if called is None or not callable(called):
        functions = ", ".join(each for each, value in vars(module).items() if inspect.isfunction(value))
        raise ValueError(
            f"model.function={function}: {module_name} has no `{name}`; it has: {functions or 'none'}."
        )
    return called


def bound_arguments(
    called: Callable[..., Any],
    keywords: Mapping[str, Any],
    *,
    inputs: Inputs,
    outputs: Outputs,
    function: str,
) -> inspect.BoundArguments:
    """Return the arguments for `called`: what the pipeline fills in, and `keywords`.

    Raises
    ------
    ValueError
        If a required argument is nobody's, or a keyword is not taken.
    """
    signature = _signature(called)
    parameters = signature.parameters.values()
    named = [each for each in parameters if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)]
    values = dict(keywords)
    for each in named:
        if is_supplied(each.name, required=each.default is each.empty):
            values[each.name] = supplied(each.name, inputs=inputs, outputs=outputs)
    _check_names(named, values, function=function, open_end=len(named) < len(parameters))
    bound = inspect.BoundArguments(signature, {})
    bound.arguments.update({each.name: values[each.name] for each in named if each.name in values})
    return bound


def supplied(name: str, *, inputs: Inputs, outputs: Outputs) -> Any:
    """Return the value of the argument called `name`, one of those in `stages.models.supplied`."""
    values: dict[str, Callable[[], Any]] = {
        "inputs": lambda: inputs,
        "outputs": lambda: outputs,
        "spec": lambda: inputs.spec,
        "task": lambda: outputs.task,
        "classes": lambda: inputs.spec.classes,
        "category_sizes": lambda: getattr(inputs.spec.input(CATEGORIES), "sizes", ()),
        "vectors": lambda: inputs.vectors,
        **dict.fromkeys(("vocabulary_size", "vocab_size"), lambda: _vocabulary_size(inputs)),
        "output_activation": lambda: outputs.activation,
        "output_bias": lambda: _bias(outputs),
        **dict.fromkeys(("input_shape", "shape"), lambda: main_shape(inputs)),
        **dict.fromkeys(NUM_FEATURES, lambda: main_shape(inputs)[0]),
        **dict.fromkeys(("num_classes", "n_classes"), lambda: max(outputs.num_classes, 1)),
        **dict.fromkeys(("num_outputs", "output_units"), lambda: outputs.units),
    }
    return values[name]()


def main_shape(inputs: Inputs) -> tuple[int, ...]:
    """Return the shape of one row of the numeric columns, or of the only input there is."""
    spec = inputs.spec.input(NUMERIC) or inputs.spec.inputs[0]
    return spec.shape


def _vocabulary_size(inputs: Inputs) -> int:
    text = inputs.spec.input(TEXT)
    return 0 if text is None else text.sizes[0]


def _bias(outputs: Outputs) -> float | list[float] | None:
    if outputs.bias is None:
        return None
    return outputs.bias[0] if outputs.units == 1 else list(outputs.bias)


def _signature(called: Callable[..., Any]) -> inspect.Signature:
    if not inspect.isclass(called):
        return inspect.signature(called)
    # keras.Model.__new__ takes *args, **kwargs and would hide the names
    parameters = list(inspect.signature(called.__init__).parameters.values())
    return inspect.Signature(parameters[1:])


def _check_names(
    named: list[inspect.Parameter], values: Mapping[str, Any], *, function: str, open_end: bool
) -> None:
    missing = [each.name for each in named if each.default is each.empty and each.name not in values]
    if missing:
        raise ValueError(
            f"{function} needs {', '.join(f'`{name}`' for name in missing)}, which the pipeline does not "
            "know: give it a default, or use one of the names it fills in: "
            + ", ".join((*ALWAYS, *IF_REQUIRED))
        )
    unknown = values.keys() - {each.name for each in named}
    if unknown and not open_end:
        raise ValueError(
            f"{function} takes no {', '.join(f'`{name}`' for name in sorted(unknown))}; its arguments are "
            f"{', '.join(each.name for each in named) or 'none'}. Correct the model's YAML in conf/model/."
        )


def _call(called: Callable[..., Any], arguments: inspect.BoundArguments, *, function: str) -> Any:
    try:
        return called(*arguments.args, **arguments.kwargs)
    except Exception as error:  # it is the user's code: anything may come
        line = traceback.extract_tb(error.__traceback__)[-1]
        given = ", ".join(f"{name}={_short(value)}" for name, value in arguments.arguments.items())
        raise ValueError(
            f"{function} failed with {type(error).__name__}: {error} (line {line.lineno} of {line.name}). "
            f"It was called with {given or 'no argument'}."
        ) from error


def _short(value: Any) -> str:
    text = type(value).__name__ if isinstance(value, Inputs | Outputs) else repr(value)
    return text if len(text) < 80 else f"{text[:77]}..."


def _not_a_model(made: Any, function: str) -> str:
    if made is None:
        return f"{function} returned nothing: end it with `return model`."
    received = f"{type(made).__module__}.{type(made).__name__}"
    return (
        f"{function} must return a keras.Model (Sequential, functional or subclassed), received a "
        f"{received}. A model of tf_keras (Keras 2) or PyTorch is none: import keras or tensorflow.keras."
    )
