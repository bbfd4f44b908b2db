"""The stage's entry: what it builds, what it is handed, and what it says when that cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from stages.settings.choice import Choice
from stages.settings.split import SplitConfig
from stages.shell.stage import build, read_config


def choice(target: str, **keywords: object) -> Choice:
    return Choice.model_validate({"_target_": target, **keywords})


def test_build_calls_the_target_with_its_keywords() -> None:
    imputer = build(choice("sklearn.impute.SimpleImputer", strategy="median"))
    assert type(imputer).__name__ == "SimpleImputer"
    assert imputer.strategy == "median"


def test_a_partial_choice_awaits_further_arguments() -> None:
    weigh = build(choice("stages.training.class_weight.given", _partial_=True, weights={"bad": 2.0}))
    assert weigh({"bad": 1, "good": 3}) == {"bad": 2.0, "good": 1.0}


@pytest.mark.parametrize(
    ("target", "keywords", "said"),
    [
        ("stages.splitters.nowhere.Nothing", {}, "stages.splitters.nowhere"),
        ("sklearn.impute.SimpleImputer", {"strategi": "median"}, "unexpected keyword argument"),
    ],
)
def test_what_cannot_be_made_is_the_users_to_mend(target: str, keywords: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        build(choice(target, **keywords))
    assert target in str(caught.value)
    assert "HYDRA_FULL_ERROR" not in str(caught.value)


def test_what_a_target_says_of_its_keywords_is_passed_on() -> None:
    with pytest.raises(ValueError, match=r"^unknown locale: nowhere$"):
        build(choice(f"{__name__}.refuse", place="nowhere"))


def refuse(place: str) -> None:
    raise ValueError(f"unknown locale: {place}")


def test_a_configuration_without_the_section_is_of_an_older_version(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("seed: 1\n")
    with pytest.raises(ValueError, match=r"has no section split.*dvc repro configure"):
        read_config(SplitConfig, path)
    with pytest.raises(FileNotFoundError, match="dvc repro configure"):
        read_config(SplitConfig, tmp_path / "none.yaml")
