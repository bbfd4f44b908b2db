"""``upcurve compare`` and ``upcurve note`` on a real store with runs whose numbers are known."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from processes import environment
from sklearn.metrics import accuracy_score

from stages.shell.cli import runs
from stages.shell.cli.main import upcurve
from stages.shell.tracking.client import KEY, open_client, open_experiment
from stages.shell.tracking.description import CONTENT

ROOT = Path(__file__).resolve().parents[2]
CLASSES = ["bad", "good"]
ROWS = 200


@pytest.fixture(scope="module")
def fresh_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    code = "from stages.shell.tracking import client; client.open_experiment(client.open_client(), 'credit')"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment(DVC_ROOT=str(folder)), check=True)
    return folder / "mlflow.db"


@pytest.fixture
def project(tmp_path: Path, fresh_store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose workspace holds the run with the key `here`."""
    (tmp_path / "conf").mkdir()
    for file in ("dvc.yaml", "conf/config.yaml"):
        (tmp_path / file).write_text("{}\n")
    (tmp_path / "data" / "record").mkdir(parents=True)
    (tmp_path / "data" / "record" / "record.json").write_text('{"key": "here"}')
    shutil.copy(fresh_store, tmp_path)
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


TARGET = np.random.default_rng(0).integers(0, 2, ROWS)


def probabilities(share_right: float) -> np.ndarray[Any, Any]:
    """The probability of the second class for each row; the first `share_right` of the rows are right."""
    right = np.arange(ROWS) < share_right * ROWS
    return np.where(right == (TARGET == 1), 0.8, 0.2)


@pytest.fixture
def make_run(project: Path, tmp_path: Path) -> Callable[..., str]:
    """A function that records a run with these parameters and predictions; returns its id."""
    client = open_client()
    experiment = open_experiment(client, "credit")
    times = iter(range(1, 100))

    def make(
        key: str, share_right: float, *, first_row: int = 0, weight: float | None = None, **parameters: str
    ) -> str:
        shares = probabilities(share_right)
        table = pd.DataFrame(
            {
                "example_id": [f"credit.csv:{first_row + row}" for row in range(ROWS)],
                "part": "test",
                "target": np.array(CLASSES)[TARGET],
                "prediction": np.array(CLASSES)[(shares >= 0.5).astype(int)],
                "probability.bad": 1 - shares,
                "probability.good": shares,
            }
        )
        if weight is not None:
            table["weight"] = np.where(TARGET == 1, weight, 1.0)
        folder = tmp_path / "made" / key / "evaluate"
        folder.mkdir(parents=True)
        table.to_parquet(folder / "predictions.parquet")
        (folder / "decision.json").write_text(json.dumps({"task": "binary", "classes": CLASSES}))
        start = next(times)
        run = client.create_run(experiment, start, {KEY: key}, run_name=f"mlp {key}").info.run_id
        for name, value in {"seed": "42", "train.epochs": "3", **parameters}.items():
            client.log_param(run, name, value)
        accuracy = accuracy_score(table["target"], table["prediction"])
        for name, value in (("", accuracy), ("_low", accuracy - 0.1), ("_high", accuracy + 0.1)):
            client.log_metric(run, f"test/accuracy{name}", value)
        client.log_artifacts(run, str(folder), "evaluate")
        (tmp_path / "mlartifacts" / "credit" / run / "artifacts" / "config.yaml").write_text("{}")
        client.set_terminated(run, end_time=start)
        return str(run)

    return make


