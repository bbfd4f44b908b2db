"""Run every benchmark of this folder, one after another: `make bench`, `python -m benchmarks [NAME ...]`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def main(names: list[str]) -> int:
    """Run the benchmarks `names`, all if there are none; return 1 where one of them misses its bar."""
    known = sorted(file.stem for file in FOLDER.glob("[!_]*.py"))
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise SystemExit(f"No benchmark {', '.join(unknown)}: there are {', '.join(known)}.")
    missed = []
    for name in names or known:
        print(f"--- {name}", flush=True)
        if subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}"], cwd=FOLDER.parent, check=False
        ).returncode:
            missed.append(name)
    print(f"--- missed its bar, or failed: {', '.join(missed)}" if missed else "--- every bar met")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
