"""The networks of ``keras.applications`` by name, without their top, and the scale each of them reads."""

from __future__ import annotations

import difflib
import importlib
import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any

import keras

from stages.models.interface import Tensor

COLOURS = 3
USUAL_SMALLEST = 32
ADDED = ("input_shape", "include_top", "weights", "pooling", "name", "classes", "classifier_activation")
"""Keywords of a network that are given here, or belong to its top."""


def application(name: str) -> Callable[..., Any]:
    """Return the function that builds the network called `name`; raise ValueError if there is none."""
    known = {each: made for each, made in vars(keras.applications).items() if inspect.isfunction(made)}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise ValueError(
        f"model.name={name} is no network of keras.applications.{hint} There are: {', '.join(sorted(known))}."
    )


def preprocessed(maps: Tensor, name: str) -> Tensor:
    """Return pictures of 0 to 255 on the scale that the network called `name` was trained on.

    Networks that scale by themselves are given the pictures as they are.
    """
    module = importlib.import_module(application(name).__module__)
    return module.preprocess_input(maps)


def smallest_size(name: str) -> int:
    """Return the smallest height and width of the pictures that the network called `name` takes, in pixels.

    Examples
    --------
    >>> smallest_size("MobileNetV2"), smallest_size("InceptionV3")
    (32, 75)
    """
    try:
        application(name)(input_shape=(1, 1, COLOURS), include_top=False, weights=None)
    except ValueError as error:  # Keras says it nowhere else
        found = re.search(r"at least (\d+)x\d+", str(error))
        return int(found.group(1)) if found else USUAL_SMALLEST
    return 1


def build_application(
    name: str, *, shape: tuple[int, ...], weights: str, arguments: Mapping[str, Any]
) -> Any:
    """Return the network called `name` without its top, over pictures of `shape`.

    Parameters
    ----------
    weights
        ``imagenet`` downloads those of Keras, unless they were before; anything else leaves them random.

    Raises
    ------
    ValueError
        If it does not take the arguments or the shape, or its weights cannot be downloaded.
    """
    build = application(name)
    _check_arguments(name, build, arguments)
    wanted = "imagenet" if weights == "imagenet" else None
    try:
        return build(input_shape=shape, include_top=False, weights=wanted, **arguments)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"{name} cannot be built over pictures of {shape[0]} x {shape[1]} pixels with the arguments "
            f"{dict(arguments)}: {_first_line(error)} Larger pictures: model.resolution=[96, 96] (or "
            "encode.image.resolution); the arguments stand in model.arguments."
        ) from error
    except Exception as error:  # Keras raises plain exceptions where a download fails
        raise ValueError(
            f"the ImageNet weights of {name} could not be downloaded: {_first_line(error)} Without a "
            "connection take a file that was downloaded elsewhere (model.weights=FILE.weights.h5), or "
            "model.weights=none."
        ) from error


def _check_arguments(name: str, build: Callable[..., Any], arguments: Mapping[str, Any]) -> None:
    taken = [each for each in inspect.signature(build).parameters if each not in (*ADDED, "input_tensor")]
    unknown = [each for each in arguments if each not in taken]
    if unknown:
        raise ValueError(
            f"model.arguments names {', '.join(unknown)}, which {name} does not take: it takes "
            f"{', '.join(taken) or 'none'}."
        )


def _first_line(error: Exception) -> str:
    line = str(error).strip().partition("\n")[0]
    return line if line.endswith(".") else f"{line}."
