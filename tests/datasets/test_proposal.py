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
    assert set(yaml.safe_load(proposal.text)) == set(DatasetSettings.model_fields)
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


@pytest.mark.parametrize("name", ["credit", "ames"])
def test_proposal_of_real_data_cleans(name: str) -> None:
    folder = ROOT / "data/raw" / name
    file = next(folder.glob("*.csv.gz"))
    proposal = propose(name, {file.name: file.read_bytes()})
    assert proposal.target == {"credit": "Status", "ames": "Sale_Price"}[name]
    values = yaml.safe_load(proposal.text)
    cleaned = cleaned_folder(Path(folder), **values)
    assert len(cleaned.examples) == {"credit": 4454, "ames": 2930}[name]
