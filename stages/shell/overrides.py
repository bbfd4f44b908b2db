"""Hydra's override grammar on the command line: ``train.dropout=0.2 model=cnn ~train.epochs``.

``key=value``, ``+key=value`` and ``++key=value`` all lay a value over the page (an unknown key is refused by
its section's types); ``~key`` takes a key, a choice or a whole section back to its default.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from stages.shell.groups import Problem, check_choice, group_above
from stages.shell.page import OPTIONS, Key, Layer, check_leaf, leaves, nested, split_options

COMMAND_LINE = "command line"


class Overrides(NamedTuple):
    """What the command line asks for."""

    layer: Layer
    removed: tuple[str, ...]
    """Keys taken back to their default (``~key``)."""
    problems: list[Problem]


def parse_overrides(
    arguments: Sequence[str],
    groups: Mapping[str, tuple[str, ...]],
    defaults: Mapping[str, str],
    page: Layer | None = None,
) -> Overrides:
    """Sort overrides into choices, values, and keywords of the choices that will be active.

    Parameters
    ----------
    arguments
        In Hydra's grammar. A nested group may be written ``train/optimizer`` or ``train.optimizer``.
    groups
        The choices of each group.
    defaults
        The choice of each group where the page names none.
    page
        What ``params.yaml`` says.
    """
    parsed: list[tuple[str, Any]] = []
    removed: list[str] = []
    problems: list[Problem] = []
    for argument in arguments:
        result = _parse(argument)
        if isinstance(result, Problem):
            problems.append(result)
        elif isinstance(result, str):
            removed.append(result)
        else:
            parsed.append(result)
    page = without(page or Layer({}, {}, {}), removed, defaults)
    layer, found = _sort(parsed, groups, {**defaults, **page.choices})
    return Overrides(layer, tuple(removed), problems + found)


def without(layer: Layer, removed: Sequence[str], defaults: Mapping[str, str]) -> Layer:
    """Return `layer` without the keys that were taken back to their default.

    A keyword (``~model.units``) goes from the active choice; a group (``~model``) or a section (``~train``)
    goes with all the options of its choices.
    """

    def gone(key: str) -> bool:
        return any(key == name or key.startswith(name + ".") for name in removed)

    active = {**defaults, **layer.choices}
    options = {
        (group, name): {
            key: value
            for key, value in keywords.items()
            if not gone(group)
            and not gone(".".join([OPTIONS, group, name, *key]))
            and not (active.get(group) == name and gone(".".join([group, *key])))
        }
        for (group, name), keywords in layer.options.items()
    }
    return Layer(
        {group: name for group, name in layer.choices.items() if not gone(group)},
        {key: value for key, value in layer.values.items() if not gone(".".join(key))},
        {place: keywords for place, keywords in options.items() if keywords},
    )


def _parse(argument: str) -> tuple[str, Any] | str | Problem:
    """Return (key, value), or the key taken back, or what is wrong."""
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        override = OverridesParser.create().parse_override(argument)
        value = None if override.is_sweep_override() else override.value()
    except HydraException as error:
        return _parse_as_yaml(argument, error)
    key = override.key_or_group.replace("/", ".")
    if refused := _refused(override, argument, key):
        return Problem(key or argument, refused, COMMAND_LINE)
    return key if override.is_delete() else (key, value)


def _refused(override: Any, argument: str, key: str) -> str:
    """Return why what Hydra's grammar allows has no meaning here, or nothing."""
    if not key:
        return "there is no key before the `=`"
    if override.package is not None:
        return "`@package` has no meaning here: every group has one place"
    if override.is_sweep_override():
        return (
            "several values at once are a sweep: use `dvc exp run --queue -S key=a,b`, then `dvc queue start`"
        )
    if override.is_delete() and "=" in argument:
        return f"to take it back to its default write `~{key}`, without a value"
    return ""


def _parse_as_yaml(argument: str, error: Exception) -> tuple[str, Any] | Problem:
    """Read what Hydra's grammar has no words for: ``{"<=50K": 3}``, letters with accents."""
    key, _, text = argument.lstrip("+").partition("=")
    said = " ".join(str(error).split()).partition(" See https://")[0]
    problem = Problem(argument, f"expected `key=value` in Hydra's grammar ({said})", COMMAND_LINE)
    if "=" not in argument or not key.replace("/", ".").replace("-", "_").replace(".", "_").isidentifier():
        return problem
    try:
        return key.replace("/", "."), YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError):
        return problem


def _sort(
    parsed: Sequence[tuple[str, Any]], groups: Mapping[str, tuple[str, ...]], active: Mapping[str, str]
) -> tuple[Layer, list[Problem]]:
    """Return the layer; choices come first, since keywords go to the choice that will be active."""
    layer = Layer({}, {}, {})
    problems: list[Problem] = []
    flat = [leaf for name, value in parsed for leaf in _leaves(name, value, groups)]
    for key, value in flat:
        group = ".".join(key)
        if group in groups:
            name = str(value) if str(value) in groups[group] else value
            problem = check_choice(group, name, groups, COMMAND_LINE)
            problems.extend([problem] if problem else [])
            layer.choices.update({} if problem else {group: name})
    for key, value in flat:
        problems.extend(_place(layer, key, value, groups, {**active, **layer.choices}))
    return layer, problems


def _leaves(name: str, value: Any, groups: Mapping[str, Any]) -> list[tuple[Key, Any]]:
    """Return what one override sets: a mapping over a section sets each of its leaves."""
    key = tuple(part for part in name.split(".") if part)
    if isinstance(value, Mapping) and value and name not in groups:
        return list(leaves(value, stop=groups, above=key))
    return [(key, value)]


def _place(
    layer: Layer,
    key: Key,
    value: Any,
    groups: Mapping[str, tuple[str, ...]],
    active: Mapping[str, str],
) -> list[Problem]:
    """Put one value where it belongs in `layer`, which is being built; list what is wrong with it."""
    name = ".".join(key)
    group = group_above(name, groups)
    if group == name:
        return []
    if problem := check_leaf(name, value, groups, COMMAND_LINE):
        return [problem]
    if key[0] == OPTIONS:
        options, problems = split_options(nested(key[1:], value), groups, COMMAND_LINE)
        for place, keywords in options.items():
            layer.options.setdefault(place, {}).update(keywords)
        return problems
    if group is None:
        layer.values[key] = value
    else:
        inner = key[group.count(".") + 1 :]
        layer.options.setdefault((group, active.get(group, "")), {})[inner] = value
    return []
