"""Groups and choices are read from the folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from stages.shell.groups import check_choice, describe, find_groups, group_above, nearest, read_choice


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    for name, text in {
        "config.yaml": "defaults: []\n",
        "model/mlp.yaml": "# A network\n_target_: x.y\nunits: [1]\n",
        "model/linear.yaml": "_target_: x.z\n",
        "model/.mlp.yaml": "# an editor's backup\n",
        "train/optimizer/sgd.yaml": "#Plain descent\n",
        "experiment/credit.yaml": "dataset: credit\n",
        "model/broken.yaml": "a: [",
    }.items():
        file = tmp_path / "conf" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "conf"


def test_every_folder_of_choices_is_a_group(conf: Path) -> None:
    assert find_groups(conf) == {"model": ("broken", "linear", "mlp"), "train.optimizer": ("sgd",)}


def test_the_first_comment_describes(conf: Path) -> None:
    assert describe(conf, "model", "mlp") == "A network"
    assert describe(conf, "train.optimizer", "sgd") == "Plain descent"
    assert describe(conf, "model", "linear") == ""


def test_a_choice_is_read_without_failing(conf: Path) -> None:
    assert read_choice(conf, "model", "mlp") == {"_target_": "x.y", "units": [1]}
    assert read_choice(conf, "model", "broken") == {}
    assert read_choice(conf, "model", "absent") == {}


@pytest.mark.parametrize(
    ("key", "group"),
    [
        ("model", "model"),
        ("model.units", "model"),
        ("train.optimizer.a.b", "train.optimizer"),
        ("train", None),
        ("modelx", None),
    ],
)
def test_the_group_above_a_key(key: str, group: str | None) -> None:
    assert group_above(key, {"model": (), "train.optimizer": ()}) == group


def test_the_nearest_word_is_proposed() -> None:
    assert nearest("lerning_rate", ["learning_rate", "epochs"]) == "; did you mean `learning_rate`?"
    assert nearest("zzz", ["learning_rate"]) == ""


def test_a_choice_is_checked() -> None:
    groups = {"model": ("mlp", "linear")}
    assert check_choice("model", "mlp", groups, "f") is None
    problem = check_choice("model", "zzzzz", groups, "params.yaml")
    assert problem is not None
    assert str(problem) == "model (params.yaml): no choice `zzzzz` in conf/model/; there are: mlp, linear"
