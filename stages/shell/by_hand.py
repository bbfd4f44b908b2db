"""One stage by hand, with overrides: ``python -m stages.train train.epochs=2``.

Takes Hydra's grammar, and its ``--cfg``, ``--package`` and ``--help``. Writes to ``scratch/<stage>/``, never
to ``data/``; refuses parameters that the stage does not read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml

from stages.settings.choice import Section
from stages.shell.compose import ConfigurationError, compose
from stages.shell.groups import Problem
from stages.shell.overrides import COMMAND_LINE
from stages.shell.store import ROOT, Store

Config = TypeVar("Config", bound=Section)


def open_by_hand(
    name: str, config_type: type[Config], arguments: list[str], root: Path = ROOT
) -> tuple[Config, Store] | None:
    """Return the configuration with overrides and a store that writes to scratch.

    None where the arguments only asked to see something.

    Raises
    ------
    ConfigurationError
        Where an override is wrong, or belongs to a section this stage does not read.
    """
    options = _parser(name, config_type).parse_args(arguments)
    composition = compose(root, options.overrides)
    _refuse_foreign(name, config_type, options.overrides)
    sections = {key: composition.document()[key] for key in config_type.model_fields}
    if options.cfg:
        sys.stdout.write(_shown(sections, options.package))
        return None
    config = config_type.model_validate(sections)
    scope = config.model_dump_json(by_alias=True)
    return config, Store(name, root / "scratch" / name, data=root / "data", scope=scope)


def _parser(name: str, config_type: type[Section]) -> argparse.ArgumentParser:
    sections = ", ".join(config_type.model_fields)
    parser = argparse.ArgumentParser(
        prog=f"python -m stages.{name}",
        description=f"Run stage {name} by hand. Without arguments: as DVC does, from data/config.yaml to "
        f"data/{name}. With overrides: from params.yaml and the overrides to scratch/{name}.",
        epilog=f"Reads the sections: {sections}. `upcurve choices` lists what can be chosen; "
        "docs/parameters.md says what each parameter means.",
    )
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE", help="override in Hydra's grammar")
    parser.add_argument(
        "--cfg", "-c", choices=["job", "all"], help="show the configuration instead of running"
    )
    parser.add_argument("--package", "-p", help="with --cfg: only this section")
    parser.add_argument("--resolve", action="store_true", help="accepted for Hydra's sake: always resolved")
    return parser


def _refuse_foreign(name: str, config_type: type[Section], arguments: Sequence[str]) -> None:
    sections = list(config_type.model_fields)
    problems = []
    for argument in arguments:
        key = argument.lstrip("+~").split("=")[0].replace("/", ".")
        section = key.split(".")[0]
        if section not in sections:
            why = f"stage {name} does not read section `{section}` (it reads: {', '.join(sections)})"
            problems.append(Problem(key, why, COMMAND_LINE))
    if problems:
        raise ConfigurationError(problems)


def _shown(sections: dict[str, Any], package: str | None) -> str:
    tree: Any = sections
    for key in (package or "").split("."):
        if not key:
            continue
        if not isinstance(tree, dict) or key not in tree:
            raise ConfigurationError([Problem(package or "", "no such section here", COMMAND_LINE)])
        tree = tree[key]
    return yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)
