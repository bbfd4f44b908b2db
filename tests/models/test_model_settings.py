"""The types and ranges of the models' parameters."""

from __future__ import annotations

import model_cases as cases
import pytest
from pydantic import ValidationError

from stages.settings.model import MODELS

MLP = cases.read_choice(cases.ROOT / "conf/model/mlp.yaml")


def check(**changed):
    return MODELS[MLP["_target_"]].model_validate(MLP | changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"units": []},
        {"dropout": 0},
        {"embedding_dimension": 8},
        {"activation": "prelu"},
        {"l2": 1},
    ],
)
def test_accepted(changed: dict) -> None:
    ((name, value),) = changed.items()
    assert getattr(check(**changed), name) == value


@pytest.mark.parametrize(
    "changed",
    [
        {"units": [0]},
        {"units": [1.5]},
        {"units": [True]},
        {"units": 64},
        {"units": "64"},
        {"dropout": 1.0},
        {"dropout": -0.1},
        {"dropout": "0.1"},
        {"dropout": True},
        {"l1": -1e-3},
        {"l2": float("nan")},
        {"activation": "rellu"},
        {"normalization": None},
        {"kernel_initializer": "he"},
        {"residual": 1},
        {"embedding_dimension": 0},
        {"embedding_dimension": "many"},
        {"output_activation": "gelu"},
        {"dropuot": 0.1},
    ],
)
def test_refused(changed: dict) -> None:
    with pytest.raises(ValidationError):
        check(**changed)


@pytest.mark.parametrize("function", ["net.py:build", "stages.models.own.net", "a:b c", ""])
def test_an_own_model_names_a_module_and_a_function(function: str) -> None:
    target = "stages.models.adapter.build_own"
    with pytest.raises(ValidationError):
        MODELS[target].model_validate({"_target_": target, "_partial_": True, "function": function})
