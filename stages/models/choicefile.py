"""What is known of a user's model function, and the YAML file that makes it a choice; free of Keras."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

TARGET = "stages.models.adapter.build_own"


class Argument(NamedTuple):
    """One keyword argument of the user's function: its default value, and what its line's comment says."""

    name: str
    default: Any
    comment: str


@dataclass(frozen=True)
class OwnModel:
    """What is known of a model function from its source.

    Attributes
    ----------
    name
        Name of the choice, from the file's name: ``model=<name>``.
    function
        Where `build_own` finds it once the file is in place: ``stages.models.own.<name>:<function>``.
    description
        First line of its docstring.
    arguments
        Keyword arguments of its own, the parameters of the YAML.
    supplied
        Arguments that the pipeline fills in.
    """

    name: str
    function: str
    description: str
    arguments: tuple[Argument, ...]
    supplied: tuple[str, ...]


def model_yaml(model: OwnModel) -> str:
    """Return the text of ``conf/model/<name>.yaml`` for `model`.

    Examples
    --------
    >>> print(model_yaml(OwnModel("net", "stages.models.own.net:build", "Two layers.",
    ...     (Argument("hidden", 64, "width"),), ())), end="")
    # Two layers.
    _target_: stages.models.adapter.build_own
    _partial_: true
    function: stages.models.own.net:build
    hidden: 64  # width
    """
    head = [
        f"# {model.description or f'Your own model: {model.function}'}",
        f"_target_: {TARGET}",
        "_partial_: true",
        f"function: {model.function}",
    ]
    return "\n".join([*head, *(_yaml_line(argument) for argument in model.arguments)]) + "\n"


def _yaml_line(argument: Argument) -> str:
    line = f"{argument.name}: {yaml_value(argument.default)}"
    return f"{line}  # {argument.comment}" if argument.comment else line


def yaml_value(value: Any) -> str:
    """Return a plain Python value in YAML's flow style, read back as the same value.

    Examples
    --------
    >>> yaml_value([64, 1e-05, True, None, "relu"])
    '[64, 1.0e-05, true, null, "relu"]'
    """
    if isinstance(value, list | tuple):
        return f"[{', '.join(yaml_value(each) for each in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{yaml_value(key)}: {yaml_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        return f'"{escaped}"'
    if isinstance(value, float):
        return _yaml_float(value)
    return "null" if value is None else str(value).lower()


def _yaml_float(value: float) -> str:
    if not math.isfinite(value):
        return ".nan" if math.isnan(value) else (".inf" if value > 0 else "-.inf")
    text = repr(value)
    mantissa, exponent, power = text.partition("e")
    return f"{mantissa}.0e{power}" if exponent and "." not in mantissa else text  # YAML wants the dot
