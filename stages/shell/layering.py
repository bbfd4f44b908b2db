"""A page or command line laid over the composed defaults, leaf by leaf."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from stages.settings.experiment import Settings
from stages.shell.faults import TARGET, unknown_keyword
from stages.shell.groups import Problem, nearest, read_choice
from stages.shell.overrides import COMMAND_LINE
from stages.shell.page import OPTIONS, Key, Layer, leaves


def flatten(tree: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the dotted key and the value of every leaf; lists and empty mappings are leaves."""
    for key, value in leaves(tree):
        yield ".".join(key), value


def find_changes(
    defaults: Mapping[str, str], choices: Mapping[str, str], base: Mapping[str, Any], tree: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the default of each choice that is another one, and of each leaf that was changed.

    Parameters
    ----------
    defaults, choices
        The choice of each group by default, and now.
    base, tree
        The active choices as their files have them, and what was laid over them.
    """
    before, after = dict(flatten(base)), dict(flatten(tree))
    groups = {group: defaults[group] for group, name in choices.items() if defaults[group] != name}
    return groups | {
        key: before.get(key) for key, value in after.items() if key not in before or before[key] != value
    }


def lay_over(
    tree: dict[str, Any], origins: Mapping[str, str], layer: Layer, choices: Mapping[str, str], name: str
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return `tree` with the values and active options of `layer`, and where each leaf now comes from."""
    tree = copy.deepcopy(tree)
    origins = dict(origins)
    options = [
        ((*group.split("."), *key), value)
        for (group, choice), keywords in layer.options.items()
        for key, value in keywords.items()
        if choices.get(group) == choice
    ]
    for key, value in [*layer.values.items(), *options]:
        if _place(tree, key, value):
            dotted = ".".join(key)
            around = [
                leaf for leaf in origins if leaf.startswith(dotted + ".") or dotted.startswith(leaf + ".")
            ]
            for leaf in around:
                del origins[leaf]
            origins[dotted] = name
    return tree, origins


def _place(tree: dict[str, Any], key: Key, value: Any) -> bool:
    """Set one leaf of `tree`; False where there is nothing to set."""
    for part in key[:-1]:
        if not isinstance(tree.get(part), dict):
            tree[part] = {}
        tree = tree[part]
    if value is None and isinstance(tree.get(key[-1]), dict) and tree[key[-1]]:
        return False  # `train:` with every line below it commented out lays nothing over
    tree[key[-1]] = copy.deepcopy(value)
    return True


def unknown_removed(
    removed: Sequence[str], layers: Sequence[Layer], tree: Mapping[str, Any]
) -> list[Problem]:
    """List what ``~key`` names without there being such a key."""
    known = {".".join(key[:end]) for key, _ in leaves(tree) for end in range(1, len(key) + 1)}
    for layer in layers:
        known |= {".".join(key) for key in layer.values} | set(layer.choices)
        known |= {
            ".".join([group, *key]) for (group, _), keywords in layer.options.items() for key in keywords
        }
    unknown = [key for key in removed if key not in known and not key.startswith(OPTIONS)]
    return [Problem(key, f"no such parameter{nearest(key, known)}", COMMAND_LINE) for key in unknown]


def unknown_options(conf: Path, layer: Layer, choices: Mapping[str, str], file: str) -> list[Problem]:
    """List keywords that their choice's file does not have, whether the choice is active or not.

    A choice without a target is a section's values; its types know keys that its file leaves out.
    """
    problems = []
    for (group, name), keywords in layer.options.items():
        known = read_choice(conf, group, name)
        if TARGET not in known and choices.get(group) == name:
            continue
        section = Settings.model_fields.get(group)
        fields = getattr(section.annotation, "model_fields", {}) if section and TARGET not in known else {}
        for key in keywords:
            if key[0] not in known and key[0] not in fields:
                active = choices.get(group) == name
                place = ".".join([group, *key] if active else [OPTIONS, group, name, *key])
                message = unknown_keyword(conf, group, name, key[0])
                problems.append(Problem(place, message, file))
    return problems
