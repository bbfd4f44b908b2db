"""Pictures, texts and series by real DVC, from raw files to the predictions of raw files."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
import yaml
from processes import UPCURVE, environment, run_module
from recorded_rows import of, read_rows
from samples import put_sample

from stages.shell.rewrite import put_in

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


class Medium(NamedTuple):
    """A worked experiment, what makes it quick, and the raw file that is predicted again."""

    experiment: str
    quick: dict[tuple[str, ...], Any]
    file: str
    name: str
    """Column of the predictions that names a row."""


QUICK: dict[tuple[str, ...], Any] = {
    ("train", "epochs"): 2,
    ("baseline",): {"models": ["linear"]},
    ("evaluate", "bootstrap_resamples"): 50,
}
TOKENS = {("encode", "text"): "tokens", ("model",): "rnn", ("augment",): "eda"}
MEDIA = {
    "pictures": Medium("fashion", QUICK, "data/raw/fashion/fashion.zip", "file"),
    "texts": Medium("emails", QUICK, "data/raw/emails/spam_assassin.csv.xz", "id"),
    "words": Medium("emails", QUICK | TOKENS, "data/raw/emails/spam_assassin.csv.xz", "id"),
    "series": Medium(
        "vowels", QUICK | {("augment",): "sequence"}, "data/raw/vowels/JapaneseVowels.npz", "row"
    ),
}


@pytest.fixture(scope="module", params=sorted(MEDIA))
def project(request: pytest.FixtureRequest, make_project: Callable[[], Path]) -> tuple[Path, Medium]:
    """A project that has run once on a part of the data of one kind."""
    medium = MEDIA[request.param]
    project = make_project()
    use(project, medium)
    assert len(ran(run_module(project, "dvc", "repro"))) == 10
    return project, medium


def use(project: Path, medium: Medium) -> None:
    run_module(project, UPCURVE, "use", medium.experiment)
    path = project / "params.yaml"
    text = path.read_text(encoding="utf-8")
    for key, value in medium.quick.items():
        text = put_in(text, key, value)
    path.write_text(text, encoding="utf-8")
    dataset = yaml.safe_load(text)["dataset"]
    raw = project / "data" / "raw" / dataset
    for file in raw.iterdir():
        file.unlink()
    raw.rmdir()
    put_sample(ROOT / "data" / "raw" / dataset, raw)
    choice = project / "conf" / "dataset" / f"{dataset}.yaml"
    document = yaml.safe_load(choice.read_text())
    choice.write_text("# A part of it\n" + yaml.safe_dump(document | {"sha256": {}}, sort_keys=False))
    for command in (["git", "add", "-A"], ["git", "commit", "-qm", "a part"]):
        subprocess.run(command, cwd=project, check=True, env=environment())


def ran(output: str) -> set[str]:
    return set(re.findall(r"Running stage '(\w+)'", output))


def hashes(project: Path) -> dict[str, str]:
    lock = yaml.safe_load((project / "dvc.lock").read_text())["stages"]
    return {name: block["outs"][0]["md5"] for name, block in lock.items() if name != "record"}


def test_a_second_repro_runs_nothing(project: tuple[Path, Medium]) -> None:
    assert ran(run_module(project[0], "dvc", "repro")) == set()


def test_the_row_has_metrics_curves_and_a_model(project: tuple[Path, Medium]) -> None:
    (row,) = read_rows(of(project[0]), experiment=project[1].experiment).values()
    assert row.status == "FINISHED"
    assert "test/accuracy" in row.metrics
    assert (project[0] / "data" / "record" / "report.html").stat().st_size > 10_000


def test_raw_files_are_predicted_as_evaluate_did(project: tuple[Path, Medium], tmp_path: Path) -> None:
    root, medium = project
    out = tmp_path / "predicted.parquet"
    run_module(root, UPCURVE, "predict", medium.file, "--output", str(out))
    predicted = pd.read_parquet(out).set_index(medium.name)
    told = pd.read_parquet(root / "data" / "evaluate" / "predictions.parquet").set_index("example_id")
    same = [name for name in predicted if name.startswith("probability.")]
    assert len(same) > 1
    assert len(told) > 50
    rows = predicted.reindex(names_of(root, told.index, by_row=medium.name == "row"))
    np.testing.assert_allclose(rows[same], told[same], rtol=1e-5, atol=1e-6)
    assert rows["prediction"].tolist() == told["prediction"].astype("str").tolist()


def names_of(project: Path, examples: pd.Index, *, by_row: bool) -> list[Any]:
    """Return what the predictions call the examples: their ids, or their places in the file, from 1."""
    if not by_row:
        return examples.tolist()
    known = pd.read_parquet(project / "data" / "clean" / "examples.parquet", columns=["example_id"])
    return (pd.Index(known["example_id"]).get_indexer(examples) + 1).tolist()


def test_forced_to_run_again_every_stage_gives_the_same_bytes(project: tuple[Path, Medium]) -> None:
    before = hashes(project[0])
    command = [sys.executable, "-m", "dvc", "repro", "-q", "-f"]
    subprocess.run(command, cwd=project[0], env=environment(), check=True, capture_output=True)
    assert hashes(project[0]) == before
