"""DVC's stages as a page that is not written yet would make them, and what its run cache holds for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast


def load_stages(repo: Any, page: Mapping[str, Any]) -> list[Any]:
    """Return the stages of ``dvc.yaml``, ``${...}`` filled in from `page`, and what dvc.lock says of each."""
    from dvc.dvcfile import load_file
    from dvc.parsing.context import Context

    file = load_file(repo, "dvc.yaml")
    context = file.resolver.context
    for key in list(context):
        del context[key]
    context.merge_update(Context(dict(page)), overwrite=True)
    return [file.stages[name] for name in file.stages]


def in_order(stages: Iterable[Any]) -> list[Any]:
    """Return `stages`, each after those whose outputs it reads."""
    left = list(stages)
    writers = {out.def_path: stage.name for stage in left for out in stage.outs}
    ordered: list[Any] = []
    while left:
        done = {stage.name for stage in ordered}
        ready = [stage for stage in left if _inputs(stage, writers) <= done]
        if not ready:
            raise ValueError(
                f"dvc.yaml: these stages read each other's outputs: {', '.join(s.name for s in left)}."
            )
        ordered.append(ready[0])
        left.remove(ready[0])
    return ordered


def _inputs(stage: Any, writers: Mapping[str, str]) -> set[str]:
    """Return the stages that write what `stage` reads, be it a file or a parameter."""
    return {writers[dep.def_path] for dep in stage.deps if dep.def_path in writers}


def restorable(
    repo: Any, stage: Any, digests: Mapping[str, str] | None, parsed: Mapping[str, Any]
) -> dict[str, str] | None:
    """Return the digest of each output that DVC's run cache holds for these inputs, or None.

    Parameters
    ----------
    repo
        DVC's repository.
    stage
        One of its stages; its recorded inputs are overwritten.
    digests
        MD5 of each file it would read; None where one is not known.
    parsed
        The parameter files as they would be.
    """
    from dvc.dependency import ParamsDependency
    from dvc.stage.cache import _get_cache_hash
    from dvc.stage.serialize import to_single_stage_lockfile
    from dvc_data.hashfile.hash_info import HashInfo
    from dvc_data.hashfile.meta import Meta

    from stages.shell.cli.staleness import parameter_values

    if digests is None or stage.always_changed or any(out.persist or not out.use_cache for out in stage.outs):
        return None
    for dep in stage.deps:
        if isinstance(dep, ParamsDependency):
            dep.hash_info = HashInfo("params", cast(Any, parameter_values(dep, parsed)))
        else:
            dep.hash_info, dep.meta = HashInfo("md5", digests[dep.def_path]), Meta()
    for out in stage.outs:
        out.meta = out.meta or Meta()
    key = _get_cache_hash(to_single_stage_lockfile(stage), key=True)
    entry = _newest_entry(repo.stage_cache, key)
    if entry is None or not repo.stage_cache._create_stage(entry, wdir=stage.wdir).outs_cached():
        return None
    return {out["path"]: out["md5"] for out in entry["outs"]}


def _newest_entry(cache: Any, key: str) -> Any:
    """Return what the last run with this key wrote, as DVC itself would choose it."""
    from pathlib import Path

    folder = Path(cache._get_cache_dir(key))
    entries = sorted(folder.glob("*"), key=lambda file: file.stat().st_mtime)
    return cache._load_cache(key, entries[-1].name) if entries else None
