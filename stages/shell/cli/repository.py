"""DVC's own view of the project, for commands that ask it questions."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def open_repository(root: Path) -> Iterator[Any]:
    """Yield DVC's repository at `root`; its remarks about other commits are no concern of the user's.

    Raises
    ------
    ValueError
        Where there is none.
    """
    from dvc.exceptions import NotDvcRepoError
    from dvc.repo import Repo

    logger = logging.getLogger("dvc")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with Repo(str(root)) as repo:
            yield repo
    except NotDvcRepoError as error:
        raise ValueError(
            f"{root} is no DVC repository yet: run `dvc init` there, then call upcurve again."
        ) from error
    finally:
        logger.setLevel(level)
