"""The model in MLflow: a process that has nothing but it predicts raw rows as `evaluate` did."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import bundle_cases as cases
import mlflow
import numpy as np
import pandas as pd
import pytest
from bundle_cases import CONFIG, Logged
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from processes import environment

from stages.shell.tracking.bundle import log_bundle, logged_model
from stages.shell.tracking.client import KEY

pytestmark = pytest.mark.slow
PREDICT = """
import json, os, sys

arguments = json.loads(sys.argv[1])


class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in arguments["blocked"]:
            raise ModuleNotFoundError(name)


sys.meta_path.insert(0, Blocked())
if arguments["broken"]:
    import stages.datasets.cells, stages.metrics.decision

    assert stages.datasets.cells.parse_column is None
import mlflow
import pandas as pd

for model, rows, output in arguments["models"]:
    loaded = mlflow.pyfunc.load_model(model)
    loaded.predict(pd.read_parquet(rows)).to_parquet(output)
print(json.dumps([name for name in sys.modules if name.partition(".")[0] == "stages"]))
"""


@pytest.fixture(scope="module")
def changed_clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the project in which cells are parsed and classes decided otherwise."""
    clone = tmp_path_factory.mktemp("clone")
    shutil.copytree(cases.ROOT / "stages", clone / "stages", ignore=shutil.ignore_patterns("__pycache__"))
    for name, broken in {
        "datasets/cells.py": "parse_cells = parse_column",
        "metrics/decision.py": "decide",
    }.items():
        with (clone / "stages" / name).open("a") as file:
            file.write(f"\n{broken} = None\n")
    return clone


