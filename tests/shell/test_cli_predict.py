"""`upcurve predict`: files in, predictions out, from the workspace and from MLflow."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import bundle_cases as cases
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner, Result

from stages.metrics.decision import Decision
from stages.metrics.rule import Rule
from stages.shell.cli.main import upcurve

Run = Callable[..., Result]


class Workspace(NamedTuple):
    """A project with a finished run, and what its model is to predict for the rows of the test part."""

    root: Path
    model: cases.Trained


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("project")
    table = cases.credit(tmp_path_factory.mktemp("credit"))
    model = cases.trained(table, root, rule=Rule(1.3, Decision(0.4)))
    cases.data_folder(table, model, root / "data")
    (root / "conf").mkdir()
    for mark in ("dvc.yaml", "conf/config.yaml"):
        (root / mark).write_text("{}\n")
    dataset = {"name": "credit", "id": "customer", "delimiter": "auto", "encoding": "auto"}
    config = {"dataset": dataset, "choices": {"model": "mlp"}}
    (root / "data/config.yaml").write_text(yaml.safe_dump(config))
    return Workspace(root, model)


@pytest.fixture
def here(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A function that runs `upcurve predict` in the project; its files lie in an empty folder."""
    monkeypatch.chdir(workspace.root)
    monkeypatch.setenv("DVC_ROOT", str(workspace.root))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{workspace.root / 'mlflow.db'}")

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(upcurve, ["predict", *map(str, arguments)], prog_name="upcurve")

    return run


def predicted(result: Result, path: Path) -> pd.DataFrame:
    assert result.exit_code == 0, result.output
    assert sorted(each.name for each in path.parent.glob(".*")) == []
    return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)


def test_csv_to_parquet(workspace: Workspace, here: Run, tmp_path: Path) -> None:
    workspace.model.raw.to_csv(tmp_path / "new.csv", index=False)
    result = here(tmp_path / "new.csv", "--output", tmp_path / "out.parquet")
    table = predicted(result, tmp_path / "out.parquet")
    assert list(table) == ["row", "prediction", "probability.good", "probability.bad"]
    assert table["row"].tolist() == list(range(1, len(workspace.model.raw) + 1))
    cases.check_same(table.drop(columns="row"), workspace.model.expected)
    assert result.output.splitlines()[-1] == f"{tmp_path / 'out.parquet'}: {len(table)} rows"


@pytest.mark.parametrize("ending", ["csv.gz", "tsv", "jsonl", "parquet", "feather"])
def test_every_kind_of_file(workspace: Workspace, here: Run, tmp_path: Path, ending: str) -> None:
    raw, path = workspace.model.raw.reset_index(drop=True), tmp_path / f"new.{ending}"
    if ending == "parquet":
        raw.to_parquet(path)
    elif ending == "feather":
        raw.to_feather(path)
    elif ending == "jsonl":
        raw.to_json(path, orient="records", lines=True)
    else:
        raw.to_csv(path, index=False, sep="\t" if ending == "tsv" else ",")
    table = predicted(here(path, "-o", tmp_path / "out.csv.gz"), tmp_path / "out.csv.gz")
    cases.check_same(table.drop(columns="row"), workspace.model.expected)


def test_without_an_output_predictions_are_shown(workspace: Workspace, here: Run, tmp_path: Path) -> None:
    workspace.model.raw.head(5).to_csv(tmp_path / "new.csv", index=False)
    result = here(tmp_path / "new.csv")
    assert result.exit_code == 0, result.output
    shown = pd.read_csv(io.StringIO(result.stdout))
    cases.check_same(shown.drop(columns="row"), workspace.model.expected.head(5))
    assert [each.name for each in tmp_path.iterdir()] == ["new.csv"]


