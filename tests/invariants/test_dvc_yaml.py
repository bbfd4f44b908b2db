"""Invariants 1, 3 and 4: dvc.yaml against the code, by reading both."""

from __future__ import annotations

import ast
import importlib
from functools import cache
from pathlib import Path
from typing import Any

import grimp
import pytest
import yaml

from stages.shell.groups import find_groups
from stages.shell.tracking.client import WITHOUT_EFFECT

ROOT = Path(__file__).resolve().parents[2]
STAGES: dict[str, Any] = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
CARD = {"clean", "split", "baseline", "encode", "resample", "augment", "train", "evaluate"}
DOORS = {"stages.shell.store", "stages.shell.stage"}
"""All that a stage may import of the shell: editing a help text must rerun nothing."""


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("stages")


def code_dependencies(stage: str) -> set[Path]:
    return {Path(dep) for dep in STAGES[stage]["deps"] if dep.startswith("stages/")}


def sections(stage: str) -> list[str]:
    """The sections of data/config.yaml in the stage's `params`."""
    return [
        key
        for entry in STAGES[stage].get("params", [])
        if isinstance(entry, dict)
        for file, keys in entry.items()
        if file == "data/config.yaml"
        for key in keys
    ]


def own_targets(stage: str) -> set[str]:
    """The modules of ours that a choice of the stage's sections can name."""
    modules = set()
    for group in find_groups(ROOT / "conf"):
        if group.split(".")[0] in sections(stage):
            for file in (ROOT / "conf" / group.replace(".", "/")).glob("*.yaml"):
                target = str((yaml.safe_load(file.read_text()) or {}).get("_target_", ""))
                if target.startswith("stages."):
                    modules.add(target.rpartition(".")[0])
    return modules


def needed(stage: str) -> set[str]:
    """Every module of ours that the stage can load, the shell left out."""
    seen: set[str] = set()
    todo = [f"stages.{stage}", *own_targets(stage)]
    while todo:
        module = todo.pop()
        if module not in seen:
            seen.add(module)
            todo += [m for m in graph().find_modules_directly_imported_by(module) if not in_shell(m)]
    return seen


def in_shell(module: str) -> bool:
    return module.startswith("stages.shell")


def file_of(module: str) -> Path:
    path = Path(*module.split("."))
    return path / "__init__.py" if (ROOT / path).is_dir() else path.with_suffix(".py")


def covers(dependency: Path, file: Path) -> bool:
    return file == dependency or dependency in file.parents


def test_stage_modules_are_the_stages_of_dvc() -> None:
    modules = {file.stem for file in (ROOT / "stages").glob("*.py")} - {"__init__"}
    assert modules == set(STAGES)
    assert CARD <= modules


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_a_stage_runs_its_own_module_and_writes_its_own_folder(stage: str) -> None:
    assert STAGES[stage]["cmd"] == f"python -m stages.{stage}"
    assert STAGES[stage]["outs"] == (["data/config.yaml"] if stage == "configure" else [f"data/{stage}"])


@pytest.mark.parametrize("stage", sorted(CARD))
def test_params_are_the_sections_the_stage_is_handed(stage: str) -> None:
    config = getattr(importlib.import_module(f"stages.settings.{stage}"), f"{stage.capitalize()}Config")
    assert sorted(sections(stage)) == sorted(config.model_fields)


@pytest.mark.parametrize("stage", sorted(set(STAGES) - {"configure", "record"}))
def test_deps_cover_the_code_and_little_more(stage: str) -> None:
    files = {file_of(module) for module in needed(stage)} - {Path("stages/__init__.py")}
    files = {file for file in files if file != Path("stages/settings/__init__.py")}
    uncovered = {
        str(file) for file in files if not any(covers(dep, file) for dep in code_dependencies(stage))
    }
    assert not uncovered, f"dvc.yaml, stage {stage}: deps lack {sorted(uncovered)}"
    idle = {str(dep) for dep in code_dependencies(stage) if not any(covers(dep, file) for file in files)}
    assert not idle, f"dvc.yaml, stage {stage}: deps name {sorted(idle)}, which it cannot load"


def test_record_depends_on_what_its_key_covers_and_what_it_draws_with() -> None:
    packages = {entry.name for entry in (ROOT / "stages").iterdir() if not entry.name.startswith("__")}
    covered = packages - set(WITHOUT_EFFECT) | {"figures", "reporting"}
    assert {dep.parts[1] for dep in code_dependencies("record")} == covered
    assert {len(dep.parts) for dep in code_dependencies("record")} == {2}  # whole packages
    drawn = {file_of(module).parts[1] for module in needed("record")}
    assert drawn - {"__init__.py"} <= covered


def test_configure_depends_on_all_that_composes() -> None:
    seen, todo = set(), ["stages.configure"]
    while todo:
        module = todo.pop()
        if module not in seen:
            seen.add(module)
            todo += graph().find_modules_directly_imported_by(module)
    doors = {file_of(door) for door in DOORS} | {Path("stages/__init__.py"), Path("stages/shell/__init__.py")}
    files = {file_of(module) for module in seen} - doors - {Path("stages/shell/driver.py")}
    files = {file for file in files if file.parts[1] not in ("examples", "transformers")}
    deps = code_dependencies("configure")
    # The doors import the row keeper lazily; what configure itself loads is what counts.
    files = {file for file in files if "tracking" not in file.parts and file.name != "by_hand.py"}
    assert {str(f) for f in files if not any(covers(dep, f) for dep in deps)} == set()


@pytest.mark.parametrize("stage", sorted(CARD))
def test_a_stage_imports_only_the_doors_of_the_shell(stage: str) -> None:
    imported = graph().find_modules_directly_imported_by(f"stages.{stage}")
    assert {module for module in imported if in_shell(module)} <= DOORS


ANY = "*"
"""What is read where a name is no literal: it may be any."""


def reads(stage: str) -> dict[str, set[str]]:
    """The outputs read by a stage: stage name -> names, from its calls of the store."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse((ROOT / "stages" / f"{stage}.py").read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            words = [a.value if isinstance(a, ast.Constant) else ANY for a in node.args]
            if (node.func.attr.startswith("read_") or node.func.attr == "path") and len(words) > 1:
                found.setdefault(str(words[0]), set()).add(str(words[1]).partition("/")[0])
    return found


@pytest.mark.parametrize("stage", sorted(CARD))
def test_deps_name_the_outputs_that_the_code_reads(stage: str) -> None:
    outputs = {dep.removeprefix("data/") for dep in STAGES[stage]["deps"] if dep.startswith("data/")}
    outputs = {name for name in outputs if not name.startswith("raw")}
    assert set(reads(stage)) == outputs


def test_who_may_read_validation_and_test_rows() -> None:
    readers = {
        part: {s for s in CARD if {part, ANY} & reads(s).get("encode", set())}
        for part in ("validation", "test")
    }
    assert readers == {"validation": {"train", "evaluate"}, "test": {"evaluate"}}
