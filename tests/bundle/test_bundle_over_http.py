"""The model behind ``mlflow models serve``: real requests, the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import bundle_cases as cases
import mlflow
import pandas as pd
import pytest
import requests
from bundle_cases import Logged
from model_server import ask, serving

pytestmark = pytest.mark.slow


class Served(NamedTuple):
    """A model behind a server."""

    address: str
    model: Logged


@pytest.fixture(scope="module", params=["binary", "multiclass", "regression"])
def served(
    request: pytest.FixtureRequest, logged: dict[str, Logged], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A model of each task behind a real ``mlflow models serve``."""
    model = logged[request.param]
    with serving(model.folder, tmp_path_factory.mktemp("server")) as address:
        yield Served(address, model)


def test_json_is_answered_as_evaluate_did(served: Served) -> None:
    raw, expected = served.model.model.raw, served.model.model.expected
    roles = mlflow.models.Model.load(str(served.model.folder)).metadata["columns"]
    numeric = [name for name, role in roles.items() if role == "numeric"]
    converted = {name: pd.to_numeric(raw[name], errors="coerce") for name in numeric}
    known = {name: raw[name].isna() | raw[name].isin(["", "NA"]) for name in numeric}
    # As a client has them: numbers typed, but for columns with cells that are numbers to the project alone.
    typed = raw.assign(**{name: each for name, each in converted.items() if each.isna().equals(known[name])})
    records = typed.astype(object).where(typed.notna(), None)
    split = {"columns": list(records), "data": records.to_numpy().tolist()}
    missing = any(None in row for row in split["data"])
    assert missing or not any(name.startswith("probability.") for name in expected)  # houses lack no cell
    assert any(isinstance(cell, int) for cell in split["data"][0])
    cases.check_same(ask(served.address, {"dataframe_split": split}), expected)
    lean = [{k: v for k, v in row.items() if v is not None} for row in records.to_dict("records")]
    assert ({len(row) for row in lean} != {len(split["columns"])}) == missing
    cases.check_same(ask(served.address, {"dataframe_records": lean}), expected)
    few = [dict.fromkeys(numeric[:2], 40)]
    among_all = mlflow.pyfunc.load_model(str(served.model.folder)).predict(pd.DataFrame(few))
    cases.check_same(ask(served.address, {"dataframe_records": few}), among_all)


def test_what_is_wrong_is_said(served: Served) -> None:
    roles = mlflow.models.Model.load(str(served.model.folder)).metadata["columns"]
    name = next(name for name, role in roles.items() if role == "numeric")
    body = {"dataframe_records": [{name: 30}, {name: "old"}]}
    answer = requests.post(f"{served.address}/invocations", json=body, timeout=60)
    assert answer.status_code == 400
    assert f"row 1, column '{name}': 'old' is not numeric" in answer.json()["message"]
