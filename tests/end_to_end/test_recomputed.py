"""What `evaluate` says of a real run, computed once more from its stored predictions by other means."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from processes import environment
from scipy import stats
from sklearn import metrics as sklearn

from stages.shell.rewrite import put_in

pytestmark = pytest.mark.slow

PAGE = {"threshold": "best_f1", "calibration": "temperature", "bootstrap_resamples": 2000}
POSITIVE = "bad"


class Run:
    """The files of one evaluated run."""

    def __init__(self, project: Path) -> None:
        self.data = project / "data"
        predictions = pd.read_parquet(self.data / "evaluate" / "predictions.parquet")
        self.parts = {str(part): rows for part, rows in predictions.groupby("part")}
        baseline = pd.read_parquet(self.data / "baseline" / "predictions.parquet")
        self.baseline = baseline[baseline["baseline"] == "linear"].set_index(["part", "example_id"])

    def document(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.data / "evaluate" / f"{name}.json").read_text())
        return found

    def truth(self, part: str) -> np.ndarray:
        return (self.parts[part]["target"] == POSITIVE).to_numpy(int)

    def decided(self, part: str) -> np.ndarray:
        return (self.parts[part]["prediction"] == POSITIVE).to_numpy(int)

    def chance(self, part: str) -> np.ndarray:
        return self.parts[part][f"probability.{POSITIVE}"].to_numpy()


@pytest.fixture(scope="module")
def run(small_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    project = tmp_path_factory.mktemp("recomputed") / "project"
    shutil.copytree(small_project, project, symlinks=True)
    page = (project / "params.yaml").read_text()
    for key, value in PAGE.items():
        page = put_in(page, ("evaluate", key), value)
    (project / "params.yaml").write_text(page)
    subprocess.run([sys.executable, "-m", "dvc", "repro", "-q"], cwd=project, check=True, env=environment())
    return Run(project)


@pytest.mark.parametrize("part", ["test", "validation"])
def test_metrics_are_scikit_learns(run: Run, part: str) -> None:
    truth, decided, chance = run.truth(part), run.decided(part), run.chance(part)
    wanted = {
        "accuracy": sklearn.accuracy_score(truth, decided),
        "balanced_accuracy": sklearn.balanced_accuracy_score(truth, decided),
        "precision": sklearn.precision_score(truth, decided),
        "recall": sklearn.recall_score(truth, decided),
        "f1": sklearn.f1_score(truth, decided),
        "f1_macro": sklearn.f1_score(truth, decided, average="macro"),
        "f1_weighted": sklearn.f1_score(truth, decided, average="weighted"),
        "matthews_corrcoef": sklearn.matthews_corrcoef(truth, decided),
        "log_loss": sklearn.log_loss(truth, chance),
        "brier_score": sklearn.brier_score_loss(truth, chance),
        "rows": len(truth),
    }
    told = run.document("metrics")[part]
    assert {name: told[name] for name in wanted} == pytest.approx(wanted, abs=1e-9)
    good = 1 - truth  # of two classes both have the same area, but not the same average precision
    areas = {
        POSITIVE: sklearn.average_precision_score(truth, chance),
        "good": sklearn.average_precision_score(good, 1 - chance),
    }
    for name, area in areas.items():
        assert told["per_class"][name]["pr_auc"] == pytest.approx(area)
        assert told["per_class"][name]["roc_auc"] == pytest.approx(sklearn.roc_auc_score(truth, chance))


@pytest.mark.parametrize(
    ("metric", "measured", "scored"),
    [
        ("accuracy", sklearn.accuracy_score, False),
        ("f1", sklearn.f1_score, False),
        ("roc_auc", sklearn.roc_auc_score, True),
        ("log_loss", sklearn.log_loss, True),
    ],
)
def test_intervals_are_those_of_scipys_bootstrap(run: Run, metric: str, measured: Any, scored: bool) -> None:
    answers = run.chance("test") if scored else run.decided("test")
    found = stats.bootstrap(
        (run.truth("test"), answers),
        measured,
        paired=True,
        vectorized=False,
        n_resamples=2000,
        method="percentile",
        rng=np.random.default_rng(1),
    ).confidence_interval
    low, high = run.document("intervals")["test"][metric]
    width = found.high - found.low
    assert [low, high] == pytest.approx([found.low, found.high], abs=0.15 * width)


def test_no_other_threshold_has_a_better_f1_on_validation(run: Run) -> None:
    truth, chance = run.truth("validation"), run.chance("validation")
    threshold = run.document("decision")["threshold"]
    chosen = sklearn.f1_score(truth, chance >= threshold)
    assert chosen == pytest.approx(max(sklearn.f1_score(truth, chance >= each) for each in chance))
    assert (run.decided("test") == (run.chance("test") >= threshold)).all()


def test_no_other_temperature_has_a_lower_log_loss_on_validation(run: Run) -> None:
    truth, chance = run.truth("validation"), run.chance("validation")
    assert run.document("decision")["temperature"] != 1
    logit = np.log(chance / (1 - chance))
    losses = [sklearn.log_loss(truth, 1 / (1 + np.exp(-logit / t))) for t in np.geomspace(0.5, 2, 41)]
    assert int(np.argmin(losses)) == 20  # 1: what is stored is at its best temperature already


def test_the_difference_to_a_baseline_is_that_of_its_stored_probabilities(run: Run) -> None:
    answers = run.baseline.loc["test"].loc[run.parts["test"]["example_id"]]
    ours = sklearn.roc_auc_score(run.truth("test"), run.chance("test"))
    theirs = sklearn.roc_auc_score(run.truth("test"), answers[f"probability.{POSITIVE}"])
    told = run.document("comparison")["test"]["baselines"]["linear"]["differences"]["roc_auc"]
    assert told["difference"] == pytest.approx(ours - theirs)
    assert told["low"] <= told["difference"] <= told["high"]
