"""How long `dvc repro` takes with nothing to do, beside one of as many stages that are empty.

What is measured is what this project's ``dvc.yaml`` costs beyond DVC itself: the files among its ``deps``,
the parameters it looks up, the length of ``dvc.lock``. The rival is a temporary repository with the same
number of stages in a row, each with one small file in and one out. Runs alternate, so that a busy machine
slows both alike; processor seconds are the steadier number there.

Run: python -m benchmarks.noop_repro [--runs 9] [--bar 1.3]. It ends with status 1 where the ratio of the
median wall times is above the bar. The pipeline must have run before: `dvc repro`.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[1]
NOTHING_TO_DO = "Data and pipelines are up to date."
BAR = 1.3
PROJECT, EMPTY = "this project", "empty stages"


class Seconds(NamedTuple):
    """What one run took: on the clock, and of the processors (user and system)."""

    wall: float
    processor: float


def main() -> int:
    """Print medians and ratios; return 1 where that of the wall times is above the bar."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=9, help="measured runs of each (default: 9)")
    parser.add_argument("--bar", type=float, default=BAR, help=f"highest ratio allowed (default: {BAR})")
    parser.add_argument("--project", type=Path, default=ROOT, help="repository to measure (default: this)")
    options = parser.parse_args()
    if run(dvc("status"), options.project).strip() != NOTHING_TO_DO:
        raise SystemExit(
            f"The pipeline in {options.project} has something to do: run `dvc repro` there first."
        )
    count = len(yaml.safe_load((options.project / "dvc.yaml").read_text(encoding="utf-8"))["stages"])
    with tempfile.TemporaryDirectory() as folder:
        empty = make_empty_pipeline(Path(folder), count)
        measured = measure({PROJECT: options.project, EMPTY: empty}, options.runs)
    print(f"dvc repro with nothing to do, {count} stages, {options.runs} runs each, alternating")
    return int(show(measured, options.bar) > options.bar)


def show(measured: Mapping[str, Sequence[Seconds]], bar: float) -> float:
    """Print the medians and their ratios; return that of the wall times."""
    medians = {
        name: Seconds(*(statistics.median(column) for column in zip(*runs, strict=True)))
        for name, runs in measured.items()
    }
    print(f"  {'median of':<14}{'wall':>10}{'processor':>14}")
    for name, median in medians.items():
        print(f"  {name:<14}{median.wall:>8.2f} s{median.processor:>12.2f} s")
    ratios = [ours / theirs for ours, theirs in zip(medians[PROJECT], medians[EMPTY], strict=True)]
    print(f"  {'ratio':<14}{ratios[0]:>10.2f}{ratios[1]:>14.2f}   bar: wall at most {bar}")
    return ratios[0]


def make_empty_pipeline(folder: Path, count: int) -> Path:
    """Make a repository of `count` stages in a row that have run: one file in, one file out, no more."""
    (folder / "0.txt").write_text("0\n", encoding="utf-8")
    stages = {
        f"stage{number}": {
            "cmd": f"echo {number} > {number}.txt",
            "deps": [f"{number - 1}.txt"],
            "outs": [f"{number}.txt"],
        }
        for number in range(1, count + 1)
    }
    (folder / "dvc.yaml").write_text(yaml.safe_dump({"stages": stages}), encoding="utf-8")
    run(["git", "init", "--quiet"], folder)
    run(dvc("init", "--quiet"), folder)
    run(dvc("config", "core.analytics", "false"), folder)
    run(dvc("repro"), folder)
    return folder


def measure(projects: Mapping[str, Path], runs: int) -> dict[str, list[Seconds]]:
    """Return what `runs` of each project took, in turns, after one of each that does not count."""
    for project in projects.values():
        repro(project)
    taken: dict[str, list[Seconds]] = {name: [] for name in projects}
    for _ in range(runs):
        for name, project in projects.items():
            taken[name].append(repro(project))
    return taken


def repro(project: Path) -> Seconds:
    """Return what one `dvc repro` in `project` took, which must have nothing to do."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    output = run(dvc("repro"), project)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if NOTHING_TO_DO not in output:
        raise SystemExit(f"`dvc repro` in {project} had something to do, now done: measure again.\n{output}")
    return Seconds(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def dvc(*arguments: str) -> list[str]:
    """Return the command line of this environment's own DVC."""
    return [sys.executable, "-m", "dvc", *arguments]


def run(command: Sequence[str], folder: Path) -> str:
    """Return what `command` printed; stop with it where the command failed."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path, "DVC_NO_ANALYTICS": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed in {folder}:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


if __name__ == "__main__":
    sys.exit(main())
