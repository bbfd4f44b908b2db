"""``upcurve gc``: let go of what old runs left behind."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
from psutil import pid_exists

STEPS_KEPT = 20
"""Steps of the history that stay, so that `upcurve undo` has something to go back to."""


class Leftover(NamedTuple):
    """One kind of thing that may go."""

    what: str
    number: int
    size: int
    paths: list[Path]
    """What to remove; empty for DVC's cache, which DVC cleans itself."""


@click.command(
    epilog="Example: upcurve gc          shows what there is, and asks",
    short_help="Let go of what old runs left; asks first.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Only tell, for programs; removes nothing.")
def gc(yes: bool, as_json: bool) -> None:
    """Let go of old runs: shows what may go, with sizes, and asks first.

    What may go: files in DVC's cache that neither the workspace nor any commit or experiment uses (they would
    be computed again when asked for), trainings that were interrupted and replaced since, the oldest pages of
    the history, and temporary folders of killed processes. The runs in MLflow stay.
    """
    from stages.shell.cli.project import find_root
    from stages.shell.cli.text import show_json, show_table, shown_bytes

    root = find_root()
    found = [each for each in leftovers(root) if each.number]
    if as_json:
        show_json([{"what": each.what, "count": each.number, "bytes": each.size} for each in found])
        return
    if not found:
        click.echo("There is nothing to let go.")
        return
    show_table(
        [[each.what, each.number, shown_bytes(each.size)] for each in found], ["may go", "number", "size"]
    )
    total = shown_bytes(sum(each.size for each in found))
    if not yes and not click.confirm(f"\nLet go of these ({total})?"):
        click.echo("Nothing was removed.")
        return
    for each in found:
        _remove(root, each)
    click.echo(f"Freed {total}.")


def leftovers(root: Path) -> Iterator[Leftover]:
    """Yield what may go.

    Raises
    ------
    ValueError
        While DVC runs a stage of this project.
    """
    _refuse_while_running(root)
    yield _unused_cache(root)
    yield _leftover("interrupted trainings that were replaced since", _old_resumes(root))
    yield _leftover(f"pages before the last {STEPS_KEPT} changes", _old_steps(root))
    yield _leftover("temporary files of processes that were killed", _temporary(root))


def _refuse_while_running(root: Path) -> None:
    import json

    try:
        held = json.loads((root / ".dvc" / "tmp" / "rwlock").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    writers = [entry.get("write") for entry in held.values() if isinstance(entry, dict)]
    running = [str(writer["pid"]) for writer in writers if writer and pid_exists(int(writer["pid"]))]
    if running:
        raise ValueError(
            f"DVC is running a stage (process {running[0]}): wait until it has ended, then call gc again."
        )


def _unused_cache(root: Path) -> Leftover:
    """Return the objects in DVC's cache that no commit, experiment or output in the workspace refers to."""
    from stages.shell.cli.repository import open_repository

    with open_repository(root) as repo:
        used = {
            each.value
            for ids in repo.used_objs(all_commits=True, all_experiments=True).values()
            for each in ids
        }
        caches = {id(cache): cache for _, cache in repo.cache.by_scheme() if cache}
        unused = [
            Path(cache.oid_to_path(oid))
            for cache in caches.values()
            for oid in cache.all()
            if oid not in used
        ]
    paths = sorted(set(unused))
    return Leftover("results in DVC's cache that nothing refers to", len(paths), sum(map(_size, paths)), [])


def _leftover(what: str, paths: list[Path]) -> Leftover:
    return Leftover(what, len(paths), sum(map(_size, paths)), paths)


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.lstat().st_size for file in files if file.is_file() or file.is_symlink())


def _old_resumes(root: Path) -> list[Path]:
    """Return the states of interrupted trainings but the newest of each stage, which may still go on."""
    old: list[Path] = []
    for stage in sorted((root / "scratch" / "resume").glob("*")):
        states = sorted(
            (each for each in stage.iterdir() if each.is_dir()), key=lambda each: each.stat().st_mtime
        )
        old += states[:-1]
    return old


def _old_steps(root: Path) -> list[Path]:
    return sorted((root / "scratch" / "history").glob("[0-9]*.json"))[:-STEPS_KEPT]


def _temporary(root: Path) -> list[Path]:
    """Return what was written beside its place by processes that are gone; the process is named in it."""
    folders = (root / "data", root / "data" / "raw", root / "scratch")
    places = [(root, ".params.yaml.*"), *((folder, ".*.tmp") for folder in folders)]
    found = [path for folder, pattern in places for path in sorted(folder.glob(pattern))]
    return [path for path in found if (number := _process(path)) is not None and not pid_exists(number)]


def _process(path: Path) -> int | None:
    numbers = [part for part in path.name.split(".") if part.isdigit()]
    return int(numbers[-1]) if numbers else None


def _remove(root: Path, leftover: Leftover) -> None:
    if not leftover.paths:
        command = [sys.executable, "-m", "dvc", "gc", "-q", "-w", "--all-commits", "--all-experiments", "-f"]
        subprocess.run(command, cwd=root, check=True)
    for path in leftover.paths:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
