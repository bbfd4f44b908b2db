"""What the tests of the bundle share: small models of each task, and what `evaluate` makes of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
import pandas as pd
from encode_examples import divided, preprocessing
from mlflow import MlflowClient
from raw_files import cleaned_bytes

from stages.bundle.packing import Packed, pack
from stages.clean import Cleaned
from stages.datasets.reading import read_contents
from stages.encode import encode
from stages.examples.schema import Schema
from stages.metrics.answers import make_answers, prediction_table, widened
from stages.metrics.decision import Decision
from stages.metrics.rule import Rule
from stages.models.interface import make_inputs, make_outputs
from stages.models.linear import build_linear
from stages.models.prediction import predict
from stages.settings.dataset import DatasetSettings
from stages.transformers import archive

ROOT = Path(__file__).resolve().parents[1]
AS_IT_IS = Rule()
KINDS = {"binary": "probabilities", "multiclass": "probabilities", "regression": "value"}


class Table(NamedTuple):
    """A small data set: its raw rows as the file has them, and what `clean` makes of them."""

    raw: pd.DataFrame
    cleaned: Cleaned


class Trained(NamedTuple):
    """A model's files, the raw rows of the test part, and what `evaluate` predicts for these."""

    parts: dict[str, bytes]
    raw: pd.DataFrame
    expected: pd.DataFrame


def table(folder: Path, content: str, **dataset: Any) -> Table:
    """Return the data set written as CSV in `content`."""
    settings = DatasetSettings(name=folder.name, **dataset)
    raw = read_contents([("a.csv", content.encode())], settings)
    return Table(raw.frame, cleaned_bytes(folder, content, **dataset))


def credit(folder: Path, *, target: str = "Status", rows: int = 500) -> Table:
    """Return credit_data with a boolean, a date and an amount as people write them beside."""
    raw = pd.read_csv(ROOT / "data/raw/credit/credit_data.csv.gz", dtype=str, keep_default_na=False)
    raw = raw[~raw[target].isin(["", "NA", "unk"])].head(rows)
    age = pd.to_numeric(raw["Age"], errors="coerce").fillna(40)
    raw["Young"] = np.select([age < 30, age == 40], ["Yes", ""], "no")
    opened = pd.Timestamp("2019-03-01") + pd.to_timedelta(age * 37, unit="D")
    raw["Opened"] = opened.dt.strftime("%d/%m/%Y").mask(age == 41, "")
    raw["Limit"] = [f"${int(each) * 1000:,}" for each in age]
    return table(folder, raw.to_csv(index=False), target=target)


def ames(folder: Path, *, rows: int = 400) -> Table:
    """Return some of the Ames house prices."""
    raw = pd.read_csv(ROOT / "data/raw/ames/ames.csv.gz", dtype=str, keep_default_na=False)
    return table(folder, raw.head(rows).to_csv(index=False), target="Sale_Price", task="regression")


def trained(data: Table, folder: Path, *, rule: Rule = AS_IT_IS, **choices: Any) -> Trained:
    """Return a model with weights drawn at random; `choices` of encode lie over its defaults."""
    schema, examples = data.cleaned.schema, data.cleaned.examples
    fitted = preprocessing(schema, **choices)
    encoded = encode(divided(examples), fitted).parts["test"]
    schema = schema.model_copy(update={"classes": fitted.spec.classes})
    keras.utils.set_random_seed(1)
    network = build_linear(make_inputs(fitted.spec), make_outputs(fitted.spec))
    kind = KINDS[schema.task]
    answers = predict(
        network,
        encoded.inputs,
        task=schema.task,
        num_classes=len(schema.classes),
        kind=kind,
        batch_size=64,
    )
    wide = fitted.inverse_target(answers) if schema.task == "regression" else widened(answers)
    judged = rule.applied(make_answers(examples.iloc[encoded.position], wide, schema=schema))
    network.save(folder / "model.keras")
    archive.dump(fitted, folder / "preprocessing.skops")
    parts = {
        "schema.json": schema.model_dump_json().encode(),
        "preprocessing.skops": (folder / "preprocessing.skops").read_bytes(),
        "model.keras": (folder / "model.keras").read_bytes(),
        "decision.json": json.dumps(decision(rule, schema, kind)).encode(),
    }
    raw = data.raw.iloc[data.cleaned.origins["row"].to_numpy()[encoded.position] - 1]
    return Trained(parts, raw, prediction_table({"test": judged}, classes=schema.classes))


def decision(rule: Rule, schema: Schema, kind: str) -> dict[str, Any]:
    """Return what ``decision.json`` holds."""
    costs = None if rule.decision.costs is None else rule.decision.costs.tolist()
    return {
        "task": schema.task,
        "classes": list(schema.classes),
        "output_kind": kind,
        "threshold": rule.decision.threshold,
        "threshold_rule": "fixed",
        "costs": costs,
        "temperature": rule.temperature,
        "calibration": "none",
    }


def write(parts: Mapping[str, bytes], folder: Path) -> Path:
    """Write the files of a model into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in parts.items():
        (folder / name).write_bytes(content)
    return folder


def packed_predictor(parts: Mapping[str, bytes], folder: Path) -> Any:
    """Return the predictor of the packed model, run by its own code."""
    return load_packed(pack(parts, folder, code=ROOT))


def load_packed(packed: Packed) -> Any:
    """Return the predictor of a packed model, run by its own code."""
    sys.path.append(str(packed.code))
    try:
        module = import_module(f"{packed.package}.bundle.predictor")
    finally:
        sys.path.remove(str(packed.code))
    return module.Predictor.load(packed.parts)


def check_same(predicted: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Raise AssertionError where predictions are not those that `evaluate` wrote."""
    wanted = expected[predicted.columns]
    for name in predicted:
        if predicted[name].dtype == "float64":
            np.testing.assert_allclose(predicted[name], wanted[name], rtol=1e-5, atol=1e-6)
        else:
            assert list(predicted[name]) == list(wanted[name])


COSTS = Decision(costs=np.array([[0, 1, 1, 1], [2, 0, 1, 1], [1, 1, 0, 1], [9, 9, 9, 0]], float))


def data_folder(data: Table, model: Trained, folder: Path) -> Path:
    """Return a folder that holds what the stages would have written of this model."""
    schema = data.cleaned.schema
    spec = {"task": schema.task, "classes": json.loads(model.parts["decision.json"])["classes"], "inputs": []}
    files = {
        "clean/schema.json": schema.model_dump_json().encode(),
        "encode/spec.json": json.dumps(spec).encode(),
        "encode/preprocessing.skops": model.parts["preprocessing.skops"],
        "train/model.keras": model.parts["model.keras"],
        "evaluate/decision.json": model.parts["decision.json"],
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    data.cleaned.examples.to_parquet(folder / "clean/examples.parquet")
    return folder


CONFIG: dict[str, Any] = {"choices": {"model": "mlp"}, "dataset": {"id": None}}
"""What of a configuration a bundle is told."""


class Logged(NamedTuple):
    """A model in MLflow: its run, its folder, and what it is to predict."""

    client: MlflowClient
    run: str
    identity: str
    folder: Path
    data: Path
    model: Trained
