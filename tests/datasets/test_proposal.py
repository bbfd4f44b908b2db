"""The proposed YAML is valid, complete, and gives the roles that `clean` would infer."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from raw_files import ROOT, cleaned_folder

from stages.datasets.proposal import Proposal, propose
from stages.settings.dataset import DatasetSettings

TABLE = "customerID,day,plan,spent,${x},churn\n" + "".join(
    f"C{number},{number % 28 + 1:02}/03/2020,{'ab'[number % 2]},{-999 if number % 9 == 0 else number % 50}.5,"
    f"{'?' if number % 8 == 0 else 'u'},{'yes' if number % 3 == 0 else 'no'}\n"
    for number in range(60)
)


def read(proposal: Proposal) -> DatasetSettings:
    return DatasetSettings(**yaml.safe_load(proposal.text))


def test_proposal_of_a_table() -> None:
    proposal = propose("shop", {"shop.csv": TABLE.encode()})
    settings = read(proposal)
    assert (settings.name, settings.files, settings.target, settings.id) == (
        "shop",
        ("shop.csv",),
        "churn",
        "customerID",
    )
    assert settings.columns.date == ("day",)
    assert settings.columns.numeric == ("spent",)
    # A name that looks like a reference is written so that OmegaConf gives it back.
    assert settings.columns.categorical == ("plan", "\\${x}")
    assert len(settings.sha256["shop.csv"]) == 64
    assert any("taken for missing: '?' (8)" in remark for remark in proposal.remarks)
    assert any("is a guess" in remark for remark in proposal.remarks)
    held = set(yaml.safe_load(proposal.text))
    assert held == set(DatasetSettings.model_fields) - {"arrays", "sequence"}
    assert max(map(len, proposal.text.splitlines()[10:])) <= 110


def test_proposed_text_is_a_comment_first() -> None:
    first = propose("shop", {"shop.csv": TABLE.encode()}).text.splitlines()[0]
    assert first == "# shop: 60 rows x 6 columns, target churn (2 classes: no 40, yes 20)"


def test_stated_target() -> None:
    proposal = propose("shop", {"shop.csv": TABLE.encode()}, target="spent")
    assert read(proposal).target == "spent"
    assert "regression" in proposal.text.splitlines()[0]
    with pytest.raises(ValueError, match=r"no column 'Churn'.*Did you mean 'churn'"):
        propose("shop", {"shop.csv": TABLE.encode()}, target="Churn")


def test_files_of_parts() -> None:
    proposal = propose("shop", {"shop-train.csv": TABLE.encode(), "shop-test.csv": TABLE.encode()})
    parts = read(proposal).parts
    assert (parts.train, parts.validation, parts.test) == (("shop-train.csv",), (), ("shop-test.csv",))


def test_nothing_to_look_at() -> None:
    with pytest.raises(ValueError, match="no records"):
        propose("shop", {"shop.csv": b"a,b\n"})
    with pytest.raises(ValueError, match=r"2 of 2 records cannot be read.*3 cells, expected 2.*'1,2,3'"):
        propose("shop", {"shop.csv": b"a,b\n1,2,3\n4,5,6\n"})


@pytest.mark.parametrize("delimiter", [" ", ":"])
def test_a_single_column_is_refused(delimiter: str) -> None:
    table = "".join(f"{row}{delimiter}{'ab'[row % 2]}\n" for row in range(30))
    with pytest.raises(ValueError, match=r"single column, 'x.y'.*state `delimiter`"):
        propose("shop", {"shop.csv": f"x{delimiter}y\n{table}".encode()})


def test_parts_by_files_are_pointed_at() -> None:
    files = {"a_train.csv": TABLE.encode(), "a_test.csv": TABLE.encode()}
    assert any("split/strategy=predefined" in remark for remark in propose("shop", files).remarks)
    assert not any("predefined" in remark for remark in propose("shop", {"a.csv": TABLE.encode()}).remarks)


@pytest.mark.parametrize(
    ("header", "target"),
    [("age,class,survived", "survived"), ("y,class,x", "y"), ("a,class,b,survived,c", "class")],
)
def test_of_several_likely_targets_the_outer_one_is_guessed(header: str, target: str) -> None:
    width = header.count(",") + 1
    rows = "".join(",".join(str((row + column) % 2) for column in range(width)) + "\n" for row in range(9))
    assert propose("ships", {"ships.csv": f"{header}\n{rows}".encode()}).target == target


def test_what_is_unclear_about_the_target_is_said() -> None:
    counts = "x,y\n" + "".join(f"{row}.5,{row % 4}\n" for row in range(60))
    assert (
        "y: 4 whole numbers: classes; dataset.task=regression else"
        in propose("t", {"t.csv": counts.encode()}).remarks
    )
    steps = "x,y\n" + "".join(f"{row}.5,{row % 4 / 2}\n" for row in range(60))
    assert any(
        "4 different numbers: regression" in each for each in propose("t", {"t.csv": steps.encode()}).remarks
    )
    regions = "x,y\n" + "".join(f"{row}.5,{('NA', 'EU', 'AS')[row % 3]}\n" for row in range(60))
    assert "y: taken for missing: 'NA' (20)" in propose("t", {"t.csv": regions.encode()}).remarks
    assert not any("classes" in each for each in propose("shop", {"shop.csv": TABLE.encode()}).remarks)


@pytest.mark.parametrize("name", ["credit", "ames"])
def test_proposal_of_real_data_cleans(name: str) -> None:
    folder = ROOT / "data/raw" / name
    file = next(folder.glob("*.csv.gz"))
    proposal = propose(name, {file.name: file.read_bytes()})
    assert proposal.target == {"credit": "Status", "ames": "Sale_Price"}[name]
    values = yaml.safe_load(proposal.text)
    cleaned = cleaned_folder(Path(folder), **values)
    assert len(cleaned.examples) == {"credit": 4454, "ames": 2930}[name]
