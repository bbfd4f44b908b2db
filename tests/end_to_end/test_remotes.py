"""A trained model travels: pushed to a DVC remote, pulled into a fresh clone, used there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from processes import UPCURVE, run_git, run_module
from ssh_server import ssh_server

pytestmark = pytest.mark.slow

RAW = "data/raw/credit/credit_data.csv.gz"


@pytest.fixture(scope="module")
def project(small_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has run once."""
    project = tmp_path_factory.mktemp("shared") / "project"
    shutil.copytree(small_project, project, symlinks=True)
    return project


@pytest.fixture(params=["folder", "ssh"])
def remote(request: pytest.FixtureRequest, project: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The settings of a remote: a folder, or a server over the network."""
    if request.param == "folder":
        yield {"url": str(tmp_path / "remote")}
        return
    with ssh_server(tmp_path) as server:
        yield {"url": f"{server.url}{tmp_path / 'remote'}", "keyfile": str(server.keyfile)}


def connect(folder: Path, remote: dict[str, str]) -> None:
    """Tell DVC of the remote, outside of git: the key is this machine's."""
    run_module(folder, "dvc", "remote", "add", "--local", "--default", "--force", "shared", remote["url"])
    for key in remote.keys() - {"url"}:
        run_module(folder, "dvc", "remote", "modify", "--local", "shared", key, remote[key])


def test_a_clone_predicts_as_the_run_was_evaluated(
    project: Path, remote: dict[str, str], tmp_path: Path
) -> None:
    connect(project, remote)
    run_module(project, "dvc", "push", "-q", "--run-cache")

    clone = tmp_path / "clone"
    run_git(tmp_path, "clone", "-q", str(project), str(clone))
    connect(clone, remote)
    run_module(clone, "dvc", "pull", "-q", "--run-cache")
    assert "up to date" in run_module(clone, "dvc", "status")
    run_module(clone, UPCURVE, "predict", RAW, "--output", "predictions.parquet")

    predicted = pd.read_parquet(clone / "predictions.parquet")
    predicted.index = pd.Index(f"{Path(RAW).name}:{row}" for row in predicted["row"])
    evaluated = pd.read_parquet(project / "data" / "evaluate" / "predictions.parquet").set_index("example_id")
    predicted = predicted.loc[evaluated.index]
    assert predicted["prediction"].tolist() == evaluated["prediction"].tolist()
    for column in [name for name in evaluated if name.startswith("probability.")]:
        np.testing.assert_allclose(predicted[column], evaluated[column], rtol=1e-5, atol=1e-6)
