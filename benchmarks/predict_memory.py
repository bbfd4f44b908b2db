"""Memory and speed of `upcurve predict` on 1,000,000 rows.

The rows of credit_data, repeated, are written as CSV into a temporary folder and predicted with the model of
the working copy this lies in (`--project` names another), which must hold a finished run on credit: `upcurve
run` first. The figure is the peak resident memory of the command and what it starts. Ends with status 1
where that is above 2 GB.

    python -m benchmarks.predict_memory [--rows 1000000] [--project FOLDER] [--format csv|parquet|jsonl]
"""

from __future__ import annotations

import argparse
import gzip
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.csv as pacsv
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 2e9
RAW = "data/raw/credit/credit_data.csv.gz"


def main() -> int:
    """Run the benchmark; return 1 where the bar is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--project", type=Path, default=ROOT)
    parser.add_argument("--format", choices=["csv", "parquet", "jsonl"], default="csv")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = written(Path(folder), rows=options.rows, kind=options.format)
        size = file.stat().st_size
        command = [
            sys.executable,
            "-m",
            "stages.shell.cli",
            "predict",
            str(file),
            "-o",
            f"{folder}/out.parquet",
        ]
        start = time.perf_counter()
        subprocess.run(command, cwd=options.project, check=True)
        seconds = time.perf_counter() - start
        predicted = pq.read_metadata(f"{folder}/out.parquet").num_rows
    assert predicted == options.rows
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    print(
        f"{options.rows:,} rows ({size / 1e6:,.0f} MB {options.format}) in {seconds:.1f} s, starting included"
    )
    print(f"{options.rows / seconds:,.0f} rows/s; peak {peak / 1e9:.2f} GB, at most {LIMIT / 1e9:.0f} GB")
    return int(peak > LIMIT)


def written(folder: Path, *, rows: int, kind: str) -> Path:
    """Write the raw rows of credit_data again and again, `rows` in all."""
    header, *lines = gzip.decompress((ROOT / RAW).read_bytes()).decode().splitlines()
    file = folder / "rows.csv"
    whole, rest = divmod(rows, len(lines))
    with file.open("w") as opened:
        opened.write(header + "\n")
        for _ in range(whole):
            opened.write("\n".join(lines) + "\n")
        opened.writelines(f"{line}\n" for line in lines[:rest])
    if kind == "csv":
        return file
    table = pacsv.read_csv(file)
    if kind == "parquet":
        pq.write_table(table, folder / "rows.parquet")
        return folder / "rows.parquet"
    table.to_pandas().to_json(folder / "rows.jsonl", orient="records", lines=True)
    return folder / "rows.jsonl"


if __name__ == "__main__":
    sys.exit(main())
