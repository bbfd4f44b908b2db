"""Addresses of artifacts in a store: which are mended where a repository was moved or copied."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from stages.shell.tracking.client import mend


def store(file: Path, place: Path) -> Path:
    """A store as MLflow writes it, with an experiment and its run `r` at `place`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE experiments (artifact_location TEXT)")
        connection.execute("CREATE TABLE runs (artifact_uri TEXT)")
        address = f"{place.as_uri()}/mlartifacts/credit"
        connection.execute("INSERT INTO experiments VALUES (?)", (address,))
        connection.execute("INSERT INTO runs VALUES (?)", (f"{address}/r/artifacts",))
    return file


def addresses(file: Path) -> tuple[str, str]:
    """The addresses of the experiment and of the run."""
    with sqlite3.connect(file) as connection:
        ((experiment,),) = connection.execute("SELECT artifact_location FROM experiments")
        ((run,),) = connection.execute("SELECT artifact_uri FROM runs")
    return experiment, run


def named(place: Path) -> tuple[str, str]:
    experiment = f"{place.as_uri()}/mlartifacts/credit"
    return experiment, f"{experiment}/r/artifacts"


def files(place: Path) -> None:
    (place / "mlartifacts" / "credit" / "r" / "artifacts").mkdir(parents=True)


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Where the repository was, and where it is."""
    old, new = tmp_path / "the old one", tmp_path / "the new one"
    monkeypatch.setenv("DVC_ROOT", str(new))
    return old, new


def test_a_store_that_clones_share_is_left_as_it_is(places: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = places
    shared = store(tmp_path / "shared.db", old)
    mend(shared)
    assert addresses(shared) == named(old)
    new.mkdir()
    (new / "mlflow.db").symlink_to(shared)
    mend(new / "mlflow.db")
    assert addresses(shared) == named(old)


@pytest.mark.parametrize("kept", ["nothing", "the new files", "both"])
def test_a_run_is_where_its_files_are(places: tuple[Path, Path], kept: str) -> None:
    old, new = places
    file = store(new / "mlflow.db", old)
    for place in {"nothing": (), "the new files": (new,), "both": (old, new)}[kept]:
        files(place)
    mend(file)
    assert addresses(file) == named(new)


def test_a_copy_without_files_reads_the_originals_and_writes_its_own(places: tuple[Path, Path]) -> None:
    old, new = places
    file = store(new / "mlflow.db", old)
    files(old)
    mend(file)
    assert addresses(file) == (named(new)[0], named(old)[1])
    (old / "mlartifacts").rename(new / "mlartifacts")
    mend(file)
    assert addresses(file) == named(new)
