"""Combinations that cannot work are refused by configure, each with its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from stages.shell.compose import ConfigurationError, compose

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("dataset", "overrides", "key", "remedy"),
    [
        ("credit", ["split.strategy=grouped"], "split.strategy", "dataset.group"),
        ("credit", ["split.strategy=grouped_stratified"], "split.strategy", "dataset.group"),
        ("credit", ["split.strategy=by_time"], "split.strategy", "dataset.time"),
        ("credit", ["split.strategy=predefined"], "split.strategy", "dataset.part"),
        ("ames", ["resample=smote"], "resample", "resample=none"),
        ("ames", ["train.loss=focal"], "train.loss", "train/loss=auto"),
        ("ames", ["augment=swap_noise", "augment.within_class=true"], "augment", "within_class=false"),
        ("ames", ["augment=image_balance"], "augment", "augment.ratio=0.0"),
        ("ames", ["train.class_weight=balanced"], "train.class_weight", "train/class_weight=none"),
        (
            "credit",
            ["dataset.task=classification", "encode.target=log1p"],
            "encode.target",
            "encode/target=auto",
        ),
        ("credit", ["dataset.name=other"], "dataset.name", "`credit`"),
    ],
)
def test_an_impossible_combination_is_refused(
    dataset: str, overrides: list[str], key: str, remedy: str
) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        compose(ROOT, overrides, page={"dataset": dataset})
    (problem,) = refusal.value.problems
    assert problem.key == key
    assert remedy in problem.message


def test_all_of_them_are_listed_at_once() -> None:
    with pytest.raises(ConfigurationError) as refusal:
        compose(
            ROOT, ["resample=smote", "train.loss=focal", "split.strategy=by_time"], page={"dataset": "ames"}
        )
    assert [problem.key for problem in refusal.value.problems] == ["split.strategy", "resample", "train.loss"]


def test_what_works_is_not_refused() -> None:
    compose(ROOT, ["split.strategy=grouped", "dataset.group=Job"], page={"dataset": "credit"})
    compose(ROOT, ["encode.target=log1p", "train.loss=huber"], page={"dataset": "ames"})
