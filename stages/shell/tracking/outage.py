"""A store that cannot be reached costs a run one warning, whichever of its processes notices first.

What else goes wrong while a row is written costs no run either, but is said for what it is.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stages.shell.driver import driver
from stages.shell.store import real_root
from stages.shell.tracking.client import tracking_uri

logger = logging.getLogger(__name__)
LONGEST = 200
"""Characters that are shown of what MLflow said."""
STORES = ("mlflow", "requests", "urllib3", "sqlalchemy", "sqlite3")
"""Packages whose errors are those of a store: its own, and those that carry what is said to it."""


def is_outage(error: Exception) -> bool:
    """Return whether `error` is that of a store or of the way to it, and not of our own files and code."""
    package = type(error).__module__.partition(".")[0]
    return package in STORES or isinstance(error, ConnectionError | TimeoutError)


def warn_once(error: Exception) -> None:
    """Warn that MLflow cannot be reached, unless this `dvc repro` (or upcurve) has said so already.

    An error that is no outage is a warning of its own, each time.
    """
    if not is_outage(error):
        logger.warning(
            "MLflow did not get all of the run (%s: %s); the run itself is not hurt, and the next "
            "`upcurve run` sends what is missing once that is mended",
            type(error).__name__,
            shortened(error),
        )
        logger.debug("where in the code:", exc_info=error)
        return
    if is_told():
        logger.debug("MLflow cannot be reached: %s", error)
        return
    logger.warning("MLflow cannot be reached; `upcurve sync` sends the run later (%s)", shortened(error))
    place = _mark()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    except OSError:
        logger.debug("could not write %s", place, exc_info=True)


@contextmanager
def refused_clearly() -> Iterator[None]:
    """Let what MLflow raises where its server does not answer be an error that a person can mend."""
    try:
        yield
    except Exception as error:
        if not is_outage(error):
            raise
        raise ValueError(
            f"MLflow refused, at {tracking_uri()}: {shortened(error)}. Start the server there, or let "
            "MLFLOW_TRACKING_URI name another (without it the runs are kept in mlflow.db, in this project)."
        ) from error


def is_told() -> bool:
    """Return whether the warning was given since the program began that this process belongs to."""
    try:
        return _mark().stat().st_mtime >= driver().create_time()
    except OSError:
        return False


def shortened(error: Exception) -> str:
    """Return what MLflow said, on one line."""
    return " ".join(str(error).split())[:LONGEST] or type(error).__name__


def _mark() -> Path:
    return real_root() / "scratch" / "mlflow.unreachable"
