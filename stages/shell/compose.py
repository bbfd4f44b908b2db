"""From ``conf/``, ``params.yaml`` and overrides to the one typed configuration.

Hydra composes the choices, the page's values are laid over them leaf by leaf, OmegaConf resolves ``${...}``,
pydantic checks the types, and every wrong thing is said at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from pydantic import ValidationError

from stages.settings.combinations import impossible
from stages.settings.experiment import Settings
from stages.shell.faults import explain, file_of
from stages.shell.groups import DEFAULTS, Problem, choice_file, find_groups, group_above
from stages.shell.layering import find_changes, flatten, lay_over, unknown_options, unknown_removed
from stages.shell.overrides import COMMAND_LINE, Overrides, parse_overrides, without
from stages.shell.page import PAGE, Layer, leaves, read_page, split_page


class ConfigurationError(ValueError):
    """Everything wrong with a configuration, one line each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(dict.fromkeys(problems))
        count = len(self.problems)
        head = "The configuration has one fault" if count == 1 else f"The configuration has {count} faults"
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"{head}; nothing was run:\n{lines}")


@dataclass(frozen=True)
class Composition:
    """A composed, typed and checked configuration."""

    settings: Settings
    choices: dict[str, str]
    """The active choice of each group."""
    choice_origins: dict[str, str]
    """The file that names it."""
    origins: dict[str, str]
    """The file that each leaf's value comes from, by dotted key."""
    interpolations: dict[str, str]
    """What stands in that file, for the leaves whose value is taken from another one (``${seed}``)."""
    changed: dict[str, Any]
    """The default of each choice that is another one, and of each leaf that is not as its own file has it."""
    asked: Overrides
    """What the command line asked for."""

    def document(self) -> dict[str, Any]:
        """Return what ``data/config.yaml`` holds: every section, the names of the choices, the overrides."""
        sections: dict[str, Any] = self.settings.model_dump(mode="json", by_alias=True)
        return sections | {"choices": dict(self.choices), "overrides": self.differences()}

    def differences(self) -> list[str]:
        """Return what differs from the defaults, in the words of an override; the choices come first."""
        now = {**self.leaves(), **self.choices}
        return [f"{key}={_word(now[key])}" for key in self.changed if key in now]

    def text(self) -> str:
        """Return the bytes of ``data/config.yaml``."""
        return yaml.safe_dump(self.document(), sort_keys=False, allow_unicode=True)

    def leaves(self) -> dict[str, Any]:
        """Return every leaf of every section by its dotted key."""
        return dict(flatten(self.settings.model_dump(mode="json", by_alias=True)))


def compose(
    root: Path, arguments: Sequence[str] = (), *, page: Mapping[str, Any] | None = None
) -> Composition:
    """Return the configuration of the project at `root`.

    Parameters
    ----------
    root
        Folder that holds ``conf/`` and ``params.yaml``.
    arguments
        Overrides in Hydra's grammar, laid over the page.
    page
        The experiment; read from ``params.yaml`` where not given.

    Raises
    ------
    ConfigurationError
        Naming every wrong key, type, choice, range and combination, with its file and the nearest right name.
    """
    conf = root / "conf"
    groups = find_groups(conf)
    defaults = default_choices(conf)
    layer, problems = split_page(read_page(root / PAGE) if page is None else page, groups)
    overrides = parse_overrides(arguments, groups, defaults, layer)
    problems = problems + overrides.problems
    kept = without(layer, overrides.removed, defaults)
    choices = {**defaults, **kept.choices, **overrides.layer.choices}
    base = _composed(conf, choices, groups)
    problems += unknown_removed(overrides.removed, [layer, overrides.layer], base)
    tree, origins = base, {".".join(key): _conf_file(".".join(key), choices) for key, _ in leaves(base)}
    for each, name in ((kept, PAGE), (overrides.layer, COMMAND_LINE)):
        problems += unknown_options(conf, each, choices, name)
        tree, origins = lay_over(tree, origins, each, choices, name)
    return Composition(
        settings=_typed(tree, conf, choices, origins, problems),
        choices={group: choices[group] for group in sorted(choices)},
        choice_origins={group: _chosen_in(group, kept, overrides.layer) for group in choices},
        origins=origins,
        interpolations={
            key: value for key, value in flatten(tree) if isinstance(value, str) and "${" in value
        },
        changed=find_changes(defaults, choices, base, tree),
        asked=overrides,
    )


