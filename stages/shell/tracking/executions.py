"""Every run that DVC remembers: what stage `record` read and wrote each time, by digest.

DVC's run cache holds one file for each distinct execution of a stage, and its cache the files themselves, by
the MD5 of their content; both are read here by their layout, since DVC offers no call that lists them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

COMMAND = "python -m stages.record"
NEEDED = ("data/config.yaml", "data/clean", "data/split", "data/encode", "data/train", "data/evaluate")
"""What a row and its model are made of, beside what `record` wrote."""
OUTPUT = "data/record"
FOLDER = ".dir"
"""End of the digest of a folder, whose object lists the files in it."""


class Execution(NamedTuple):
    """One run of stage `record`."""

    key: str
    """The run's own key; empty where the file that holds it is gone."""
    digests: dict[str, str]
    """Digest of each file and folder that `record` read or wrote, by path."""
    time: float
    """When it ran, in seconds since 1970."""

    def outputs(self) -> dict[str, str]:
        """Return the digest of what each stage before `record` wrote, by stage."""
        stages = {Path(path).stem: digest for path, digest in self.digests.items() if path != OUTPUT}
        return {"configure" if stage == "config" else stage: digest for stage, digest in stages.items()}


class Objects(NamedTuple):
    """DVC's cache: files by the digest of their content."""

    folder: Path

    def path(self, digest: str) -> Path:
        """Return where the object with this digest lies."""
        return self.folder / "files" / "md5" / digest[:2] / digest[2:]

    def listing(self, digest: str) -> dict[str, str]:
        """Return the digest of each file in a folder by its place; of a file, its own.

        Raises
        ------
        FileNotFoundError
            Where the folder's object is gone.
        """
        if not digest.endswith(FOLDER):
            return {"": digest}
        entries = json.loads(self.path(digest).read_text(encoding="utf-8"))
        return {entry["relpath"]: entry["md5"] for entry in entries}


def open_objects(root: Path) -> Objects:
    """Return the cache of the DVC repository at `root`."""
    return Objects(_cache_folder(root / ".dvc"))


def executions(objects: Objects) -> list[Execution]:
    """Return the runs in the run cache, the newest of each key, oldest first."""
    found = [_execution(objects, entry, file) for file, entry in _entries(objects.folder / "runs")]
    found.sort(key=lambda each: each.time)
    newest = {each.key or json.dumps(each.digests, sort_keys=True): each for each in found}
    return list(newest.values())


def restore(execution: Execution, objects: Objects, folder: Path) -> bool:
    """Lay the files of a run out in `folder` as a project has them; return False where any is gone."""
    try:
        wanted = {
            Path(path, inside): objects.path(digest)
            for path in (*NEEDED, OUTPUT)
            for inside, digest in objects.listing(execution.digests[path]).items()
        }
    except (FileNotFoundError, KeyError, ValueError):  # gone, or cut off
        return False
    if not all(source.exists() for source in wanted.values()):
        return False
    for place, source in wanted.items():
        _lay(source, folder / place)
    return True


def _entries(runs: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the entries of stage `record` in the run cache; one that was cut off is none, as for DVC."""
    for file in runs.glob("*/*/*"):
        text = file.read_text(encoding="utf-8", errors="replace")
        if COMMAND not in text:
            continue
        try:
            entry = yaml.load(text, Loader=yaml.CSafeLoader)
        except yaml.YAMLError:
            continue
        if entry.get("cmd") == COMMAND and {"deps", "outs"} <= set(entry):
            yield file, entry


def _execution(objects: Objects, entry: Mapping[str, Any], file: Path) -> Execution:
    digests = {each["path"]: each["md5"] for each in [*entry["deps"], *entry["outs"]]}
    data = {path: digest for path, digest in digests.items() if path.startswith("data/")}
    return Execution(_key(objects, data.get(OUTPUT, "")), data, file.stat().st_mtime)


def _key(objects: Objects, digest: str) -> str:
    try:
        place = objects.path(objects.listing(digest)["record.json"])
        return str(json.loads(place.read_text(encoding="utf-8"))["key"])
    except (FileNotFoundError, KeyError, ValueError):  # gone, or cut off
        return ""


def _lay(source: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        place.symlink_to(source)
    except OSError:  # a file system without links
        shutil.copyfile(source, place)


def _cache_folder(dvc: Path) -> Path:
    """Return DVC's cache: ``.dvc/cache``, or what its configuration says, the nearest file first."""
    from configobj import ConfigObj  # type: ignore[import-untyped] # DVC's own reader
    from dvc.dirs import global_config_dir, system_config_dir

    folders = [Path(system_config_dir()), Path(global_config_dir())]
    files = [dvc / "config.local", dvc / "config", *(folder / "config" for folder in reversed(folders))]
    for file in files:
        if file.exists() and (said := ConfigObj(str(file)).get("cache", {}).get("dir")):
            return (file.parent / Path(said).expanduser()).resolve()
    return (dvc / "cache").resolve()
