"""``upcurve new data`` and ``new model``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fsspec
import pytest
import yaml

from stages.shell.cli.bring import choose_name, fetch
from stages.shell.compose import compose

TABLE = "age,job,churn\n" + "".join(
    f"{20 + n % 40},{'clerk' if n % 3 else 'nurse'},{'yes' if n % 4 else 'no'}\n" for n in range(60)
)

MODEL = '''\
"""My network."""
import keras


def build(num_features, num_outputs, hidden=64, dropout=0.2, activation="relu"):
    """Two layers of my own."""
    inputs = keras.Input((num_features,))
    x = keras.layers.Dense(hidden, activation=activation)(inputs)
    return keras.Model(inputs, keras.layers.Dense(num_outputs)(x))


def needs(whatever):
    return whatever
'''


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "Customer Churn.csv"
    path.write_text(TABLE)
    return path


def test_a_table_becomes_a_data_set(upcurve: Any, table: Path) -> None:
    result = upcurve("new", "data", str(table))
    assert "upcurve run dataset=customer_churn" in result.stdout
    assert "60 rows x 3 columns" in result.stdout
    assert (upcurve.root / "data/raw/customer_churn/Customer Churn.csv").read_text() == TABLE
    held = yaml.safe_load((upcurve.root / "conf/dataset/customer_churn.yaml").read_text())
    assert held["target"] == "churn"
    assert held["name"] == "customer_churn"
    composition = compose(upcurve.root, ["dataset=customer_churn"])
    assert composition.leaves()["dataset.target"] == "churn"
    assert "customer_churn" in upcurve("choices", "dataset").stdout


def test_it_does_not_replace_unless_told(upcurve: Any, table: Path) -> None:
    upcurve("new", "data", str(table), "--name", "mine")
    table.write_text(TABLE.replace("clerk", "cook"))
    result = upcurve("new", "data", str(table), "--name", "mine", status=1)
    assert "data/raw/mine and conf/dataset/mine.yaml are there already" in result.stderr
    assert (upcurve.root / "data/raw/mine/Customer Churn.csv").read_text() == TABLE
    upcurve("new", "data", str(table), "--name", "mine", "--force", "--target", "job")
    assert "cook" in (upcurve.root / "data/raw/mine/Customer Churn.csv").read_text()
    assert yaml.safe_load((upcurve.root / "conf/dataset/mine.yaml").read_text())["target"] == "job"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nope.csv"], "nope.csv cannot be read: there is no such file"),
        (["conf"], "is a folder: name its files"),
        (["memory://nothing/here.csv"], "cannot be read"),
        (["{table}", "--target", "chrun"], "no column 'chrun'"),
        (["{table}", "--name", "a/b"], "no name for a data set"),
        (["nope*.csv"], "matches no file"),
    ],
)
def test_refusals_write_nothing(upcurve: Any, table: Path, arguments: list[str], said: str) -> None:
    before = sorted(upcurve.root.rglob("*"))
    result = upcurve("new", "data", *(each.format(table=table) for each in arguments), status=1)
    assert said in result.stderr
    assert sorted(upcurve.root.rglob("*")) == before


def test_several_files_from_any_address(upcurve: Any) -> None:
    for name in ("one", "two"):
        with fsspec.open(f"memory://bucket/{name}.csv", "w") as file:
            file.write(TABLE)
    upcurve("new", "data", "memory://bucket/*.csv", "--name", "both")
    assert sorted(path.name for path in (upcurve.root / "data/raw/both").iterdir()) == ["one.csv", "two.csv"]
    assert fetch(["memory://bucket/one.csv"]) == {"one.csv": TABLE.encode()}
    with pytest.raises(ValueError, match=r"Two of the files are called one\.csv"):
        fetch(["memory://bucket/one.csv", "memory://bucket/one.csv"])


def test_files_already_in_place_only_get_their_yaml(upcurve: Any) -> None:
    folder = upcurve.root / "data/raw/imported"
    folder.mkdir()
    (folder / "t.csv").write_text(TABLE)
    upcurve("new", "data", "data/raw/imported/t.csv", "--name", "imported")
    assert (upcurve.root / "conf/dataset/imported.yaml").exists()


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("Iris.csv", "iris"),
        ("a-b.tar.csv.gz", "a_b_tar"),
        ("2024 sales.xlsx", "2024_sales"),
        ("x.jsonl.xz", "x"),
    ],
)
def test_names_are_made_from_files(file: str, name: str) -> None:
    assert choose_name(None, file) == name


def test_a_name_that_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="give one with --name"):
        choose_name(None, "数据.csv")


@pytest.fixture
def network(tmp_path: Path) -> Path:
    path = tmp_path / "my_net.py"
    path.write_text(MODEL)
    return path


def test_a_function_becomes_a_choice(upcurve: Any, network: Path) -> None:
    result = upcurve("new", "model", f"{network}:build")
    assert "upcurve run model=my_net" in result.stdout
    assert "model.hidden=64 model.dropout=0.2 model.activation=relu" in result.stdout
    assert "num_features, num_outputs" in result.stdout
    assert (upcurve.root / "stages/models/own/my_net.py").read_text() == MODEL
    leaves = compose(upcurve.root, ["model=my_net", "model.hidden=128"]).leaves()
    assert leaves["model.hidden"] == 128
    assert leaves["model.function"] == "stages.models.own.my_net:build"
    assert "Two layers of my own" in upcurve("choices", "model").stdout
    assert "did you mean `hidden`?" in upcurve("run", "model=my_net", "model.hiden=3", status=1).stderr


def test_own_models_are_replaced_only_when_told_and_shipped_ones_never(upcurve: Any, network: Path) -> None:
    upcurve("new", "model", f"{network}:build", "--name", "other")
    held = yaml.safe_load((upcurve.root / "conf/model/other.yaml").read_text())
    assert held["function"] == "stages.models.own.other:build"
    assert (
        "are there already" in upcurve("new", "model", f"{network}:build", "--name", "other", status=1).stderr
    )
    upcurve("new", "model", f"{network}:build", "--name", "other", "--force")
    for name in ("mlp", "not-a-name"):
        upcurve("new", "model", f"{network}:build", "--name", name, "--force", status=1)
    assert (
        "comes with the pipeline"
        in upcurve("new", "model", f"{network}:build", "--name", "mlp", status=1).stderr
    )


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("{network}:biuld", "Did you mean `build`?"),
        ("{network}", "expected FILE.py:function"),
        ("nope.py:build", "there is no file"),
        ("{network}:needs", "has no default"),
    ],
)
def test_models_that_cannot_be_taken(upcurve: Any, network: Path, reference: str, said: str) -> None:
    before = sorted(upcurve.root.rglob("*"))
    assert said in upcurve("new", "model", reference.format(network=network), status=1).stderr
    assert sorted(upcurve.root.rglob("*")) == before