def _word(value: Any) -> str:
    """Return `value` as an override writes it: true and null, not True and None."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _chosen_in(group: str, page: Layer, command_line: Layer) -> str:
    if group in command_line.choices:
        return COMMAND_LINE
    return PAGE if group in page.choices else DEFAULTS


def default_choices(conf: Path) -> dict[str, str]:
    """Return the choice of each group named in the defaults list of ``conf/config.yaml``.

    Raises
    ------
    ConfigurationError
        Where that file cannot be read or has no such list.
    """
    try:
        listed = yaml.safe_load((conf / "config.yaml").read_text(encoding="utf-8"))["defaults"]
        pairs = [item for entry in listed if isinstance(entry, Mapping) for item in entry.items()]
    except (OSError, ValueError, yaml.YAMLError, LookupError, TypeError) as error:
        said = " ".join(str(error).split())
        message = (
            f"expected YAML with a list `defaults:` of `- group: choice` ({type(error).__name__}: {said})"
        )
        raise ConfigurationError([Problem("defaults", message, DEFAULTS)]) from error
    return {str(group).replace("/", "."): str(name) for group, name in pairs}


def _composed(
    conf: Path, choices: Mapping[str, str], groups: Mapping[str, tuple[str, ...]]
) -> dict[str, Any]:
    """Return the choices composed by Hydra, without any value laid over them, nor ``${...}`` resolved."""
    absent = [group for group, name in choices.items() if name not in groups.get(group, ())]
    if absent:
        raise ConfigurationError(
            [
                Problem(group, f"there is no {choice_file(group, choices[group])}", DEFAULTS)
                for group in absent
            ]
        )
    quoted = {group.replace(".", "/"): name.replace("'", r"\'") for group, name in choices.items()}
    try:
        with initialize_config_dir(str(conf.resolve()), version_base="1.3"):
            composed = hydra_compose(
                "config", overrides=[f"{group}='{name}'" for group, name in quoted.items()]
            )
        container: Any = OmegaConf.to_container(composed, resolve=False)
    except (HydraException, OmegaConfBaseException, yaml.YAMLError, UnicodeDecodeError) as error:
        said = " ".join(str(error).split())
        raise ConfigurationError([Problem("conf/", f"Hydra cannot compose it: {said}", DEFAULTS)]) from error
    return dict(container)


def _conf_file(key: str, choices: Mapping[str, str]) -> str:
    group = group_above(key, choices)
    return choice_file(group, choices[group]) if group else DEFAULTS


# --- types -----------------------------------------------------------------------------------------------


def _typed(
    tree: Mapping[str, Any],
    conf: Path,
    choices: Mapping[str, str],
    origins: Mapping[str, str],
    problems: list[Problem],
) -> Settings:
    """Return the typed settings; raise with all `problems` and those found here."""
    try:
        plain: Any = OmegaConf.to_container(OmegaConf.create(dict(tree)), resolve=True)
        # Strict JSON: a list may become a tuple, but neither "50" nor true becomes a number.
        settings = Settings.model_validate_json(json.dumps(plain), strict=True)
    except ValidationError as error:
        said = {problem.key for problem in problems}
        found = [each for each in explain(error, conf, choices, origins, plain) if each.key not in said]
        raise ConfigurationError([*problems, *_first_causes(found, tree)]) from error
    except (OmegaConfBaseException, TypeError) as error:
        key = str(getattr(error, "full_key", None) or "${...}")
        message = " ".join(str(error).split()).partition(" full_key:")[0]
        raise ConfigurationError([*problems, Problem(key, message, file_of(key, origins))]) from error
    problems = problems + [Problem(key, why, file_of(key, origins)) for key, why in impossible(settings)]
    if settings.dataset.name != choices["dataset"]:
        why = f"must be the name of its file, `{choices['dataset']}`: data/raw/<dataset> is found by it"
        problems.append(Problem("dataset.name", why, file_of("dataset.name", origins)))
    if problems:
        raise ConfigurationError(problems)
    return settings


def _first_causes(found: Sequence[Problem], tree: Mapping[str, Any]) -> list[Problem]:
    """Return `found` without the leaves that only repeat (``${seed}``) a value that is wrong itself."""
    wrong = {problem.key for problem in found}
    raw = dict(flatten(tree))
    return [each for each in found if not any(raw.get(each.key) == f"${{{key}}}" for key in wrong)]