def test_ids_are_kept(workspace: Workspace, here: Run, tmp_path: Path) -> None:
    numbers = range(len(workspace.model.raw))
    raw = workspace.model.raw.assign(customer=[f"c{n:04}" for n in numbers], branch="north")
    raw.to_csv(tmp_path / "new.csv", index=False)
    table = predicted(here(tmp_path / "new.csv", "-o", tmp_path / "out.csv"), tmp_path / "out.csv")
    assert list(table)[:2] == ["customer", "prediction"]
    assert table["customer"].tolist() == raw["customer"].tolist()
    kept = ("--keep", "branch", "--keep", "Age")
    table = predicted(
        here(tmp_path / "new.csv", "-o", tmp_path / "two.parquet", *kept), tmp_path / "two.parquet"
    )
    assert list(table)[:3] == ["branch", "Age", "prediction"]
    assert table["Age"].tolist() == raw["Age"].tolist()


def test_many_batches_give_what_one_gives(
    workspace: Workspace, here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = pd.concat([workspace.model.raw] * 5)
    raw.to_csv(tmp_path / "new.csv", index=False)
    from stages.bundle import streaming

    defaults = streaming.read_batches.__kwdefaults__
    monkeypatch.setitem(defaults, "rows", 128)
    monkeypatch.setitem(defaults, "whole", 0)
    for name in ("out.parquet", "out.csv", "out.csv.gz"):
        table = predicted(here(tmp_path / "new.csv", "-o", tmp_path / name), tmp_path / name)
        assert table["row"].tolist() == list(range(1, len(raw) + 1))
        cases.check_same(table.drop(columns="row"), pd.concat([workspace.model.expected] * 5))


def test_same_bytes_again(workspace: Workspace, here: Run, tmp_path: Path) -> None:
    workspace.model.raw.head(9).to_csv(tmp_path / "new.csv", index=False)
    for ending in ("parquet", "csv.gz"):
        path = tmp_path / f"out.{ending}"
        predicted(here(tmp_path / "new.csv", "-o", path), path)
        before = path.read_bytes()
        predicted(here(tmp_path / "new.csv", "-o", path, "--force"), path)
        assert path.read_bytes() == before
    assert gzip.decompress(before).startswith(b"row,prediction,")


def test_missing_columns_are_told(
    workspace: Workspace, here: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = workspace.model.raw.head(4).drop(columns=["Age", "Home"]).assign(age=1)
    rows.to_csv(tmp_path / "new.csv", index=False)
    table = predicted(here(tmp_path / "new.csv", "-o", tmp_path / "out.csv"), tmp_path / "out.csv")
    assert len(table) == 4
    assert "the file lacks 'Home', 'Age', taken as missing in every row. Did you mean 'age'?" in caplog.text


def test_no_rows(workspace: Workspace, here: Run, tmp_path: Path) -> None:
    workspace.model.raw.head(0).to_csv(tmp_path / "new.csv", index=False)
    table = predicted(here(tmp_path / "new.csv", "-o", tmp_path / "out.parquet"), tmp_path / "out.parquet")
    assert list(table) == ["row", "prediction", "probability.good", "probability.bad"]
    assert len(table) == 0


def test_what_cannot_be_read(workspace: Workspace, here: Run, tmp_path: Path) -> None:
    rows = workspace.model.raw.head(5).copy()
    rows.iloc[2, list(rows).index("Age")] = "old"
    text = rows.to_csv(index=False) + "a,b\n"
    (tmp_path / "new.csv").write_text(text)
    (tmp_path / "out.csv").write_text("mine")
    result = here(tmp_path / "new.csv", "-o", tmp_path / "out.csv", "--force")
    assert result.exit_code == 1
    assert "1 record(s) cannot be read: record 6 (2 cells, expected 17): 'a,b'" in result.output
    (tmp_path / "new.csv").write_text(text.rpartition("a,b")[0])
    result = here(tmp_path / "new.csv", "-o", tmp_path / "out.csv", "--force")
    assert result.exit_code == 1
    assert "row 3, column 'Age': 'old' is not numeric" in result.output
    assert (tmp_path / "out.csv").read_text() == "mine"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["new.csv", "out.csv"]
    (tmp_path / "new.csv").write_text(text)
    missing = ("--unreadable", "missing", "--force")
    table = predicted(here(tmp_path / "new.csv", "-o", tmp_path / "out.csv", *missing), tmp_path / "out.csv")
    assert table["row"].tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "case",
    [
        ("nwe.csv", "out.csv", "There is no file .*nwe.csv. Did you mean 'new.csv'?"),
        ("new.csv", "out.xlsx", "must end in .parquet, .csv, .csv.gz"),
        ("new.csv", "no/out.csv", "There is no folder .*no for the output"),
        ("new.csv", "there.csv", "there.csv exists already. Name another file, or say --force"),
        ("new.csv", "new.csv", "--force", "is the input"),
        ("new.csv", "out.csv", "--keep", "age", "--keep names the column 'age', .* Did you mean 'Age'?"),
        ("other.csv", "out.csv", "none of the columns 'a', 'Statsu' is one the model was trained on"),
        ("new.png", "out.csv", "the ending '.png' tells no format"),
        ("new.csv", "out.csv", "--model", "nothing", "There is no run `nothing`"),
        ("new.csv", "out.csv", "--model", ".", ". is no model: the folder holds no file MLmodel"),
        ("new.csv", "out.csv", "--model", "models:/x@y", "MLflow cannot load .* No model is registered yet."),
    ],
)
def test_refusals(workspace: Workspace, here: Run, tmp_path: Path, case: tuple[str, ...]) -> None:
    file, output, *options, message = case
    workspace.model.raw.head(3).to_csv(tmp_path / "new.csv", index=False)
    (tmp_path / "other.csv").write_text("a,Statsu\n1,2\n")
    (tmp_path / "new.png").write_text("a,b\n1,2\n")
    (tmp_path / "there.csv").write_text("mine")
    result = here(tmp_path / file, "-o", tmp_path / output, *options)
    assert result.exit_code == 1
    assert pd.Series([" ".join(result.output.split())]).str.contains(message).all(), result.output
    assert not (tmp_path / "out.csv").exists()


def test_a_workspace_without_a_run(here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for mark in ("dvc.yaml", "conf/config.yaml"):
        (tmp_path / "p" / mark).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "p" / mark).write_text("{}\n")
    (tmp_path / "new.csv").write_text("Age\n1\n")
    monkeypatch.chdir(tmp_path / "p")
    result = here(tmp_path / "new.csv", "-o", tmp_path / "out.csv")
    assert result.exit_code == 1
    assert "There is no whole model in data/ yet" in result.output


def test_models_in_mlflow(workspace: Workspace, here: Run, tmp_path: Path) -> None:
    from stages.shell.tracking.bundle import log_bundle
    from stages.shell.tracking.client import KEY, open_client, read_document

    workspace.model.raw.to_csv(tmp_path / "new.csv", index=False)
    client = open_client()
    experiment = client.create_experiment("credit", artifact_location=(tmp_path / "artifacts").as_uri())
    run = client.create_run(experiment, tags={KEY: "k" * 64}, run_name="mlp epochs=3").info.run_id
    model = log_bundle(client, run, workspace.root / "data", config=read_document(workspace.root))
    client.set_terminated(run, "FINISHED")
    client.create_registered_model("credit")
    client.create_model_version("credit", f"models:/{model}", run_id=run, model_id=model)
    client.set_registered_model_alias("credit", "champion", "1")
    folder = client.get_logged_model(model).artifact_location.removeprefix("file://")
    # A bundle needs nothing of the workspace.
    os.rename(workspace.root / "data/encode", workspace.root / "data/encode.gone")
    try:
        for number, name in enumerate((run, run[:9], "mlp epochs=3", "models:/credit@champion", folder)):
            path = tmp_path / f"out{number}.parquet"
            table = predicted(here(tmp_path / "new.csv", "-o", path, "--model", name), path)
            cases.check_same(table.drop(columns="row"), workspace.model.expected)
    finally:
        os.rename(workspace.root / "data/encode.gone", workspace.root / "data/encode")
