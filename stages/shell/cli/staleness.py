"""What ``dvc repro`` would do if the page read so, worked out from dvc.lock; nothing is run or written.

DVC's own objects are asked about files and its run cache; only the page and ``data/config.yaml`` are not read
from the disk, but taken as they would be.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from stages.shell.cli.repository import open_repository
from stages.shell.cli.stage_graph import in_order, load_stages, restorable
from stages.shell.compose import Composition
from stages.shell.layering import flatten
from stages.shell.page import PAGE

CONFIG = "data/config.yaml"

RUNS, RESTORED, MAY_RUN, UP_TO_DATE = "runs", "restored from cache", "may run", "up to date"
NEVER = "has never run"


class Plan(NamedTuple):
    """What would happen to one stage."""

    stage: str
    verdict: str
    seconds: float | None
    """How long it took last time."""
    parameters: dict[str, dict[str, Any]]
    """Each leaf that makes it stale: its ``old`` and ``new`` value, where it has one."""
    files: dict[str, str]
    """What became of each file that makes it stale."""
    reads: list[str]
    """Outputs of stages that run before it, which make it run only if they change."""
    reason: str
    """Why it is stale for another cause, or empty."""


class Wanted(NamedTuple):
    """The two files that are not read from the disk."""

    page: str
    config: str
    parsed: Mapping[str, Any]
    """What each of them holds, by path."""

    def digest(self, path: str) -> str | None:
        """Return the MD5 that DVC would compute, or None for any other file."""
        text = {PAGE: self.page, CONFIG: self.config}.get(path)
        return None if text is None else hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def plan(root: Path, page: str, composition: Composition) -> list[Plan]:
    """Return what would happen to every stage, in the order they run.

    Parameters
    ----------
    root
        The project.
    page
        The text of the page as it would be.
    composition
        The configuration it composes to.
    """
    from dvc.utils.serialize import parse_yaml

    text = composition.text()
    wanted = Wanted(page, text, {PAGE: parse_yaml(page, PAGE) or {}, CONFIG: parse_yaml(text, CONFIG)})
    seconds = _seconds(root)
    plans: list[Plan] = []
    made: dict[str, str | None] = {}
    with open_repository(root) as repo:
        for stage in in_order(load_stages(repo, wanted.parsed[PAGE])):
            each = _plan_one(repo, stage, wanted, made, seconds.get(stage.name))
            made |= _outputs(repo, stage, wanted, made, each.verdict)
            plans.append(each)
    return plans


def _seconds(root: Path) -> dict[str, float]:
    try:
        return dict(json.loads((root / "scratch" / "seconds.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _plan_one(
    repo: Any, stage: Any, wanted: Wanted, made: Mapping[str, str | None], seconds: float | None
) -> Plan:
    parameters = dict(_changed_parameters(stage, wanted))
    reason = _other_reason(stage)
    files = {} if reason == NEVER else dict(_changed_files(stage, wanted, made))
    reads = [dep.def_path for dep in stage.deps if made.get(dep.def_path, "") is None]
    if stage.frozen:
        verdict = UP_TO_DATE
    elif parameters or files or reason:
        verdict = RESTORED if restorable(repo, stage, _digests(stage, wanted, made), wanted.parsed) else RUNS
    else:
        verdict = MAY_RUN if reads else UP_TO_DATE
    return Plan(stage.name, verdict, seconds, parameters, files, reads, reason)


def _changed_parameters(stage: Any, wanted: Wanted) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each leaf that differs from dvc.lock."""
    from dvc.dependency import ParamsDependency

    for dep in stage.deps:
        if isinstance(dep, ParamsDependency):
            old, new = dep.hash_info.value, parameter_values(dep, wanted.parsed)
            if old is not None:
                yield from _differences(_flat(old), _flat(new))


def parameter_values(dep: Any, parsed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the parameters that a stage declares, as they would be."""
    import dpath

    if dep.def_path not in parsed:
        return dict(dep.read_params())
    document = parsed[dep.def_path]
    if not dep.params:
        return dict(document)
    found = {}
    for key in dep.params:
        try:
            found[key] = dpath.get(document, key, separator=".")
        except KeyError:
            continue
    return found


def _flat(tree: Mapping[str, Any]) -> dict[str, Any]:
    return dict(flatten(tree))


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for key in dict.fromkeys([*old, *new]):
        if key not in old or key not in new or old[key] != new[key]:
            yield key, {when: tree[key] for when, tree in (("old", old), ("new", new)) if key in tree}


def _changed_files(stage: Any, wanted: Wanted, made: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    """Yield each dependency or output that is not as dvc.lock has it, and what became of it."""
    from dvc.dependency import ParamsDependency

    for dep in stage.deps:
        path = dep.def_path
        if isinstance(dep, ParamsDependency):
            if dep.hash_info.value is None and not stage.cmd_changed:
                yield path, "not recorded yet"
        elif (digest := wanted.digest(path)) or path in made:
            known = digest or made[path]
            if known is not None and known != dep.hash_info.value:
                yield path, "changed"
        elif status := next(iter(dep.status().values()), None):
            yield path, "read for the first time" if not dep.hash_info else str(status)
    for out in stage.outs:
        for status in out.status().values():
            yield (
                out.def_path,
                {"modified": "not as the stage wrote it", "deleted": "not there"}.get(status, status),
            )


def _other_reason(stage: Any) -> str:
    if stage.always_changed or stage.is_callback:
        return "always runs"
    if not any(out.hash_info for out in stage.outs):
        return NEVER
    return "its command changed" if stage.cmd_changed else ""


def _digests(stage: Any, wanted: Wanted, made: Mapping[str, str | None]) -> dict[str, str] | None:
    """Return the digest of every file the stage would read; None where one cannot be known yet."""
    from dvc.dependency import ParamsDependency

    digests: dict[str, str] = {}
    for dep in stage.deps:
        if isinstance(dep, ParamsDependency):
            continue
        path = dep.def_path
        digest = wanted.digest(path) or (made[path] if path in made else _on_disk(dep))
        if digest is None:
            return None
        digests[path] = digest
    return digests


def _on_disk(dep: Any) -> str | None:
    return str(dep.get_hash().value) if dep.exists else None


def _outputs(
    repo: Any, stage: Any, wanted: Wanted, made: Mapping[str, str | None], verdict: str
) -> dict[str, str | None]:
    """Return the digest of each output after the plan; None where it is not known before it has run."""
    if verdict == RESTORED:
        found = restorable(repo, stage, _digests(stage, wanted, made), wanted.parsed)
        return dict(found or {})
    known = verdict == UP_TO_DATE
    outputs = {out.def_path: out.hash_info.value if known else None for out in stage.outs}
    return outputs | {path: digest for path in outputs if (digest := wanted.digest(path))}


def total(plans: Sequence[Plan], verdicts: Sequence[str]) -> float:
    """Return how many seconds the stages with these verdicts took last time, together."""
    return sum(each.seconds or 0.0 for each in plans if each.verdict in verdicts)
