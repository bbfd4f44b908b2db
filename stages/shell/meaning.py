"""What each parameter is: its default from the YAML, its type, range and meaning from the pydantic models."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel

from stages.settings.choice import Choice, OneOf
from stages.settings.experiment import Settings
from stages.shell.groups import DEFAULTS, choice_file, read_choice

COMMENT = re.compile(r"^(\s*)([A-Za-z_][\w-]*):(.*?\s)#\s*(.*)$")

REQUIRED = "required"

ALIKE = 0.5
"""Share of common words from which two texts say the same, and the longer one is enough."""


class Parameter(NamedTuple):
    """One parameter, as a person needs to know it."""

    key: str
    default: Any
    kind: str
    """Its type and range, in words."""
    meaning: str
    """From the types, then what its line in the YAML says besides: what to change it to."""


def keywords(conf: Path, group: str, name: str) -> list[Parameter]:
    """Return the parameters of one choice, in the order of its file."""
    held = {key: value for key, value in read_choice(conf, group, name).items() if not key.startswith("_")}
    target = read_choice(conf, group, name).get("_target_")
    model = model_of(group, str(target) if target else None)
    return _parameters(held, model, comments(conf.parent / choice_file(group, name)))


def sections(conf: Path) -> dict[str, list[Parameter]]:
    """Return the parameters of every section of ``conf/config.yaml`` that are no choices."""
    held: Any = yaml.load((conf.parent / DEFAULTS).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    said = comments(conf.parent / DEFAULTS)
    found: dict[str, list[Parameter]] = {}
    for name, values in held.items():
        if name == "defaults" or values is None:
            continue
        if isinstance(values, Mapping):
            inside = {key.removeprefix(f"{name}."): text for key, text in said.items()}
            found[name] = _parameters(values, model_of(name), inside)
        else:
            found[name] = _parameters({name: values}, Settings, said)
    return found


def of_model(model: type[BaseModel]) -> list[Parameter]:
    """Return the parameters of a model that has defaults of its own."""
    schema = model.model_json_schema(by_alias=True)
    defaults = dict(_defaults(schema, schema.get("$defs", {})))
    return [Parameter(key, defaults.get(key), *said) for key, said in _fields(schema)]


def _defaults(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, field in schema.get("properties", {}).items():
        inner = _resolved(field, definitions)
        if "properties" in inner:
            yield from ((f"{name}.{below}", value) for below, value in _defaults(inner, definitions))
        else:
            empty: Any = {} if inner.get("type") == "object" else None
            yield name, field.get("default", REQUIRED if name in schema.get("required", ()) else empty)


def model_of(key: str, target: str | None = None) -> type[BaseModel] | None:
    """Return the model of the section or choice at the dotted `key`.

    Parameters
    ----------
    key
        A section (``train``) or a group (``train.optimizer``).
    target
        What the choice calls; None for a section.
    """
    model: Any = Settings
    targets: Mapping[str, type[Choice]] = {}
    for part in key.split("."):
        field = getattr(model, "model_fields", {}).get(part)
        if field is None:
            return None
        model = field.annotation
        targets = next((each.targets for each in field.metadata if isinstance(each, OneOf)), {})
    if target is not None:
        return targets.get(target)
    return model if isinstance(model, type) and issubclass(model, BaseModel) else None


def comments(path: Path) -> dict[str, str]:
    """Return the comment behind each key of a YAML file, by dotted key."""
    found: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        key = re.match(r"^(\s*)([A-Za-z_][\w-]*):", line)
        if key is None:
            continue
        above = [each for each in above if each[0] < len(key[1])] + [(len(key[1]), key[2])]
        if comment := COMMENT.match(line):
            found[".".join(name for _, name in above)] = comment[4].strip()
    return found


def _parameters(
    held: Mapping[str, Any], model: type[BaseModel] | None, said: Mapping[str, str]
) -> list[Parameter]:
    known = dict(_fields(model.model_json_schema(by_alias=True))) if model else {}
    rows = []
    for key, value in _leaves(held, known):
        kind, meaning = known.get(key, ("", ""))
        rows.append(Parameter(key, value, kind, together(meaning, said.get(key, ""))))
    return rows


def together(meaning: str, advice: str) -> str:
    """Return both texts as one, without saying twice how they begin.

    Examples
    --------
    >>> together("width of each layer", "width of each layer: [16] when it overfits")
    'width of each layer: [16] when it overfits'
    >>> together("stop when nothing improves", "false trains all epochs")
    'stop when nothing improves; false trains all epochs'
    """
    if not meaning or not advice:
        return meaning or advice
    words, others = _bare(meaning), _bare(advice)
    likeness = SequenceMatcher(None, words, others).ratio()
    if words == others[: len(words)] or others == words[: len(others)] or likeness > ALIKE:
        return max(advice, meaning, key=len)
    return f"{meaning}; {advice}"


def _bare(text: str) -> list[str]:
    return [word for word in re.findall(r"[\w.*]+", text.casefold()) if word not in ("the", "a", "an", "of")]


def _leaves(held: Mapping[str, Any], known: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the parameters; a mapping that the models know as one parameter stays whole."""
    for key, value in held.items():
        path = f"{above}{key}"
        if isinstance(value, Mapping) and value and path not in known:
            yield from _leaves(value, known, f"{path}.")
        else:
            yield path, value


