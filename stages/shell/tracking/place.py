"""Where MLflow's own store lies, mended where the repository was moved.

MLflow writes absolute addresses of artifacts into its database, of experiments, runs and models alike: in a
repository that was moved or copied they name the old place.
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


def artifacts_of(root: Path) -> str:
    """Return the address of the artifacts of the repository at `root`."""
    return (root / ARTIFACTS).as_uri()


def mend_addresses(database: Path, root: Path) -> int:
    """Let the addresses in `database` name the artifacts beside it; return how many old places there were."""
    here = artifacts_of(root)
    with closing(sqlite3.connect(database, timeout=20)) as connection, connection:
        old = _other_places(connection, here)
        for place in old:
            _replace(connection, place, here)
    return len(old)


def is_lost(address: str, name: str) -> bool:
    """Return whether the file `name` is gone from a place of artifacts on this machine."""
    place = urlparse(address)
    return place.scheme == "file" and not (Path(unquote(place.path)) / name).exists()


def _other_places(connection: sqlite3.Connection, here: str) -> list[str]:
    """Return the places of artifacts, of this program's making, that are not `here`."""
    locations = connection.execute("SELECT DISTINCT artifact_location FROM experiments").fetchall()
    places = {str(location).rpartition("/")[0] for (location,) in locations}
    return sorted(place for place in places if place.endswith(f"/{ARTIFACTS}") and place != here)


def _replace(connection: sqlite3.Connection, old: str, new: str) -> None:
    for table, columns in ADDRESSES.items():
        there = {str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")}
        for column in there.intersection(columns):
            connection.execute(
                f"UPDATE {table} SET {column} = ? || substr({column}, ?) "  # noqa: S608 - names of our own
                f"WHERE substr({column}, 1, ?) = ?",
                (new, len(old) + 1, len(old) + 1, f"{old}/"),
            )
