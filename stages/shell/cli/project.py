"""Which project the command is about, and which programs it starts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

MARKS = ("dvc.yaml", "conf/config.yaml")
HANDED_OVER = "UPCURVE_PROJECT"
"""Set in the process that was handed over to, so that it is started only once."""


def find_root(start: Path | None = None) -> Path:
    """Return the project that the folder `start` (here by default) lies in.

    Raises
    ------
    ValueError
        Where neither it nor any folder above it is a project.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if all((folder / mark).is_file() for mark in MARKS):
            return folder
    raise ValueError(
        f"There is no upcurve project here: neither {start} nor any folder above it holds "
        f"{' and '.join(MARKS)}. "
        "Change into the folder of your clone (or any folder in it) and call upcurve again."
    )


def put_own_programs_first() -> None:
    """Put this environment's programs first on PATH, so that ``python -m stages.train`` finds them."""
    # Not resolved: in a virtual environment the interpreter is a link, and its programs lie beside the link.
    programs = str(Path(sys.executable).parent)
    others = os.environ.get("PATH", "")
    if others.split(os.pathsep)[0] != programs:
        os.environ["PATH"] = f"{programs}{os.pathsep}{others}"


def hand_over() -> None:
    """Go on with the code of the project we stand in, where that is another clone than this code's own."""
    here = Path(__file__).resolve().parents[3]
    try:
        root = find_root()
    except (ValueError, OSError):
        return
    is_other = root != here and (root / "stages/shell/cli/main.py").is_file()
    if is_other and os.environ.get(HANDED_OVER) != str(root):
        paths = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
        os.environ |= {HANDED_OVER: str(root), "PYTHONPATH": os.pathsep.join(paths)}
        command = [sys.executable, "-m", "stages.shell.cli", *sys.argv[1:]]
        os.execv(sys.executable, command)  # noqa: S606 - our own interpreter
