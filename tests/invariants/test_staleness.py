"""Invariant 2: what a change of each parameter and of each choice makes stale, asked of DVC itself."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from dvc.dependency import ParamsDependency
from dvc.repo import Repo
from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from omegaconf import OmegaConf

from stages.settings.experiment import Settings
from stages.shell.compose import default_choices
from stages.shell.groups import find_groups
from stages.shell.page import leaves

ROOT = Path(__file__).resolve().parents[2]
GROUPS = find_groups(ROOT / "conf")
CHOICES = [(group, name) for group, names in GROUPS.items() for name in names]


@cache
def raw_config(*chosen: tuple[str, str]) -> dict[str, Any]:
    """Hydra's own composition, interpolations unresolved."""
    with initialize_config_dir(str(ROOT / "conf"), version_base="1.3"):
        choices = default_choices(ROOT / "conf") | dict(chosen)
        config = hydra_compose("config", [f"{g.replace('.', '/')}={n}" for g, n in choices.items()])
    raw: dict[str, Any] = OmegaConf.to_container(config, resolve=False)
    return raw


def resolved(raw: dict[str, Any]) -> dict[str, Any]:
    return dict(OmegaConf.to_container(OmegaConf.create(raw), resolve=True))


LEAVES = list(leaves(raw_config()))
NAMES = [".".join(key) for key, _ in LEAVES]


def other(value: Any) -> Any:
    """A value that DVC takes for another (1 and 1.0 and true are the same to it)."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1.5
    return [value, "other"]


@cache
def handed_to(section: str) -> set[str]:
    """The stages whose code is handed `section`, read from their Config models."""
    stages = set()
    for stage in ("clean", "split", "baseline", "encode", "resample", "augment", "train", "evaluate"):
        module = importlib.import_module(f"stages.settings.{stage}")
        if section in getattr(module, f"{stage.capitalize()}Config").model_fields:
            stages.add(stage)
    return stages


@pytest.fixture(scope="module")
def repository(make_project: Any) -> Iterator[Repo]:
    """A project whose outputs (empty files) are all up to date in dvc.lock."""
    project = make_project()
    subprocess.run([sys.executable, "-m", "stages.configure"], cwd=project, check=True)
    stages = yaml.safe_load((project / "dvc.yaml").read_text())["stages"]
    for stage in stages:
        if stage != "configure":
            (project / "data" / stage).mkdir(exist_ok=True)
            (project / "data" / stage / "empty").touch()
    subprocess.run([sys.executable, "-m", "dvc", "commit", "-q", "-f"], cwd=project, check=True)
    with Repo(str(project)) as repo:
        yield repo


def stale(repository: Repo, document: dict[str, Any]) -> set[str]:
    """The stages that DVC calls changed, when `document` is the composed configuration."""
    path = Path(repository.root_dir) / "data" / "config.yaml"
    before = path.read_text()
    path.write_text(yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False))
    try:
        changed = set()
        for stage in repository.index.stages:
            for dependency in stage.deps:
                watched = (
                    isinstance(dependency, ParamsDependency) or dependency.def_path == "data/config.yaml"
                )
                if stage.name != "configure" and watched and dependency.status():
                    changed.add(stage.name)
        return changed
    finally:
        path.write_text(before)


@cache
def configured(repository: Repo) -> str:
    return (Path(repository.root_dir) / "data" / "config.yaml").read_text()


def base_document(repository: Repo) -> dict[str, Any]:
    document: dict[str, Any] = yaml.load(configured(repository), Loader=yaml.CSafeLoader)
    return document


def place(document: dict[str, Any], key: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    """The mapping that holds the leaf, and its last key."""
    *path, last = key
    for part in path:
        document = document[part]
    return document, last


def test_nothing_is_stale_before_a_change(repository: Repo) -> None:
    assert stale(repository, base_document(repository)) == set()


@pytest.mark.parametrize("key", [key for key, _ in LEAVES], ids=NAMES)
def test_a_leaf_makes_stale_exactly_the_stages_that_are_handed_it(
    repository: Repo, key: tuple[str, ...]
) -> None:
    followers = [leaf for leaf, raw in LEAVES if f"${{{'.'.join(key)}}}" in str(raw)]
    document = base_document(repository)
    for leaf in [key, *followers]:
        holder, last = place(document, leaf)
        holder[last] = other(holder[last])
    expected = set().union(*(handed_to(leaf[0]) for leaf in [key, *followers]))
    assert stale(repository, document) == expected | {"record"}


@pytest.mark.parametrize(("group", "name"), CHOICES, ids=[f"{g}={n}" for g, n in CHOICES])
def test_a_choice_makes_stale_exactly_the_stages_that_are_handed_it(
    repository: Repo, group: str, name: str
) -> None:
    choices = default_choices(ROOT / "conf")
    if choices[group] == name:
        name = next(each for each in GROUPS[group] if each != name)
    base = base_document(repository)
    changed = resolved(raw_config((group, name)))
    typed = Settings.model_validate(changed).model_dump(mode="json", by_alias=True)
    document = base | typed | {"choices": base["choices"] | {group: name}}
    sections = {section for section in typed if typed[section] != base[section]}
    expected = set().union(*(handed_to(section) for section in sections))
    assert group.partition(".")[0] in sections
    assert stale(repository, document) == expected | {"record"}


@pytest.mark.parametrize(("group", "name"), CHOICES, ids=[f"{g}={n}" for g, n in CHOICES])
def test_no_parameter_has_a_name_that_the_run_cache_of_dvc_leaves_out(group: str, name: str) -> None:
    # Its key is made without any `size` and `nfiles`, at any depth (dvc/stage/cache.py): two runs that differ
    # in one of these alone would be the same to it, and the second would get the outputs of the first.
    known = {part for key, _ in leaves(raw_config((group, name))) for part in key}
    assert not known & {"size", "nfiles"}
