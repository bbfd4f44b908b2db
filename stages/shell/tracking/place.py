"""Where MLflow's own store lies, mended where the repository was moved.

MLflow writes absolute addresses of artifacts into its database, of experiments, runs and models alike: in a
repository that was moved or copied they name the old place. An experiment's address says where new files go:
here. That of a run or a model says where its files are: still at the old place, where they are only there.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlparse

ARTIFACTS = "mlartifacts"
ADDRESSES = {
    "experiments": ("artifact_location",),
    "runs": ("artifact_uri",),
    "logged_models": ("artifact_location",),
    "model_versions": ("source", "storage_location"),
}
"""Columns of MLflow's tables that hold addresses of artifacts."""
PATTERN = f"file://*/{ARTIFACTS}/*"
"""Addresses of this program's making."""


def artifacts_of(root: Path) -> str:
    """Return the address of the artifacts of the repository at `root`."""
    return (root / ARTIFACTS).as_uri()


def mend_addresses(database: Path, root: Path) -> int:
    """Let the addresses in `database` name the artifacts beside it; return how many were mended."""
    here, mended = artifacts_of(root), 0
    with closing(sqlite3.connect(database, timeout=20)) as connection, connection:
        for table, column in _columns(connection):
            moved = _moved(connection, table, column, here=here)
            update = f"UPDATE {table} SET {column} = ? WHERE {column} = ?"  # noqa: S608 - names of our own
            connection.executemany(update, [(new, old) for old, new in moved.items()])
            mended += len(moved)
    return mended


def is_lost(address: str, name: str) -> bool:
    """Return whether the file `name` is gone from a place of artifacts on this machine."""
    return urlparse(address).scheme == "file" and not (_path(address) / name).exists()


def _columns(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return the columns of addresses that this MLflow has, each with its table."""
    names = {
        table: {str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")}
        for table in ADDRESSES
    }
    return [(table, column) for table, each in ADDRESSES.items() for column in each if column in names[table]]


def _moved(connection: sqlite3.Connection, table: str, column: str, *, here: str) -> dict[str, str]:
    """Return the addresses in a column that name another place and should not, each with the right one."""
    query = f"SELECT DISTINCT {column} FROM {table} WHERE {column} GLOB ?"  # noqa: S608 - names of our own
    others = [old for (old,) in connection.execute(query, (PATTERN,)) if not old.startswith(f"{here}/")]
    named = {old: f"{here}/{old.rpartition(f'/{ARTIFACTS}/')[2]}" for old in others}
    return {old: new for old, new in named.items() if table == "experiments" or _is_here(old, new)}


def _is_here(old: str, new: str) -> bool:
    return _path(new).exists() or not _path(old).exists()


def _path(address: str) -> Path:
    return Path(unquote(urlparse(address).path))
