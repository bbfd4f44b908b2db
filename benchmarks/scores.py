"""Test scores of whole experiments on public data, beside what others have published on the same sets.

Each case is a page (`conf/experiment/` or `benchmarks/experiments/`, every choice made on validation), run
from the raw files in a copy of the project: `upcurve new data`, then `upcurve run`. Seeds and folds are runs
of their own. Time and peak memory are those of the whole `upcurve run`, all its processes together.

Run: python -m benchmarks.scores --data FOLDER [NAME ...] [--seeds 3]. FOLDER holds the public sets, as
benchmarks/README.md lists them; the project carries only credit, ames, fashion, emails and vowels. What was
measured is kept in benchmarks/scores.json, one entry a run, and benchmarks/scores.md is written from it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from glob import glob
from pathlib import Path
from typing import Any

import psutil

from benchmarks._score_cases import CASES, Case

ROOT = Path(__file__).resolve().parents[1]
RESULTS, TABLE = ROOT / "benchmarks" / "scores.json", ROOT / "benchmarks" / "scores.md"
COPIED = (
    "conf",
    "stages",
    "data/raw",
    "dvc.yaml",
    "params.yaml",
    "pyproject.toml",
    ".dvcignore",
    ".gitignore",
)
UPCURVE = (sys.executable, "-m", "stages.shell.cli")


def main() -> int:
    """Run the cases asked for and write the table; return 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(CASES)}; all by default")
    parser.add_argument(
        "--data", type=Path, default=ROOT / "data" / "public", help="folder of the public sets"
    )
    parser.add_argument("--seeds", type=int, default=3, help="seeds of each case, at most (default: 3)")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(CASES))
    if unknown:
        raise SystemExit(f"No case {', '.join(unknown)}: there are {', '.join(CASES)}.")
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for name in options.names or CASES:
        if CASES[name].files and not options.data.is_dir() and not CASES[name].files[0].startswith("/"):
            print(f"{name}: left out, there is no folder {options.data}")
            continue
        known[name] = list(measure(name, CASES[name], data=options.data.resolve(), seeds=options.seeds))
        RESULTS.write_text(json.dumps(known, indent=1) + "\n")
        TABLE.write_text(table(known), encoding="utf-8")
    print(table(known))
    missed = [name for name, runs in known.items() if below(CASES[name], runs)]
    return int(bool(missed))


def below(case: Case, runs: Sequence[dict[str, Any]]) -> bool:
    """Return whether the mean of `runs` lies below the bar of `case`."""
    return case.bar is not None and statistics.mean(run["score"] for run in runs) < case.bar


def measure(name: str, case: Case, *, data: Path, seeds: int) -> Iterator[dict[str, Any]]:
    """Yield what each run of `case` reached: its score on test and on validation, seconds, gigabytes."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        make_project(project)
        if case.files:
            # An absolute pattern stands for itself, whatever it is joined to.
            found = [each for pattern in case.files for each in sorted(glob(str(data / pattern)))]
            run(project, (*UPCURVE, "new", "data", *found, *case.bring))
        shutil.copy(ROOT / case.page, project / "params.yaml")
        words = [word.format(data=data) for word in case.overrides]
        for variant in variants(case, seeds):
            began = time.perf_counter()
            peak = run(project, (*UPCURVE, "run", *words, *variant))
            seconds = time.perf_counter() - began
            metrics = json.loads((project / "data" / "evaluate" / "metrics.json").read_text())
            main_metric = "accuracy" if "accuracy" in metrics["test"] else "r2"
            told = {
                "variant": " ".join(variant),
                "metric": main_metric,
                "score": round(metrics["test"][main_metric], 4),
                "validation": round(metrics["validation"][main_metric], 4),
                "seconds": round(seconds),
                "gigabytes": round(peak / 2**30, 2),
            }
            print(name, told, flush=True)
            yield told


def variants(case: Case, seeds: int) -> list[tuple[str, ...]]:
    """Return the overrides of each run: a fold or a seed."""
    if case.folds:
        split = ("split.strategy=stratified", f"split.folds={case.folds}")
        return [(*split, f"split.fold={fold}") for fold in range(case.folds)]
    return [(f"seed={seed}",) for seed in range(1, min(seeds, case.seeds) + 1)]


def make_project(project: Path) -> None:
    """Copy the project to `project`, a git and DVC repository of its own."""
    for name in COPIED:
        source, target = ROOT / name, project / name
        target.parent.mkdir(parents=True, exist_ok=True)
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, target, ignore=ignore) if source.is_dir() else shutil.copy(source, target)
    author = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.invalid")
    for command in (
        ("git", "init", "-q", "-b", "main"),
        (sys.executable, "-m", "dvc", "init", "-q"),
        (sys.executable, "-m", "dvc", "config", "core.analytics", "false"),
        ("git", "add", "-A"),
        ("git", *author, "commit", "-qm", "project"),
    ):
        subprocess.run(command, cwd=project, check=True)


def run(project: Path, command: Sequence[str]) -> int:
    """Run `command` in `project`; return the peak of the resident memory of all its processes, in bytes."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("DVC_", "MLFLOW_"))}
    log = project / "scratch" / "scores.log"
    log.parent.mkdir(exist_ok=True)
    peak = 0
    with log.open("w") as out:
        process = subprocess.Popen(
            command, cwd=project, env=inherited | {"PYTHONUNBUFFERED": "1"}, stdout=out, stderr=out
        )
        while process.poll() is None:
            peak = max(peak, resident(psutil.Process(process.pid)))
            time.sleep(0.25)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{log.read_text()[-3000:]}")
    return peak


def resident(process: psutil.Process) -> int:
    """Return the resident memory of `process` and its children, in bytes."""
    total = 0
    try:
        for each in (process, *process.children(recursive=True)):
            total += each.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total


def table(known: dict[str, list[dict[str, Any]]]) -> str:
    """Return the results as a page of Markdown."""
    lines = [
        "# Test scores of whole experiments",
        "",
        "Written by `python -m benchmarks.scores`. Every choice was made on validation; the test part was",
        "looked at by this table alone. Mean and standard deviation are over the runs: seeds 1, 2, 3, or",
        "five folds. Time and memory are those of the whole `upcurve run` on two cores, all its processes",
        "together.",
        "",
        "| data | page | runs | test | validation | wanted | published | a run | peak memory |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, runs in sorted(known.items(), key=lambda item: list(CASES).index(item[0])):
        case = CASES[name]
        scores = [run["score"] for run in runs]
        spread = f" ± {statistics.stdev(scores):.4f}" if len(scores) > 1 else ""
        mark = " **missed**" if below(case, runs) else ""
        lines.append(
            f"| {name} | `{Path(case.page).stem}` | {len(runs)} "
            f"| {runs[0]['metric']} {statistics.mean(scores):.4f}{spread}{mark} "
            f"| {statistics.mean(run['validation'] for run in runs):.4f} | {case.bar or ''} "
            f"| {case.published} "
            f"| {statistics.mean(run['seconds'] for run in runs):.0f} s "
            f"| {max(run['gigabytes'] for run in runs):.1f} GB |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