def _fields(schema: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield key, and (kind, meaning), of every parameter in a JSON schema."""
    definitions = schema.get("$defs", {})
    for name, field in schema.get("properties", {}).items():
        inner = _resolved(field, definitions)
        if "properties" in inner:
            for below, said in _fields({**inner, "$defs": definitions}):
                yield f"{name}.{below}", said
        else:
            yield (
                name,
                (kind_of(field, definitions), str(field.get("description", inner.get("description", "")))),
            )


def _resolved(field: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = field.get("$ref") or next(
        (each["$ref"] for each in field.get("allOf", ()) if "$ref" in each), None
    )
    return definitions[reference.rsplit("/", 1)[-1]] if reference else field


def kind_of(schema: Mapping[str, Any], definitions: Mapping[str, Any] | None = None) -> str:
    """Return the type and range that a JSON schema allows, in words.

    Examples
    --------
    >>> kind_of({"type": "integer", "minimum": 1})
    'integer, at least 1'
    >>> kind_of({"anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": 1}, {"type": "null"}]})
    'number above 0, at most 1, or null'
    """
    schema = _resolved(schema, definitions or {})
    members = schema.get("anyOf") or schema.get("oneOf")
    if members:
        return _listed([kind_of(each, definitions) for each in members])
    if "enum" in schema or "const" in schema:
        return _listed([_spelled(each) for each in schema.get("enum", [schema.get("const")])])
    kind = schema.get("type")
    if kind == "array":
        return f"list of {_inside(schema, definitions)}"
    if kind == "object":
        return f"mapping of names to {_plural(schema.get('additionalProperties', {}), definitions)}"
    words = {"boolean": "true or false", "string": "text", "null": "null"}
    return words.get(str(kind), str(kind or "")) + _range(schema)


def _inside(schema: Mapping[str, Any], definitions: Mapping[str, Any] | None) -> str:
    if "prefixItems" in schema:
        return f"{len(schema['prefixItems'])}: " + ", ".join(
            kind_of(each, definitions) for each in schema["prefixItems"]
        )
    return _plural(schema.get("items", {}), definitions)


def _plural(schema: Any, definitions: Mapping[str, Any] | None) -> str:
    said = kind_of(schema, definitions) if isinstance(schema, Mapping) and schema else "values"
    return re.sub(r"^(integer|number)\b", r"\1s", said)


def _listed(words: list[str]) -> str:
    words = list(dict.fromkeys(words))
    if len(words) == 1:
        return words[0]
    comma = "," if any("," in word or " " in word for word in words) else ""
    return f"{', '.join(words[:-1])}{comma} or {words[-1]}"


def _spelled(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {True: "true", False: "false", None: "null"}[value]
    return str(value) if re.fullmatch(r"[\w.+-]*\w[\w.+-]*", str(value)) else repr(value)


def _range(schema: Mapping[str, Any]) -> str:
    words = {
        "minimum": ", at least",
        "exclusiveMinimum": " above",
        "maximum": ", at most",
        "exclusiveMaximum": ", below",
    }
    return "".join(f"{word} {schema[key]:.10g}" for key, word in words.items() if key in schema)
