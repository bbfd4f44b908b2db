"""Hydra's grammar on the command line."""

from __future__ import annotations

import pytest

from stages.shell.overrides import Overrides, parse_overrides, without
from stages.shell.page import Layer

GROUPS = {
    "dataset": ("credit", "ames"),
    "model": ("mlp", "linear"),
    "resample": ("none", "smote"),
    "train.optimizer": ("adam", "sgd"),
}
DEFAULTS = {"dataset": "credit", "model": "mlp", "resample": "none", "train.optimizer": "adam"}


def parse(*arguments: str, page: Layer | None = None) -> Overrides:
    return parse_overrides(arguments, GROUPS, DEFAULTS, page)


@pytest.mark.parametrize("override", ["train/optimizer=sgd", "train.optimizer=sgd", "+train.optimizer=sgd"])
def test_a_nested_group_is_chosen(override: str) -> None:
    assert parse(override).layer == Layer({"train.optimizer": "sgd"}, {}, {})


def test_keywords_go_to_the_choice_that_will_be_active_whatever_the_order() -> None:
    overrides = parse("train.optimizer.momentum=0.9", "train/optimizer=sgd", "model.units=[64,64]")
    assert overrides.layer.options == {
        ("train.optimizer", "sgd"): {("momentum",): 0.9},
        ("model", "mlp"): {("units",): [64, 64]},
    }


def test_keywords_go_to_the_choice_of_the_page() -> None:
    page = Layer({"model": "linear"}, {}, {})
    assert parse("model.l2=1", page=page).layer.options == {("model", "linear"): {("l2",): 1}}
    assert parse("~model", "model.units=[1]", page=page).layer.options == {
        ("model", "mlp"): {("units",): [1]}
    }


@pytest.mark.parametrize(
    ("override", "value"),
    [
        ("train.x=1e-3", 0.001),
        ("train.x=yes", "yes"),
        ("train.x=true", True),
        ("train.x=null", None),
        ("train.x=", ""),
        ("train.x=-1", -1),
        ("train.x='a, b'", "a, b"),
        (r"train.x='it\'s'", "it's"),
        ("train.x=\"say 'hi'\"", "say 'hi'"),
        (r"train.x='back\slash'", r"back\slash"),
        ("train.x='a\nb'", "a\nb"),
        ("train.x=2024-01-01", "2024-01-01"),
        ("train.x=${seed}", "${seed}"),
        ("train.x=données", "données"),
        ("train.x='données, à part'", "données, à part"),
        ("train.x=[]", []),
        ("train.x={}", {}),
        ("train.x=[a,1,null]", ["a", 1, None]),
        ("train.x=<=50K", "<=50K"),
        ("++train.x=3", 3),
    ],
)
def test_values(override: str, value: object) -> None:
    overrides = parse(override)
    assert overrides.problems == []
    assert overrides.layer.values == {("train", "x"): value}
    assert type(overrides.layer.values["train", "x"]) is type(value)


def test_mappings_with_names_that_hydra_cannot_spell() -> None:
    overrides = parse('resample.sampling_strategy={"<=50K": 300, "a.b": 4}', "resample=smote")
    assert overrides.problems == []
    assert overrides.layer.options == {
        ("resample", "smote"): {("sampling_strategy", "<=50K"): 300, ("sampling_strategy", "a.b"): 4}
    }


def test_a_mapping_over_a_section_may_choose_and_set() -> None:
    overrides = parse("train={epochs:5,optimizer:sgd}", "model={units:[3]}")
    assert overrides.layer.choices == {"train.optimizer": "sgd"}
    assert overrides.layer.values == {("train", "epochs"): 5}
    assert [problem.key for problem in overrides.problems] == ["model"]


def test_options_may_be_named_in_full_as_for_dvc() -> None:
    overrides = parse("options.model.linear.l2=0.1")
    assert overrides.problems == []
    assert overrides.layer.options == {("model", "linear"): {("l2",): 0.1}}


@pytest.mark.parametrize(
    ("override", "key", "said"),
    [
        ("model=cnn,mlp", "model", "sweep"),
        ("train.x=range(1,3)", "train.x", "sweep"),
        ("train.x=choice(1,2)", "train.x", "sweep"),
        ("model=mpl", "model", "did you mean `mlp`?"),
        ("model=[mlp]", "model", "expected the name of a choice"),
        ("model=null", "model", "expected the name of a choice"),
        ("model", "model", "expected `key=value`"),
        ("train.x=[1", "train.x=[1", "expected `key=value`"),
        ("=3", "=3", "no key"),
        ("model@here=mlp", "model", "@package"),
        ("~train.x=3", "train.x", "write `~train.x`"),
        ("options.modle.mlp.x=3", "options.modle", "did you mean `model`?"),
    ],
)
def test_what_is_refused(override: str, key: str, said: str) -> None:
    overrides = parse(override)
    assert [problem.key for problem in overrides.problems] == [key]
    assert said in overrides.problems[0].message
    assert overrides.problems[0].file == "command line"
    assert "\n" not in overrides.problems[0].message


def test_taking_back() -> None:
    page = Layer(
        {"model": "linear", "train.optimizer": "sgd"},
        {("train", "epochs"): 5, ("seed",): 1},
        {
            ("model", "linear"): {("l2",): 1, ("l1",): 2},
            ("model", "mlp"): {("l2",): 3},
            ("train.optimizer", "sgd"): {("momentum",): 0.9},
        },
    )
    assert parse("~seed", "~model.l2").removed == ("seed", "model.l2")
    assert ("seed",) not in without(page, ["seed"], DEFAULTS).values
    assert without(page, ["model.l2"], DEFAULTS).options == {
        ("model", "linear"): {("l1",): 2},
        ("model", "mlp"): {("l2",): 3},
        ("train.optimizer", "sgd"): {("momentum",): 0.9},
    }
    assert without(page, ["model"], DEFAULTS) == Layer(
        {"train.optimizer": "sgd"}, page.values, {("train.optimizer", "sgd"): {("momentum",): 0.9}}
    )
    assert without(page, ["train"], DEFAULTS) == Layer(
        {"model": "linear"},
        {("seed",): 1},
        {("model", "linear"): {("l2",): 1, ("l1",): 2}, ("model", "mlp"): {("l2",): 3}},
    )
    assert page.values == {("train", "epochs"): 5, ("seed",): 1}
