"""Importing TensorFlow without its chatter.

It tells of its build and of drivers that are not there before it reads ``TF_CPP_MIN_LOG_LEVEL``
(https://github.com/tensorflow/tensorflow/issues/100442), from C++, so that only the file descriptor can
hold it back. Whatever is not one of its log lines is passed on, and everything is where importing fails.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile

LEVEL = "TF_CPP_MIN_LOG_LEVEL"
CHATTER = re.compile(
    rb"^([IWE]\d{4} \d\d:\d\d:\d+\.\d+ .*|WARNING: All log messages before absl.*)\n", re.MULTILINE
)
STDERR = 2


def import_tensorflow() -> None:
    """Import TensorFlow; quietly, unless the environment says at which level it is to log."""
    if "tensorflow" in sys.modules or LEVEL in os.environ:
        return
    os.environ[LEVEL] = "3"
    sys.stderr.flush()
    terminal = os.dup(STDERR)
    said = b""
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), STDERR)
        try:
            import tensorflow  # noqa: F401
        finally:
            os.dup2(terminal, STDERR)
            held.seek(0)
            said = held.read()
            complete = "tensorflow" in sys.modules
            os.write(terminal, CHATTER.sub(b"", said) if complete else said)
            os.close(terminal)
