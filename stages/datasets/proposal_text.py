"""The text of a data-set YAML: every key with its value and what it means."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from stages.settings.dataset import DatasetSettings

WIDTH: Final = 110
ORDER: Final = (
    "name", "files", "sha256", "target", "task", "positive_class", "columns", "id", "group", "time", "weight",
    "part", "parts", "missing_values", "missing_means", "decimal", "thousands", "date_format",
    "format", "arrays", "sequence", "delimiter", "encoding", "skip_rows", "names", "sheet",
)  # fmt: skip
RARE: Final = ("arrays", "sequence")
"""Keys that a table of one row an example does without."""


def settings_text(values: Mapping[str, Any], head: Sequence[str], *, short: bool = False) -> str:
    """Return the YAML of a data set: `head` as comments, then all keys, defaults where `values` has none.

    `short` leaves out what only tables have; keys of arrays and of long tables stand there where given.

    Examples
    --------
    >>> print(settings_text({"name": "d", "target": "y"}, ["a set"]).splitlines()[1])
    name: d # its folder is data/raw/<name>/
    """
    lines = [f"# {line}" for line in head]
    for key in ORDER:
        if key not in values and (short or key in RARE):
            continue
        lines += _entry(key, values.get(key), DatasetSettings.model_fields[key])
    return "\n".join(lines) + "\n"


def _entry(key: str, value: Any, field: FieldInfo, indent: str = "") -> list[str]:
    default = field.get_default(call_default_factory=True) if not field.is_required() else None
    comment = f"# {field.description}"
    if isinstance(default, BaseModel):
        nested = type(default).model_fields
        given = value or {}
        return [
            f"{key}: {comment}",
            *(line for name, each in nested.items() for line in _entry(name, given.get(name), each, "  ")),
        ]
    chosen = default if value is None else value
    if isinstance(chosen, dict) and chosen:
        return [f"{key}: {comment}", *(f"  {_flow(name)}: {_flow(each)}" for name, each in chosen.items())]
    line = f"{indent}{key}: {_flow(chosen)} {comment}"
    return (
        [line]
        if len(line) <= WIDTH
        else [f"{indent}{comment}", *_wrapped(f"{indent}{key}: {_flow(chosen)}", indent)]
    )


def _wrapped(line: str, indent: str) -> list[str]:
    return textwrap.wrap(
        line, WIDTH, subsequent_indent=f"{indent}  ", break_long_words=False, break_on_hyphens=False
    )


def _flow(value: Any) -> str:
    """Return a value in YAML's flow form; text that YAML would read otherwise is quoted."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(each) for each in value) + "]"
    if not isinstance(value, str):
        return json.dumps(value)
    # OmegaConf takes ${...} for a reference; the backslash makes it plain text.
    text = value.replace("${", "\\${")
    plain = text.isascii() and text.replace("_", "").replace(".", "").isalnum() and text[:1].isalpha()
    reserved = text.casefold() in ("yes", "no", "on", "off", "true", "false", "null", "y", "n", "nan", "inf")
    return text if plain and not reserved else json.dumps(text, ensure_ascii=False)