def call(*arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(upcurve, arguments, prog_name="upcurve")
    assert result.exit_code == status, result.output
    return result


def lines_of(result: Result, word: str) -> list[list[str]]:
    return [line.split() for line in result.output.splitlines() if line.split()[:1] == [word]]


def test_the_workspace_is_compared_with_the_run_before(make_run: Callable[..., str]) -> None:
    make_run("oldest", 0.5)
    before = make_run("before", 0.6, **{"train.learning_rate": "0.1"})
    here = make_run("here", 0.9, **{"train.learning_rate": "0.2"})
    result = call("compare")
    assert lines_of(result, "train.learning_rate") == [["train.learning_rate", "0.1", "0.2"]]
    assert not lines_of(result, "seed")
    (accuracy,) = lines_of(result, "accuracy")
    assert accuracy[1:4] == ["0.6", "0.9", "+0.3"]
    assert accuracy[-1] == "better"
    assert f"{here[:8]} against {before[:8]} (same rows" in result.output
    document = json.loads(call("compare", "--json").stdout)
    assert [run["id"] for run in document["runs"]] == [before, here]
    assert document["parameters"] == {"train.learning_rate": ["0.1", "0.2"]}
    (compared,) = document["metrics"]
    row = compared["metrics"][0]
    assert row["difference"] == pytest.approx(0.3)
    # the normal interval of a difference of which 60 of 200 rows are won and none lost
    half = 1.96 * np.sqrt(0.3 * 0.7 / ROWS)
    assert (row["low"], row["high"]) == pytest.approx((0.3 - half, 0.3 + half), abs=0.02)


def test_more_runs_are_each_compared_with_the_first(make_run: Callable[..., str]) -> None:
    runs = [make_run(key, share) for key, share in (("a", 0.8), ("b", 0.6), ("here", 0.8))]
    document = json.loads(call("compare", *runs, "--json").stdout)
    assert [each["base"] for each in document["metrics"]] == [runs[0]] * 2
    assert [each["metrics"][0]["verdict"] for each in document["metrics"]] == ["worse", "not distinguishable"]


def test_runs_on_other_rows_are_shown_side_by_side(make_run: Callable[..., str]) -> None:
    make_run("before", 0.5, first_row=100)
    make_run("here", 0.9)
    result = call("compare")
    assert "not paired, since only 100 of 200 test rows are the same" in result.output
    (accuracy,) = lines_of(result, "accuracy")
    assert accuracy == ["accuracy", "0.5", "[0.4,", "0.6]", "0.9", "[0.8,", "1]"]


@pytest.mark.parametrize(
    ("before", "here", "said"),
    [
        (3.0, None, "only one of them counts rows by their weight (evaluate.weighted)"),
        (None, 3.0, "only one of them counts rows by their weight (evaluate.weighted)"),
        (3.0, 2.0, "the same rows have other weights"),
    ],
)
def test_runs_that_count_rows_otherwise_are_shown_side_by_side(
    make_run: Callable[..., str], before: float | None, here: float | None, said: str
) -> None:
    make_run("before", 0.5, weight=before)
    make_run("here", 0.9, weight=here)
    assert f"not paired, since {said}" in call("compare").output


def test_more_runs_than_mlflow_tells_at_once(
    make_run: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "RUNS_A_CALL", 2)
    made = [make_run(str(number), 0.5) for number in range(5)]
    assert [run.info.run_id for run in runs.load_runs()] == made[::-1]


def test_runs_are_named_by_id_beginning_or_name(make_run: Callable[..., str]) -> None:
    first, second = make_run("first", 0.5), make_run("here", 0.6)
    shown = call("compare", first[:6], "mlp here").output
    assert f"{second[:8]} against {first[:8]}" in shown
    assert f"{second[:8]} against {first[:8]}" in call("compare", "mlp first").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mlp frist",), "There is no run `mlp frist`; did you mean `mlp first`?"),
        (("zzz",), "There is no run `zzz`: neither an id"),
        (("mlp first", "mlp first"), "Expected different runs, received mlp first more than once"),
        (("mlp twice", "mlp first"), "`mlp twice` names 2 runs"),
    ],
)
def test_what_names_no_run_is_refused(
    make_run: Callable[..., str], words: tuple[str, ...], said: str
) -> None:
    for key in ("first", "here"):
        make_run(key, 0.5)
    client = open_client()
    for key in ("one", "two"):
        client.update_run(make_run(key, 0.5), name="mlp twice")
    assert said in call("compare", *words, status=1).output


def test_alone_there_is_nothing_to_compare(make_run: Callable[..., str]) -> None:
    make_run("here", 0.5)
    assert "There is no other run to compare mlp here with" in call("compare", status=1).output


def test_a_note_is_kept_in_a_file_and_in_mlflow(make_run: Callable[..., str], project: Path) -> None:
    run = make_run("here", 0.5)
    assert "There is no note on mlp here yet." in call("note").output
    assert "Noted on mlp here (notes/here.md)." in call("note", "first try").output
    assert call("note").output == "first try\n"
    assert (project / "notes" / "here.md").read_text() == "<!-- mlp here -->\nfirst try\n"
    assert open_client().get_run(run).data.tags[CONTENT] == "first try"
    call("note", run[:6], "second try")
    assert open_client().get_run(run).data.tags[CONTENT] == "second try"
    call("note", "")
    assert not list((project / "notes").iterdir())
    assert open_client().get_run(run).data.tags[CONTENT] == ""


def test_a_note_written_elsewhere_is_sent_by_sync(make_run: Callable[..., str], project: Path) -> None:
    run = make_run("here", 0.5)
    (project / "notes").mkdir()
    (project / "notes" / "here.md").write_text("from a colleague\n")
    call("sync")
    assert open_client().get_run(run).data.tags[CONTENT] == "from a colleague"
    open_client().set_tag(run, CONTENT, "edited in the UI")
    (project / "notes" / "here.md").write_text("from a colleague, later\n")
    call("sync")
    assert open_client().get_run(run).data.tags[CONTENT] == "edited in the UI"
    result = call("note", "mine")
    assert "This replaces what was written in the UI:\nedited in the UI" in result.output
    assert open_client().get_run(run).data.tags[CONTENT] == "mine"


@pytest.mark.parametrize("command", ["sync", "compare", "note"])
def test_a_server_that_does_not_answer_is_named(
    project: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    result = call(command, status=1)
    assert "MLflow refused, at http://127.0.0.1:9: " in result.output
    assert "Start the server there" in result.output