def predict_elsewhere(
    models: dict[str, Logged], place: Path, *, blocked: set[str], broken: bool = False, **variables: str
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Return what a fresh process in the folder `place` predicts, and which modules of the project it has."""
    outputs = place.parent / f"{place.name} outputs"
    outputs.mkdir()
    jobs = []
    for task, each in models.items():
        each.model.raw.to_parquet(outputs / f"{task} rows.parquet")
        jobs.append(
            (str(each.folder), str(outputs / f"{task} rows.parquet"), str(outputs / f"{task}.parquet"))
        )
    (outputs / "predict.py").write_text(PREDICT)
    arguments = json.dumps({"models": jobs, "blocked": sorted(blocked), "broken": broken})
    done = subprocess.run(
        [sys.executable, str(outputs / "predict.py"), arguments],
        cwd=place,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    predicted = {task: pd.read_parquet(outputs / f"{task}.parquet") for task in models}
    return predicted, json.loads(done.stdout.splitlines()[-1])


def not_required(requirements: list[str]) -> set[str]:
    """Return the modules of all distributions installed here that `requirements` do not bring along."""
    brought: set[str] = set()
    waiting = [Requirement(each) for each in requirements]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in brought:
            continue
        brought.add(name)
        try:
            needs = [Requirement(each) for each in requires(name) or []]
        except PackageNotFoundError:
            continue
        extras = {"": "", **dict.fromkeys(wanted.extras, "")}
        waiting += [
            n for n in needs if n.marker is None or any(n.marker.evaluate({"extra": e}) for e in extras)
        ]
    return {
        module
        for module, distributions in packages_distributions().items()
        if not brought & {canonicalize_name(each) for each in distributions}
    }


def test_outside_with_nothing_but_its_requirements(logged: dict[str, Logged], tmp_path: Path) -> None:
    pinned = (logged["binary"].folder / "requirements.txt").read_text().split()
    blocked = not_required(pinned) | {"stages"}
    assert {"hydra", "dvc", "imblearn", "pytest"} <= blocked
    assert not {"keras", "numpy", "sklearn", "tensorflow", "skops", "mlflow"} & blocked
    (tmp_path / "empty").mkdir()
    predicted, project = predict_elsewhere(logged, tmp_path / "empty", blocked=blocked)
    assert project == []
    for task, each in logged.items():
        cases.check_same(predicted[task], each.model.expected)
        assert list(predicted[task].index) == list(each.model.raw.index)


def test_inside_a_clone_whose_code_has_changed(logged: dict[str, Logged], changed_clone: Path) -> None:
    predicted, project = predict_elsewhere(
        logged, changed_clone, blocked=set(), broken=True, PYTHONPATH=str(changed_clone)
    )
    assert "stages.datasets.cells" in project
    for task, each in logged.items():
        cases.check_same(predicted[task], each.model.expected)


def test_in_this_process_beside_the_project(logged: dict[str, Logged]) -> None:
    for each in logged.values():
        cases.check_same(
            mlflow.pyfunc.load_model(str(each.folder)).predict(each.model.raw), each.model.expected
        )
    assert importlib.import_module("stages.datasets.cells").parse_column is not None


def test_what_clients_send(logged: dict[str, Logged]) -> None:
    loaded = mlflow.pyfunc.load_model(str(logged["binary"].folder))
    raw, expected = logged["binary"].model.raw, logged["binary"].model.expected
    typed = raw.assign(
        Age=pd.to_numeric(raw["Age"]),
        Time=pd.to_numeric(raw["Time"]).astype("int32"),
        Debt=pd.to_numeric(raw["Debt"], errors="coerce").astype("Int64"),
        Income=pd.to_numeric(raw["Income"], errors="coerce"),
        Young=raw["Young"].map({"Yes": True, "no": False, "": None}).astype("boolean"),
        Home=raw["Home"].astype("category"),
        Opened=pd.to_datetime(raw["Opened"].replace("", None), dayfirst=True),
    )
    cases.check_same(loaded.predict(typed), expected)
    alone = raw.drop(columns=["Age", "Young"]).head(3)
    missing = raw.head(3).assign(Age=np.nan, Young=None)
    pd.testing.assert_frame_equal(loaded.predict(alone), loaded.predict(missing))
    with pytest.raises(mlflow.MlflowException, match="row 5, column 'Age': 'old' is not numeric"):
        loaded.predict(pd.DataFrame({"Age": [30, "old"]}, index=[4, 5]))


def test_what_is_in_the_folder(logged: dict[str, Logged]) -> None:
    for each in logged.values():
        files = [path for path in each.folder.rglob("*") if path.is_file()]
        assert len(files) <= 15  # each is a request to a tracking server
        assert not [path for path in files if path.suffix in (".pkl", ".pickle", ".joblib", ".pyc")]
        assert not [path for path in files if b"cloudpickle" in path.read_bytes() and path.name != "MLmodel"]
        described = (each.folder / "MLmodel").read_text()
        assert str(cases.ROOT) not in described
        assert "\n    model_code_path: served_model.py\n" in described


def test_the_signature(logged: dict[str, Logged]) -> None:
    for task, each in logged.items():
        info = mlflow.models.Model.load(each.folder)
        schema = json.loads(each.model.parts["schema.json"])
        assert info.signature.inputs.input_names() == [column["name"] for column in schema["features"]]
        assert info.signature.inputs.required_input_names() == []
        outputs = {name: str(kind) for name, kind in info.signature.outputs.input_types_dict().items()}
        kind = "DataType.double" if task == "regression" else "DataType.string"
        shares = {f"probability.{name}": "DataType.double" for name in schema["classes"]}
        assert outputs == {"prediction": kind} | shares
        roles = {column["name"]: column["role"] for column in schema["features"]}
        assert info.metadata["columns"] == roles


def test_the_example_can_be_predicted(logged: dict[str, Logged]) -> None:
    for each in logged.values():
        loaded = mlflow.pyfunc.load_model(str(each.folder))
        example = json.loads((each.folder / "input_example.json").read_text())
        rows = pd.DataFrame(example["data"], columns=example["columns"])
        assert len(rows) == len(loaded.predict(rows)) == 3


def test_once_a_run(logged: dict[str, Logged]) -> None:
    each = logged["binary"]
    assert log_bundle(each.client, each.run, each.data, config=CONFIG) == each.identity
    run = each.client.get_run(each.run)
    assert [output.model_id for output in run.outputs.model_outputs] == [each.identity]
    model = logged_model(each.client, run)
    assert (model.name, model.status, model.tags[KEY]) == ("mlp", "READY", "key of binary")


def test_an_upload_that_was_cut_off_is_completed(logged: dict[str, Logged], tmp_path: Path) -> None:
    each = logged["regression"]
    run = each.client.create_run(each.client.get_run(each.run).info.experiment_id).info.run_id
    broken = tmp_path / "data"
    shutil.copytree(each.data, broken)
    (broken / "clean/examples.parquet").write_bytes(b"")
    with pytest.raises(Exception, match="Parquet"):
        log_bundle(each.client, run, broken, config=CONFIG)
    unfinished = logged_model(each.client, each.client.get_run(run))
    identity = log_bundle(each.client, run, each.data, config=CONFIG)
    assert unfinished is None or unfinished.model_id == identity
    assert len(each.client.get_run(run).outputs.model_outputs) == 1
    assert logged_model(each.client, each.client.get_run(run)).status == "READY"


def test_a_run_without_a_model(logged: dict[str, Logged], tmp_path: Path) -> None:
    each = logged["binary"]
    (tmp_path / "data").mkdir()
    run = each.client.create_run(each.client.get_run(each.run).info.experiment_id).info.run_id
    with pytest.raises(ValueError, match=r"There is no whole model in data/ yet: clean/schema\.json, .* Run"):
        log_bundle(each.client, run, tmp_path / "data", config=CONFIG)
    assert logged_model(each.client, each.client.get_run(run)) is None
