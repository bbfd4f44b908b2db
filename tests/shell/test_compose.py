"""From conf/, the page and overrides to the typed configuration."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from stages.shell.compose import Composition, ConfigurationError, compose

Project = Callable[..., Path]


def problems(root: Path, *arguments: str) -> dict[str, str]:
    """What is wrong, by key: ``message (file)``."""
    with pytest.raises(ConfigurationError) as caught:
        compose(root, arguments)
    assert "Traceback" not in str(caught.value)
    return {each.key: f"{each.message} ({each.file})" for each in caught.value.problems}


def value(composition: Composition, key: str) -> object:
    return composition.leaves()[key]


def test_the_defaults_compose(project: Project) -> None:
    composition = compose(project("dataset: credit\n"))
    assert composition.choices["train.optimizer"] == "adam"
    assert value(composition, "train.seed") == value(composition, "seed") == 42
    assert composition.interpolations["train.seed"] == "${seed}"
    assert composition.origins["train.epochs"] == "conf/config.yaml"
    assert composition.origins["model.units"] == "conf/model/mlp.yaml"
    assert composition.changed == {}
    assert composition.differences() == []


def test_the_page_lays_values_choices_and_options_over_them(project: Project) -> None:
    root = project(
        "dataset: credit\nmodel: mlp\nseed: 7\ntrain: {epochs: 50, optimizer: sgd}\n"
        "options:\n  model: {mlp: {units: [8]}}\n"
        "  train: {optimizer: {sgd: {momentum: 0.9}, adam: {beta_1: 0.5}}}\n"
    )
    composition = compose(root, ["train.optimizer.nesterov=true", "train/schedule=cosine"])
    assert value(composition, "train.epochs") == 50
    assert value(composition, "train.seed") == 7
    assert value(composition, "model.units") == [8]
    assert value(composition, "train.optimizer.momentum") == 0.9
    assert value(composition, "train.optimizer.nesterov") is True
    assert composition.origins["train.optimizer.momentum"] == "params.yaml"
    assert composition.origins["train.optimizer.nesterov"] == "command line"
    assert composition.choice_origins["train.optimizer"] == "params.yaml"
    assert composition.choice_origins["train.schedule"] == "command line"
    assert composition.choice_origins["model"] == "params.yaml"
    assert "train.optimizer.beta_1" not in composition.leaves()
    assert set(composition.changed) == {
        "seed", "train.epochs", "train.optimizer", "train.schedule", "model.units",
        "train.optimizer.momentum", "train.optimizer.nesterov",
    }  # fmt: skip


def test_the_page_is_not_changed_by_composing(project: Project) -> None:
    page = {"dataset": "credit", "options": {"model": {"mlp": {"units": [8]}}}}
    compose(project(), ["model.units=[9]", "~train"], page=page)
    assert page == {"dataset": "credit", "options": {"model": {"mlp": {"units": [8]}}}}


@pytest.mark.parametrize(
    "name",
    ["it's", 'say "hi"', "back\\slash", "two\nlines", "données", "a: b", "yes", "1e-3", "{x}", "#no", " x "],
)
def test_any_string_travels_unchanged(project: Project, name: str) -> None:
    page = f"dataset: credit\nrecord: {{experiment: {yaml.safe_dump(name, default_style=chr(34)).strip()}}}\n"
    composition = compose(project(page))
    assert value(composition, "record.experiment") == name
    assert yaml.safe_load(composition.text())["record"]["experiment"] == name


def test_mappings_keep_names_with_dots_and_signs(project: Project) -> None:
    options = 'options: {resample: {smote: {sampling_strategy: {"<=50K": 300, "a.b": 40}}}}'
    page = f"dataset: credit\nresample: smote\n{options}\n"
    document = compose(project(page)).document()
    assert document["resample"]["sampling_strategy"] == {"<=50K": 300, "a.b": 40}


def test_a_mapping_replaces_a_string_and_a_string_a_mapping(project: Project) -> None:
    page = "dataset: credit\nresample: smote\noptions: {resample: {smote: {sampling_strategy: {bad: 300}}}}\n"
    composition = compose(project(page))
    assert composition.document()["resample"]["sampling_strategy"] == {"bad": 300}
    assert composition.origins["resample.sampling_strategy.bad"] == "params.yaml"
    back = compose(project(page), ["resample.sampling_strategy=minority"])
    assert back.document()["resample"]["sampling_strategy"] == "minority"
    assert back.origins["resample.sampling_strategy"] == "command line"


def test_an_empty_mapping_clears(project: Project) -> None:
    page = "dataset: credit\noptions: {dataset: {credit: {sha256: {}}}}\n"
    assert compose(project(page)).document()["dataset"]["sha256"] == {}


def test_a_section_with_nothing_in_it_lays_nothing_over(project: Project) -> None:
    assert compose(project("dataset: credit\ntrain:\nencode:\noptions:\n")).changed == {}


def test_options_of_a_choice_count_only_while_it_is_active(project: Project) -> None:
    root = project("dataset: credit\noptions: {model: {mlp: {units: [8]}}}\n")
    assert "model.units" not in compose(root, ["model=linear"]).leaves()
    assert value(compose(root), "model.units") == [8]


def test_back_to_the_default(project: Project) -> None:
    root = project(
        "dataset: credit\nmodel: linear\ntrain: {epochs: 5, optimizer: sgd}\n"
        "options: {model: {linear: {l2: 1}}}\n"
    )
    assert compose(root, ["~model", "~train"]).changed == {}
    assert set(compose(root, ["~model.l2", "~train.epochs"]).changed) == {"model", "train.optimizer"}
    assert problems(root, "~train.epocs") == {
        "train.epocs": "no such parameter; did you mean `train.epochs`? (command line)"
    }


def test_types_are_kept_and_not_coerced(project: Project) -> None:
    root = project("dataset: credit\ntrain: {learning_rate: 1, min_delta: 1e-3}\n")
    composition = compose(root)
    assert value(composition, "train.min_delta") == 0.001
    assert isinstance(value(composition, "train.learning_rate"), float)


WRONG = [
    ("train.lerning_rate=0.1", "train.lerning_rate", "no such parameter; did you mean `learning_rate`?"),
    ("learning_rate=0.1", "learning_rate", "did you mean `train.learning_rate`?"),
    ("tarin.epochs=3", "tarin", "did you mean `train`?"),
    ("train.epochs=many", "train.epochs", "expected a valid integer, received 'many'"),
    ("train.epochs=1.5", "train.epochs", "received 1.5"),
    ("train.epochs=true", "train.epochs", "received True"),
    ("train.epochs='50'", "train.epochs", "received '50'"),
    ("train.epochs=0", "train.epochs", "received 0"),
    ("train.learning_rate=-1", "train.learning_rate", "expected greater than 0, received -1"),
    ("train.learning_rate=null", "train.learning_rate", "received None"),
    ("train.early_stopping=yes", "train.early_stopping", "expected a valid boolean, received 'yes'"),
    ("train=5", "train", "received 5"),
    ("train.epochs={a:1}", "train.epochs", "received {'a': 1}"),
    ("model=mpl", "model", "did you mean `mlp`?"),
    (
        "model.unts=[3]",
        "model.unts",
        "no such parameter of model=mlp (conf/model/mlp.yaml); did you mean `units`?",
    ),
    ("model.units=3", "model.units", "received 3"),
    ("model.units=[3,x]", "model.units.1", "received 'x'"),
    ("train.optimizer.momentum=0.9", "train.optimizer.momentum", "it is a parameter of train.optimizer="),
    ("train.metrics=5", "train.metrics", "expected 'auto', or a valid"),
    ("seed=-1", "seed", "expected greater than or equal to 0, received -1"),
    ("split={strategy:{bins:3}}", "split.strategy", "expected the name of a choice"),
    ("train.seed=${sed}", "train.seed", "sed"),
]


@pytest.mark.parametrize(("override", "key", "said"), WRONG)
def test_wrong_overrides_are_explained(project: Project, override: str, key: str, said: str) -> None:
    found = problems(project(), override)
    assert list(found) == [key]
    assert said in found[key]
    assert found[key].endswith("(command line)")


def test_everything_wrong_is_said_at_once_with_its_file(project: Project) -> None:
    root = project(
        "dataset: credit\nresample: smot\nmodel: {units: [3]}\ntrain: {epocs: 3, batch_size: 0}\n"
        "options: {train: {optimiser: {sgd: {}}, optimizer: {sgd: {momentun: 1}}}}\n"
    )
    found = problems(root, "train.patience=x", "train/schedule=cosin", "clean=1,2", "train.loss.alpha=1")
    assert set(found) == {
        "resample", "model", "train.epocs", "train.batch_size", "options.train.optimiser",
        "options.train.optimizer.sgd.momentun", "train.patience", "train.schedule", "clean",
        "train.loss.alpha",
    }  # fmt: skip
    assert found["resample"] == "no choice `smot` in conf/resample/; did you mean `smote`? (params.yaml)"
    assert "did you mean `momentum`?" in found["options.train.optimizer.sgd.momentun"]
    assert found["train.batch_size"].endswith("(params.yaml)")
    assert found["train.patience"].endswith("(command line)")
    with pytest.raises(ConfigurationError, match="The configuration has 10 faults; nothing was run"):
        compose(root, ["train.patience=x", "train/schedule=cosin", "clean=1,2", "train.loss.alpha=1"])


def test_keywords_of_a_choice_without_types_are_checked_against_its_file(project: Project) -> None:
    root = project()
    (root / "conf").unlink()
    shutil.copytree(Path(__file__).resolve().parents[2] / "conf", root / "conf")
    (root / "conf/model/own.yaml").write_text("# Mine\n_target_: my.build\n_partial_: true\nhidden: 3\n")
    assert value(compose(root, ["model=own", "model.hidden=5"]), "model.hidden") == 5
    found = problems(root, "model=own", "model.hiden=5")
    assert "did you mean `hidden`?" in found["model.hiden"]


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("config.yaml", "a: [", "expected YAML with a list `defaults:`"),
        ("config.yaml", "seed: 1\n", "expected YAML with a list `defaults:`"),
        ("model/mlp.yaml", "units: [", "Hydra cannot compose it"),
        ("model/mlp.yaml", "_target_: x\nunits: ${nope}\n", "nope"),
    ],
)
def test_a_broken_conf_is_said_in_one_line(project: Project, file: str, text: str, said: str) -> None:
    root = project()
    (root / "conf").unlink()
    shutil.copytree(Path(__file__).resolve().parents[2] / "conf", root / "conf")
    (root / "conf" / file).write_text(text)
    found = problems(root)
    assert said in " ".join(found.values())


def test_a_default_without_a_file_is_named(project: Project) -> None:
    root = project()
    (root / "conf").unlink()
    shutil.copytree(Path(__file__).resolve().parents[2] / "conf", root / "conf")
    (root / "conf/augment/none.yaml").unlink()
    assert problems(root)["augment"] == "there is no conf/augment/none.yaml (conf/config.yaml)"


def test_the_text_is_what_the_stages_read(project: Project) -> None:
    composition = compose(project(), ["train.epochs=3"])
    read = yaml.safe_load(composition.text())
    assert read == composition.document()
    assert read["choices"]["model"] == "mlp"
    assert read["overrides"] == ["train.epochs=3"]
