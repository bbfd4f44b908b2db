"""params.yaml: what is read out of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from stages.shell.page import leaves, parse_page, read_page, split_page

GROUPS = {
    "dataset": ("credit", "ames"),
    "resample": ("none", "smote"),
    "train.optimizer": ("adam", "sgd"),
    "model": ("mlp", "linear", "2024"),
}


def test_sorts_choices_values_and_options() -> None:
    page = parse_page(
        "model: mlp\n"
        "train: {epochs: 50, optimizer: sgd, deep: {er: 1}}\n"
        "options: {model: {mlp: {units: [64, 64]}}, train: {optimizer: {sgd: {momentum: 0.9}}}}\n"
    )
    layer, problems = split_page(page, GROUPS)
    assert problems == []
    assert layer.choices == {"model": "mlp", "train.optimizer": "sgd"}
    assert layer.values == {("train", "epochs"): 50, ("train", "deep", "er"): 1}
    assert layer.options == {
        ("model", "mlp"): {("units",): [64, 64]},
        ("train.optimizer", "sgd"): {("momentum",): 0.9},
    }


def test_keys_of_a_mapping_may_hold_dots() -> None:
    page = parse_page(
        'options: {resample: {smote: {sampling_strategy: {"a.b": 10, "<=50K": 20, 2: 30, true: 40}}}}'
    )
    layer, problems = split_page(page, GROUPS)
    assert problems == []
    assert layer.options["resample", "smote"] == {
        ("sampling_strategy", "a.b"): 10,
        ("sampling_strategy", "<=50K"): 20,
        ("sampling_strategy", "2"): 30,
        ("sampling_strategy", "true"): 40,
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x: 1e-3", 0.001),
        ("x: 1.0e-05", 1e-05),
        ("x: yes", "yes"),
        ("x: no", "no"),
        ("x: null", None),
        ("x: 'it''s'", "it's"),
        (r'x: "a\\b\nc"', "a\\b\nc"),
        ("x: données", "données"),
        ("x: {}", {}),
        ("x: []", []),
        ("x: ${seed}", "${seed}"),
        ("x: '2024-01-01'", "2024-01-01"),
    ],
)
def test_values_are_read_as_yaml_1_2(text: str, value: object) -> None:
    layer, problems = split_page({"train": parse_page(text)}, GROUPS)
    assert problems == []
    assert layer.values == {("train", "x"): value}
    assert type(layer.values["train", "x"]) is type(value)


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("model: cnnn", "model", "no choice `cnnn`"),
        ("model: linaer", "model", "did you mean `linear`?"),
        ("model: {units: [3]}", "model", "expected the name of a choice"),
        ("model: null", "model", "expected the name of a choice"),
        ("model: 2024", "model", "in quotes, '2024'"),
        (
            "train: {optimizer: {momentum: 1}}",
            "train.optimizer",
            "options: {train: {optimizer: {<choice>: {...}}}}",
        ),
        ("train/optimizer: sgd", "train/optimizer", "write it nested: train: {optimizer: sgd}"),
        ("train: {x: 2024-01-01}", "train.x", "write it in quotes: '2024-01-01'"),
        ("train: {x: [1, 2024-01-01]}", "train.x", "write it in quotes"),
        ("train: {x: !!binary aGk=}", "train.x", "received a bytes"),
        ("options: 3", "options", "expected a mapping"),
        ("options: {modle: {mlp: {}}}", "options.modle", "did you mean `model`?"),
        ("options: {model: {mpl: {units: 3}}}", "options.model.mpl", "did you mean `mlp`?"),
        ("options: {model: {mlp: 3}}", "options.model.mlp", "expected a mapping of the choice's keywords"),
        ("options: {model: {mlp: {when: 2024-01-01}}}", "options.model.mlp.when", "in quotes"),
        (
            "options: {train: {optimiser: {sgd: {}}}}",
            "options.train.optimiser",
            "did you mean `train.optimizer`?",
        ),
    ],
)
def test_wrong_pages_are_explained(text: str, key: str, said: str) -> None:
    _, problems = split_page(parse_page(text), GROUPS)
    assert [problem.key for problem in problems] == [key]
    assert said in problems[0].message
    assert problems[0].file == "params.yaml"


def test_everything_wrong_is_listed() -> None:
    _, problems = split_page(parse_page("model: x\ndataset: y\noptions: {nope: 1, model: {z: {}}}"), GROUPS)
    assert [problem.key for problem in problems] == ["model", "dataset", "options.nope", "options.model.z"]


@pytest.mark.parametrize("empty", ["", "# only a comment\n", "---\n", "options:\n"])
def test_an_empty_page_says_nothing(empty: str) -> None:
    layer, problems = split_page(parse_page(empty), GROUPS)
    assert (layer.choices, layer.values, layer.options, problems) == ({}, {}, {}, [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1", "not valid YAML"),
        ("a: 1\na: 2", "not valid YAML"),
        ("- a", "must be a mapping"),
        ("just words", "must be a mapping"),
        ("a: !!python/object:os.system {}", "not valid YAML"),
        ("a: 2024-13-45", "not valid YAML"),
    ],
)
def test_what_is_no_page_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        parse_page(text)
    assert "\n" not in str(caught.value)
    assert "To suppress this check" not in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"params\.yaml is not there"):
        read_page(tmp_path / "params.yaml")
    (tmp_path / "params.yaml").write_bytes("a: é".encode("latin-1"))
    with pytest.raises(ValueError, match="not UTF-8"):
        read_page(tmp_path / "params.yaml")


def test_leaves_stop_at_groups_and_keep_empty_mappings() -> None:
    tree = {"a": {"b": {}, "c": [1]}, "g": {"h": 1}}
    assert list(leaves(tree, stop={"g": ()})) == [(("a", "b"), {}), (("a", "c"), [1]), (("g",), {"h": 1})]
    assert tree == {"a": {"b": {}, "c": [1]}, "g": {"h": 1}}
