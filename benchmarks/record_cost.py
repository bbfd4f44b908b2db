"""What the row of a run costs in MLflow, beside importing MLflow, which every process that uses it must do.

Three processes take turns: one imports MLflow and opens the store; one writes the whole row of the run in
``data/`` (parameters, epochs, metrics, figures, report, data set, the model for raw rows) as a new one; one
finds that nothing is missing among 100 rows, as every `upcurve run` does at its end. The store is there
before: making one is paid once in the life of a project.

Run: python -m benchmarks.record_cost [--runs 5] [--bar 3]. It ends with status 1 where a row costs more than
the bar, in seconds beyond the import. The pipeline must have run before: `dvc repro`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BAR = 3.0
OPEN, WRITE, SYNC = "import MLflow, open the store", "... and write a row", "sync with nothing missing"
CODE = {
    OPEN: "from stages.shell.tracking.client import *; open_experiment(open_client(), 'warm')",
    WRITE: "from pathlib import Path; import time; from stages.shell.tracking.row import write_row\n"
    "write_row(Path('data'), Path.cwd(), key=f'{time.time_ns():064d}')",
    SYNC: "from pathlib import Path; from stages.shell.tracking.sync import sync; sync(Path.cwd())",
}
ROWS = """
from mlflow.entities import Metric, Param
from stages.shell.tracking.client import KEY, open_client, open_experiment
client = open_client(); experiment = open_experiment(client, "warm")
for number in range(100):
    run = client.create_run(experiment, tags={KEY: f"k{number}"}).info.run_id
    metrics = [Metric(f"m{each}", 1.0, 0, 0) for each in range(400)]
    client.log_batch(run, metrics=metrics, params=[Param(f"p{each}", "v") for each in range(100)])
    client.set_terminated(run)
"""


def main() -> int:
    """Print medians; return 1 where a row costs more than the bar."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5, help="measured runs of each (default: 5)")
    parser.add_argument("--bar", type=float, default=BAR, help=f"seconds allowed for a row (default: {BAR})")
    parser.add_argument("--project", type=Path, default=ROOT, help="repository to measure (default: this)")
    options = parser.parse_args()
    if not (options.project / "data" / "record").is_dir():
        raise SystemExit(f"There is no finished run in {options.project}: run `dvc repro` there first.")
    with tempfile.TemporaryDirectory() as folder:
        seconds(CODE[OPEN], options.project, folder)
        seconds(ROWS, options.project, folder)
        seconds(CODE[SYNC], options.project, folder)  # from here on nothing is missing
        taken: dict[str, list[float]] = {name: [] for name in CODE}
        for _ in range(options.runs):
            for name, code in CODE.items():
                taken[name].append(seconds(code, options.project, folder))
    medians = {name: statistics.median(each) for name, each in taken.items()}
    for name, median in medians.items():
        print(f"{name:32} {median:6.2f} s   {median / medians[OPEN]:5.2f}x")
    cost = medians[WRITE] - medians[OPEN]
    print(f"a row costs {cost:.2f} s beyond importing MLflow (bar: {options.bar:g} s)")
    return int(cost > options.bar)


def seconds(code: str, project: Path, store: str) -> float:
    """Return how long `code` takes in a process of its own, with its MLflow store in the folder `store`."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("MLFLOW_")}
    environment = inherited | {"DVC_ROOT": store, "MLFLOW_LOGGING_LEVEL": "ERROR"}
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], cwd=project, env=environment, check=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
