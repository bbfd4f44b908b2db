"""Every choice of train has a type, lists every keyword of its target, and refuses what cannot be."""

from __future__ import annotations

import inspect

import keras
import pytest
from pydantic import ValidationError
from training_cases import choices, make_settings, read_choice, section, target_of

from stages.settings.choice import TypedChoice
from stages.settings.class_weight import CLASS_WEIGHTS
from stages.settings.optimizer import OPTIMIZERS
from stages.settings.schedule import SCHEDULES
from stages.settings.train import TrainSettings

TYPES = {"optimizer": OPTIMIZERS, "schedule": SCHEDULES, "class_weight": CLASS_WEIGHTS}
ALL = [(group, name) for group in TYPES for name in choices(f"train/{group}")]
GIVEN_BY_THE_STAGE = {"self", "learning_rate", "name", "kwargs"}
OUR_OWN = {("muon", "exclude_layers"): ["output"]}
"""Where our default is not that of Keras: Muon is not for output layers, says its documentation."""


@pytest.mark.parametrize(("group", "name"), ALL)
def test_every_choice_is_typed(group: str, name: str) -> None:
    choice = read_choice(f"train/{group}", name)
    model = TYPES[group][choice["_target_"]].model_validate(choice)
    assert isinstance(model, TypedChoice)
    assert model.partial
    undescribed = [key for key, field in type(model).model_fields.items() if not field.description]
    assert undescribed == []
    with pytest.raises(ValidationError):
        type(model).model_validate(choice | {"no_such_key": 1})


@pytest.mark.parametrize("name", choices("train/optimizer"))
def test_an_optimizer_lists_every_keyword_with_its_default(name: str) -> None:
    choice = read_choice("train/optimizer", name)
    parameters = inspect.signature(target_of(choice).__init__).parameters
    expected = {
        key: OUR_OWN.get((name, key), each.default)
        for key, each in parameters.items()
        if key not in GIVEN_BY_THE_STAGE
    }
    assert {key: value for key, value in choice.items() if not key.startswith("_")} == expected


def test_every_optimizer_of_keras_can_be_chosen() -> None:
    abstract = {"Optimizer", "LossScaleOptimizer", "MultiOptimizer", "OptimizerMap"}
    there = {name for name, each in vars(keras.optimizers).items() if inspect.isclass(each)} - abstract
    assert {f"keras.optimizers.{name}" for name in there} == set(OPTIMIZERS)


def test_the_values_of_conf_are_those_of_the_section() -> None:
    assert isinstance(make_settings(), TrainSettings)
    assert set(section()) == set(TrainSettings.model_fields) - {
        "optimizer",
        "schedule",
        "loss",
        "class_weight",
        "fine_tuning",
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"learning_rate": 0},
        {"learning_rate": "0.1"},
        {"learning_rate": float("nan")},
        {"epochs": 1.5},
        {"epochs": True},
        {"batch_size": 0},
        {"early_stopping": "yes"},
        {"metrics": "accuracy"},
        {"mixed_precision": "float16"},
        {"steps_per_execution": "fast"},
        {"threads": 0},
        {"seed": -1},
        {"options": {"optimizer": {"clipnorm": 1.0, "clipvalue": 0.5}}},
        {"options": {"optimizer": {"beta_1": 1.0}}},
        {"optimizer": "sgd", "options": {"optimizer": {"momentum": -0.1}}},
        {"schedule": "piecewise", "options": {"schedule": {"boundaries": [3]}}},
        {"schedule": "piecewise", "options": {"schedule": {"boundaries": [6, 3]}}},
        {"schedule": "cyclical_triangular", "options": {"schedule": {"shape": "square"}}},
        {"schedule": "reduce_on_plateau", "options": {"schedule": {"factor": 1.0}}},
        {"class_weight": "given", "options": {"class_weight": {"weights": {"bad": -1.0}}}},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        make_settings(**wrong)


def test_whole_numbers_serve_as_numbers() -> None:
    assert make_settings(learning_rate=1, options={"optimizer": {"clipnorm": 1}}).learning_rate == 1.0
