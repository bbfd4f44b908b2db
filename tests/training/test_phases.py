"""Two phases: the head on a frozen backbone, then the backbone's last layers, as one training."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from model_cases import keyword_defaults
from pydantic import ValidationError
from training_cases import Interrupted, made, make_recipe, make_settings, outcome, read_choice

from stages.examples.encoded import Encoded, InputSpec, Spec
from stages.models.ending import Ending, ended
from stages.models.interface import Inputs, Outputs
from stages.policies import Batch
from stages.settings.fine_tuning import FINE_TUNINGS
from stages.train import train
from stages.training import frozen_features, phases, resume
from stages.training.fine_tuning import last_layers
from stages.training.freezing import backbone_of, freeze, num_trainable, unfreeze

SPEC = Spec(
    task="binary",
    classes=("dark", "light"),
    inputs=(
        InputSpec(name="image", dtype="uint8", shape=(6, 6, 1)),
        InputSpec(name="numeric", dtype="float32", shape=(2,), columns=("a", "b")),
    ),
)


def build_small(inputs: Inputs, outputs: Outputs, *, dropout: float = 0.3) -> keras.Model:
    """Return a network with a backbone of two convolutions, each normalised, in a moment."""
    given = keras.Input((6, 6, 1))
    maps = keras.layers.Conv2D(4, 3, name="first")(given)
    maps = keras.layers.BatchNormalization(name="first_normalization")(maps)
    maps = keras.layers.Conv2D(4, 3, activation="relu", name="second")(maps)
    maps = keras.layers.BatchNormalization(name="second_normalization")(maps)
    backbone = keras.Model(given, maps, name="backbone")
    scaled = keras.layers.Rescaling(1 / 255)(inputs.tensors["image"])
    trunk = keras.layers.GlobalAveragePooling2D(name="backbone_features")(backbone(scaled))
    return keras.Model(dict(inputs.tensors), ended(trunk, inputs, outputs, ending=Ending(dropout=dropout)))


def pictures(rows: int, seed: int) -> Encoded:
    generator = np.random.default_rng(seed)
    target = generator.integers(0, 2, rows)
    image = generator.integers(0, 180, (rows, 6, 6, 1)) + 60 * target[:, None, None, None]
    numeric = generator.normal(size=(rows, 2)).astype(np.float32)
    return Encoded({"image": image.astype(np.uint8), "numeric": numeric}, target, np.arange(rows))


def recipe_for(tuning: dict[str, Any] | None = None, **values: Any) -> Any:
    """Return a recipe of three epochs of the head and three of the last layers."""
    second = last_layers(**({"layers": 2, "epochs": 3, "learning_rate": 0.003} | (tuning or {})))
    recipe = make_recipe(**({"epochs": 3, "learning_rate": 0.01, "metrics": []} | values))
    return replace(recipe, model=build_small, fine_tuning=second)


def trained(recipe: Any, **keywords: Any) -> Any:
    return train(pictures(50, 0), pictures(30, 1), spec=SPEC, recipe=recipe, **keywords)


class AsTheyAre:
    """A policy that changes nothing."""

    soft_labels = False

    def __call__(self, inputs: Any, target: Any, weight: Any, *, seed: Any) -> Batch:
        return Batch(inputs, target, weight)


@pytest.fixture(scope="module")
def both() -> Any:
    """A training in two phases, and what each epoch said."""
    said: list[tuple[int, dict[str, float]]] = []
    return trained(recipe_for(), on_epoch=lambda epoch, metrics: said.append((epoch, metrics))), said


def test_the_history_goes_on_over_both_phases(both: Any) -> None:
    result, said = both
    history = result.history
    assert history["epoch"].tolist() == [1, 2, 3, 4, 5, 6]
    assert history["phase"].tolist() == [1, 1, 1, 2, 2, 2]
    assert history["learning_rate"].tolist() == pytest.approx([0.01] * 3 + [0.003] * 3)
    assert list(history)[:3] == ["epoch", "phase", "learning_rate"]
    assert [epoch for epoch, _ in said] == [1, 2, 3, 4, 5, 6]
    assert said[4][1]["phase"] == 2


def test_the_report_says_what_each_phase_was(both: Any) -> None:
    report = both[0].report
    head, last = report["phases"]
    assert (head["name"], head["epochs_run"], head["num_trainable_parameters"]) == ("head", 3, 4 + 2 + 1)
    assert (last["name"], last["epochs_run"], last["learning_rate"]) == ("last_layers", 3, 0.003)
    assert last["num_trainable_parameters"] == 7 + 4 * 3 * 3 * 4 + 4  # normalization stays frozen
    assert report["best_epoch"] == report["kept_epoch"] == int(both[0].history["val_loss"].idxmin()) + 1
    assert report["num_trainable_parameters"] == last["num_trainable_parameters"]


def test_the_kept_weights_are_those_of_the_best_epoch_of_both(both: Any) -> None:
    result, _ = both
    held_out = pictures(30, 1)
    loss = result.model.evaluate(dict(held_out.inputs), held_out.target[:, None].astype("float32"), verbose=0)
    assert loss == pytest.approx(result.history["val_loss"].min(), rel=1e-5)


@pytest.mark.parametrize("features_once", [True, False])
def test_where_the_second_phase_makes_nothing_better_the_first_one_is_kept(
    features_once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not features_once:
        monkeypatch.setattr(frozen_features, "LARGEST", 0)
    recipe = recipe_for({"learning_rate": 30.0, "optimizer": "sgd", "patience": 1, "epochs": 9})
    result = trained(recipe)
    assert result.report["kept_epoch"] <= 3
    assert result.report["epochs_run"] == 4
    assert "of the first phase: training the last layers" in result.report["notes"][-1]
    held_out = pictures(30, 1)
    loss = result.model.evaluate(dict(held_out.inputs), held_out.target[:, None].astype("float32"), verbose=0)
    assert loss == pytest.approx(result.history["val_loss"][:3].min(), rel=1e-5)


def test_only_what_is_unfrozen_changes() -> None:
    recipe = recipe_for(restore_best_weights=False, early_stopping=False)
    before: dict[str, Any] = {}

    def build(inputs: Inputs, outputs: Outputs) -> keras.Model:
        model = build_small(inputs, outputs)
        before.update({each.path: each.numpy() for each in model.weights})
        return model

    model = trained(replace(recipe, model=build)).model
    changed = {each.path for each in model.weights if not np.array_equal(each.numpy(), before[each.path])}
    assert {path for path in changed if "seed" not in path} == {
        "second/kernel",
        "second/bias",
        "output/kernel",
        "output/bias",
    }


def test_normalization_learns_where_it_is_not_frozen() -> None:
    tuning = last_layers(layers=2, batch_normalization_frozen=False)
    model = new_model()
    unfreeze(model, tuning)
    assert num_trainable(backbone_of(model)) == 4 * 3 * 3 * 4 + 4 + 8
    unfreeze(model, last_layers(layers="all"))
    assert num_trainable(backbone_of(model)) == (9 * 4 + 4) + (4 * 9 * 4 + 4)
    unfreeze(model, last_layers(layers=999, batch_normalization_frozen=False))
    assert num_trainable(backbone_of(model)) == (9 * 4 + 4) + (4 * 9 * 4 + 4) + 16
    freeze(model)
    assert num_trainable(model) == 7


def new_model() -> keras.Model:
    from stages.models.interface import make_inputs, make_outputs

    return build_small(make_inputs(SPEC), make_outputs(SPEC))


def test_features_computed_once_train_the_head_as_the_whole_network_does(
    both: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads: list[str] = []
    fit = phases.fit

    def watching(compiled: Any, **keywords: Any) -> Any:
        heads.append("image" if "image" in compiled.rows.inputs else "features")
        return fit(compiled, **keywords)

    monkeypatch.setattr(phases, "fit", watching)
    slow = trained(replace(recipe_for(), policy=AsTheyAre()))
    fast = trained(recipe_for())
    assert heads == ["image", "image", "features", "image"]
    columns = list(slow.history)
    np.testing.assert_allclose(slow.history[columns], fast.history[columns], rtol=1e-4)
    np.testing.assert_array_equal(fast.history[columns], both[0].history[columns])


def test_what_learns_before_the_backbone_learns_in_the_first_phase(monkeypatch: pytest.MonkeyPatch) -> None:
    fit = phases.fit

    def build(inputs: Inputs, outputs: Outputs) -> keras.Model:
        scaled = keras.layers.Rescaling(1 / 255)(inputs.tensors["image"])
        colours = keras.layers.Conv2D(3, 1, name="colours")(scaled)
        maps = keras.layers.Conv2D(4, 3, name="backbone")(colours)
        trunk = keras.layers.GlobalAveragePooling2D(name="backbone_features")(maps)
        return keras.Model(dict(inputs.tensors), ended(trunk, inputs, outputs, ending=Ending()))

    def watching(compiled: Any, **keywords: Any) -> Any:
        before = compiled.model.get_layer("colours").get_weights()
        course = fit(compiled, **keywords)
        assert not np.array_equal(before[0], compiled.model.get_layer("colours").get_weights()[0])
        return course

    monkeypatch.setattr(phases, "fit", watching)
    trained(replace(recipe_for({"layers": "all", "epochs": 1}, epochs=1), model=build))


@pytest.mark.parametrize(("killed_in", "averaged"), [(2, False), (4, True), (6, False)])
def test_a_training_killed_in_either_phase_ends_as_an_undisturbed_one(
    killed_in: int, averaged: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resume, "LARGEST_SHARE", math.inf)
    options = {"optimizer": {"use_ema": True, "ema_momentum": 0.5}} if averaged else None
    recipe = recipe_for(options=options)
    undisturbed = outcome(trained(recipe), tmp_path / "undisturbed")
    with pytest.raises(Interrupted):
        trained(recipe, scratch=tmp_path / "scratch", on_epoch=stopping_at(killed_in))
    epochs: list[int] = []
    again = trained(recipe, scratch=tmp_path / "scratch", on_epoch=lambda epoch, _: epochs.append(epoch))
    assert epochs[0] == killed_in  # the epochs before were not trained again
    assert outcome(again, tmp_path / "resumed") == undisturbed


def stopping_at(last: int) -> Callable[[int, dict[str, float]], None]:
    def stop(epoch: int, metrics: dict[str, float]) -> None:
        if epoch == last:
            raise Interrupted

    return stop


def test_the_state_of_another_network_in_its_second_phase_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resume, "LARGEST_SHARE", math.inf)
    with pytest.raises(Interrupted):
        trained(recipe_for({"layers": "all"}), scratch=tmp_path, on_epoch=stopping_at(5))
    epochs: list[int] = []
    trained(recipe_for(), scratch=tmp_path, on_epoch=lambda epoch, _: epochs.append(epoch))
    assert epochs == [1, 2, 3, 4, 5, 6]


def test_a_head_that_diverges_is_not_fine_tuned(monkeypatch: pytest.MonkeyPatch) -> None:
    fit = phases.fit
    monkeypatch.setattr(phases, "fit", lambda *parts, **named: fit(*parts, **named)._replace(diverged=3))
    result = trained(recipe_for())
    assert (result.report["diverged_epoch"], result.report["epochs_run"]) == (3, 3)
    assert [each["name"] for each in result.report["phases"]] == ["head"]


def test_a_model_without_backbone_is_refused() -> None:
    network = made(read_choice("model", "cnn") | {"filters": [2]})
    with pytest.raises(
        ValueError, match=r"this model has none: take model=backbone .*train\.fine_tuning=none"
    ):
        trained(replace(recipe_for(), model=network))


def test_layers_without_weights_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"last 1 layers .* raise train\.fine_tuning\.layers .* has 5 layers"
    ):
        trained(recipe_for({"layers": 1}))


def test_the_second_phase_has_an_optimizer_and_a_schedule_of_its_own() -> None:
    tuning = last_layers(
        optimizer="schedule_free_adamw",
        optimizer_arguments={"warmup_steps": 7},
        schedule="exponential",
        schedule_arguments={"factor": 0.5},
    )
    assert tuning.optimizer(learning_rate=0.1).warmup_steps == 7
    assert float(tuning.schedule(0.1, steps_per_epoch=2, epochs=3).value(2)) == pytest.approx(0.05)
    with pytest.raises(ValueError, match=r"optimizer_arguments names momentun, which optimizer sgd does not"):
        last_layers(optimizer="sgd", optimizer_arguments={"momentun": 0.9})
    with pytest.raises(ValueError, match=r"schedule_arguments names facto, .* it takes factor, every"):
        last_layers(schedule="step", schedule_arguments={"facto": 0.9})


@pytest.mark.parametrize(
    ("tuning", "message"),
    [
        (
            {"schedule": "reduce_on_plateau", "schedule_arguments": {"monitor": "val_los"}},
            r"^train\.fine_tuning\.schedule_arguments\.monitor=val_los is not logged\. Did you mean val_loss",
        ),
        (
            {"schedule": "cosine", "schedule_arguments": {"warmup_epochs": 9}},
            r"schedule_arguments\.warmup_epochs=9 leaves nothing of train\.fine_tuning\.epochs=3",
        ),
        (
            {"optimizer": "sgd", "optimizer_arguments": {"momentum": 2}},
            r"^train\.fine_tuning\.optimizer=sgd cannot be made with .*optimizer_arguments=\{'momentum': 2\}",
        ),
        (
            {"schedule": "cosine", "schedule_arguments": {"warmup_epochs": "two"}},
            r"^train\.fine_tuning\.schedule=cosine cannot be made with .*\{'warmup_epochs': 'two'\}",
        ),
    ],
)
def test_what_the_second_phase_refuses_is_said_before_the_first(
    tuning: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phases, "fit", lambda *_, **__: pytest.fail("the first phase was trained"))
    with pytest.raises(ValueError, match=message):
        trained(recipe_for(tuning))


def test_the_values_of_conf_are_the_defaults() -> None:
    choice = read_choice("train/fine_tuning", "last_layers")
    target = choice["_target_"]
    keywords = {name: value for name, value in choice.items() if name != "_target_"}
    assert keywords == keyword_defaults(last_layers)
    assert FINE_TUNINGS[target].model_validate(choice).keywords() == keywords
    for name in FINE_TUNINGS[target].model_fields["optimizer"].annotation.__args__:
        assert last_layers(optimizer=name).optimizer(learning_rate=0.1)
    for wrong in ({"layers": 0}, {"layers": "some"}, {"optimizer": "adamm"}, {"epochs": 0}):
        with pytest.raises(ValidationError):
            make_settings({"fine_tuning": wrong}, fine_tuning="last_layers")
