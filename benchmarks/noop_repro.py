"""How long `dvc repro` takes with nothing to do, beside one of as many stages that are empty.

What is measured is what this project's ``dvc.yaml`` costs beyond DVC itself: the files among the ``deps``, the
parameters looked up in ``data/config.yaml``. The rival is a temporary repository with the same number of
stages, each with one small file in and one out. Runs alternate, so that a busy machine slows both alike.

Run: python benchmarks/noop_repro.py [--runs 9] [--bar 1.3]. It ends with status 1 where the ratio of the
medians is above the bar. The pipeline must have run: `dvc repro` first.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
NOTHING_TO_DO = "Data and pipelines are up to date."
BAR = 1.3


def main() -> int:
    """Print the medians and their ratio; return 1 where it is above the bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9, help="measured runs of each (default: 9)")
    parser.add_argument("--bar", type=float, default=BAR, help=f"highest ratio allowed (default: {BAR})")
    parser.add_argument("--project", type=Path, default=ROOT, help="repository to measure (default: this one)")
    options = parser.parse_args()
    names = stage_names(options.project)
    with tempfile.TemporaryDirectory() as folder:
        empty = make_empty_pipeline(Path(folder), len(names))
        pipelines = {"this project": options.project, "empty stages": empty}
        seconds = measure({name: lambda at=at: repro(at) for name, at in pipelines.items()}, options.runs)
    medians = {name: statistics.median(each) for name, each in seconds.items()}
    print(f"dvc repro with nothing to do, {len(names)} stages, {options.runs} runs each, alternating")
    for name, each in seconds.items():
        print(f"  {name:14} median {medians[name]:.2f} s   (fastest {min(each):.2f}, slowest {max(each):.2f})")
    ratio = medians["this project"] / medians["empty stages"]
    print(f"  ratio          {ratio:.2f}   (bar: at most {options.bar})")
    return int(ratio > options.bar)


def stage_names(project: Path) -> list[str]:
    """Return the names of the stages of `project`."""
    return list(yaml.safe_load((project / "dvc.yaml").read_text(encoding="utf-8"))["stages"])


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


def repro(project: Path) -> float:
    """Return the seconds of one `dvc repro` in `project`, which must have nothing to do."""
    began = time.perf_counter()
    output = run(dvc("repro"), project)
    seconds = time.perf_counter() - began
    if NOTHING_TO_DO not in output:
        raise SystemExit(f"`dvc repro` in {project} had something to do; it has run now: measure again.\n{output}")
    return seconds


def measure(tasks: dict[str, Callable[[], float]], runs: int) -> dict[str, list[float]]:
    """Return the seconds of `runs` of each task, taken in turns, after one of each that does not count."""
    for task in tasks.values():
        task()
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(runs):
        for name, task in tasks.items():
            seconds[name].append(task())
    return seconds


def dvc(*arguments: str) -> list[str]:
    """Return the command line of this environment's own DVC."""
    return [sys.executable, "-m", "dvc", *arguments]


def run(command: Sequence[str], folder: Path) -> str:
    """Return what `command` printed; stop with it where the command failed."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path, "DVC_NO_ANALYTICS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed in {folder}:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


if __name__ == "__main__":
    sys.exit(main())
