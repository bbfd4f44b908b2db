"""The parameters of a run: every leaf of its configuration, and what a person knows it by."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from stages.shell.page import leaves
from stages.shell.tracking.client import sections
from stages.shell.tracking.names import parameter_names

LONGEST_VALUE = 6000
"""Characters MLflow takes for the value of a parameter."""


def parameters(config: Mapping[str, Any]) -> dict[str, str]:
    """Return every parameter of every section and the name of each group's choice, as MLflow takes them."""
    found = list(_parameters(config))
    return dict(zip(parameter_names(key for key, _ in found), (value for _, value in found), strict=True))


def _parameters(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from config["choices"].items()
    for key, value in leaves(sections(config)):
        text = value if isinstance(value, str) else json.dumps(value)
        yield ".".join(key), text[:LONGEST_VALUE] or '""'  # MLflow shows an empty value as if it were none


def run_name(config: Mapping[str, Any]) -> str:
    """Return a name that a person knows the run by: the model, and what differs from the defaults."""
    differs = [each for each in config["overrides"] if not each.startswith(("model=", "dataset="))]
    return " ".join([config["choices"]["model"], *differs])[:250]
