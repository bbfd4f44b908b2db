"""Change ``params.yaml`` as its owner would: only the values asked for; every other byte stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from stages.shell.page import OPTIONS, Key, Layer, nested

OLD_BOOLEANS = ("y", "yes", "n", "no", "on", "off")
"""Strings that readers of YAML 1.1 take for true or false."""

INDICATORS = ("?", "-", ":")
"""Signs that mean something at the head of a plain scalar, and that ruamel does not always quote."""

INDENT = "  "


def rewrite(text: str, layer: Layer, removed: Sequence[Key] = ()) -> str:
    """Return the page `text` without what stands at `removed`, and with `layer` written into it."""
    for key in removed:
        text = take_out(text, key)
    for key, value in places(layer):
        text = put_in(text, key, value)
    return text


def places(layer: Layer) -> list[tuple[Key, Any]]:
    """Return the place on the page of everything that `layer` says."""
    options = [
        ((OPTIONS, *group.split("."), name, *key), value)
        for (group, name), keywords in layer.options.items()
        for key, value in keywords.items()
    ]
    return [
        *((tuple(group.split(".")), name) for group, name in layer.choices.items()),
        *layer.values.items(),
        *options,
    ]


def put_in(text: str, key: Key, value: Any) -> str:
    r"""Return the page with `value` at `key`.

    Examples
    --------
    >>> put_in("train: {epochs: 5} # few\n", ("train", "patience"), 3)
    'train: {epochs: 5, patience: 3} # few\n'
    >>> put_in("seed: 1\n", ("options", "model", "mlp", "units"), [64, 64])
    'seed: 1\noptions:\n  model:\n    mlp: {units: [64, 64]}\n'
    """
    found = _find(text, key)
    rest = key[found.depth :]
    if found.pair is None:
        return _insert(text, found.mapping, rest, value)
    name, old = found.pair
    if rest and isinstance(old, MappingNode):
        return _insert(text, old, rest, value)
    return _replace(text, name, old, nested(rest, value))


def take_out(text: str, key: Key) -> str:
    r"""Return the page without what stands at `key`, nor the mappings that are empty without it.

    Examples
    --------
    >>> take_out("seed: 1\n# about training\ntrain:\n  epochs: 5\n", ("train", "epochs"))
    'seed: 1\n# about training\n'
    """
    found = _find(text, key)
    if found.mapping is None or found.pair is None or found.depth < len(key):
        return text
    if len(found.mapping.value) == 1 and len(key) > 1:
        return take_out(text, key[:-1])
    name, value = found.pair
    start, end = name.start_mark.index, _end(text, name, value)
    if found.mapping.flow_style:
        return _without_comma(text, start, end)
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    return text[:line_start] + (text[line_end + 1 :] if line_end >= 0 else "")


# --- finding ---------------------------------------------------------------------------------------------


class _Found(NamedTuple):
    """How far a key leads into the page."""

    mapping: MappingNode | None
    """The innermost mapping on the way."""
    pair: tuple[Node, Node] | None
    """The last key found on the way, with its value; None where the page has not even its first part."""
    depth: int
    """How many parts of the key were found."""


def _find(text: str, key: Key) -> _Found:
    mapping = YAML(typ="safe", pure=True).compose(text)
    found = _Found(mapping if isinstance(mapping, MappingNode) else None, None, 0)
    for depth, part in enumerate(key, start=1):
        node = found.pair[1] if found.pair else found.mapping
        if not isinstance(node, MappingNode):
            break
        pair = next((pair for pair in node.value if pair[0].value == part), None)
        if pair is None:
            break
        found = _Found(node, pair, depth)
    return found


def _end(text: str, name: Node, value: Node) -> int:
    """Return where the text of a pair ends; a block's own mark lies behind the comments that follow it."""
    if isinstance(value, MappingNode) and value.value and not value.flow_style:
        return _end(text, *value.value[-1])
    if isinstance(value, SequenceNode) and value.value and not value.flow_style:
        return _end(text, name, value.value[-1])
    if value.start_mark.index == value.end_mark.index:
        return text.index(":", name.end_mark.index) + 1
    return _scalar_end(value)


def _scalar_end(node: Node) -> int:
    end: int = node.end_mark.index
    if isinstance(node, ScalarNode) and node.style in ("|", ">"):
        text = node.end_mark.buffer or ""
        return end - 1 if text[end - 1 : end] == "\n" else end
    return end


# --- writing ---------------------------------------------------------------------------------------------


def _replace(text: str, name: Node, old: Node, value: Any) -> str:
    """Put `value` in the place of `old`, which may be empty, in line or a block."""
    colon = text.index(":", name.end_mark.index) + 1
    return f"{text[:colon]} {inline(value)}{text[_end(text, name, old) :]}"


def _insert(text: str, mapping: MappingNode | None, key: Key, value: Any) -> str:
    """Add `key` at the end of `mapping`, or of an empty page."""
    if mapping is None:
        return _with_newline(text) + _block(key, value, "")
    if mapping.flow_style:
        end = mapping.end_mark.index - 1
        body = text[:end].rstrip()
        comma = "" if not mapping.value or body.endswith(",") else ", "
        pair = f"{inline(key[0])}: {inline(nested(key[1:], value))}"
        return f"{body}{comma}{pair}{text[len(body) : end].rstrip(' ')}{text[end:]}"
    end = text.find("\n", _end(text, *mapping.value[-1]))
    head, tail = (text + "\n", "") if end < 0 else (text[: end + 1], text[end + 1 :])
    return head + _block(key, value, " " * mapping.value[0][0].start_mark.column) + tail


def _block(key: Key, value: Any, indent: str) -> str:
    """Return the lines of a new key: one a level, the innermost mapping in line."""
    if len(key) <= 2:
        return f"{indent}{inline(key[0])}: {inline(nested(key[1:], value))}\n"
    return f"{indent}{inline(key[0])}:\n{_block(key[1:], value, indent + INDENT)}"


def _without_comma(text: str, start: int, end: int) -> str:
    """Take a pair out of a mapping in line, with the comma before or behind it."""
    before, after = text[:start].rstrip(), text[end:].lstrip()
    if after.startswith(","):
        return text[:start] + after[1:].lstrip(" ")
    return before.removesuffix(",") + text[end:]


def _with_newline(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def inline(value: Any) -> str:
    """Return `value` as YAML on one line, fit to stand inside another mapping.

    Examples
    --------
    >>> inline({"units": [64, 64], "activation": None, "rate": 1e-05, "name": "yes"})
    '{units: [64, 64], activation: null, rate: 1e-05, name: "yes"}'
    """
    yaml = YAML()
    yaml.default_flow_style = True
    yaml.width = 1_000_000
    yaml.representer.add_representer(
        type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    stream = StringIO()
    # Inside a mapping: alone or in a list, a scalar or a pair could be written so that it fits only there.
    yaml.dump({"v": _quoted(value)}, stream)
    return stream.getvalue().strip().removeprefix("{v:").removesuffix("}").strip()


def _quoted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_quoted(key): _quoted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_quoted(item) for item in value]
    if isinstance(value, str) and (
        value.lower() in OLD_BOOLEANS or value.startswith(INDICATORS) or not value.isprintable()
    ):
        return DoubleQuotedScalarString(value)
    return value
