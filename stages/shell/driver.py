"""The DVC that started this process."""

from __future__ import annotations

import os
import signal
import threading

import psutil


def driver() -> psutil.Process:
    """Return the DVC that started this process; the process itself where none did."""
    here = psutil.Process()
    for above in here.parents():
        try:
            command = above.cmdline()
        except psutil.Error:
            continue
        if any(part == "dvc" or part.endswith("/dvc") for part in command[:4]):
            return above
    return here


def end_with_driver() -> None:
    """Have this process ended (SIGTERM) as soon as the DVC that started it is gone.

    A killed DVC leaves its stage running as an orphan, which would race the next one for the output. The
    shell that DVC runs a command in may stand between the two and outlive it, so that it is DVC itself that
    has to be watched.
    """
    above = driver()
    if above.pid != os.getpid():
        threading.Thread(target=_end_after, args=(above,), daemon=True, name="end-with-driver").start()


def _end_after(process: psutil.Process) -> None:
    process.wait()
    os.kill(os.getpid(), signal.SIGTERM)
