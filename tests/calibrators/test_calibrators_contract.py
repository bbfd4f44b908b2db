"""Every calibrator: its file, its types, and what all of them promise."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from evaluate_choices import CONF, build, content, many_classes, names, target_of, two_classes

from stages.calibrators.temperature import calibrate
from stages.settings.calibration import CALIBRATIONS
from stages.settings.choice import TypedChoice

NAMES = names("calibration")


def test_every_type_has_a_file():
    assert {content("calibration", name)["_target_"] for name in NAMES} == set(CALIBRATIONS)


@pytest.mark.parametrize("name", NAMES)
def test_the_file_lists_every_keyword_with_its_default_and_is_typed(name):
    held = content("calibration", name)
    keywords = {key: value for key, value in held.items() if key != "_target_"}
    assert keywords.keys() == inspect.signature(target_of(held)).parameters.keys()
    assert keywords == vars(target_of(held)())
    model = CALIBRATIONS[held["_target_"]].model_validate(held)
    assert isinstance(model, TypedChoice)
    assert model.keywords() == keywords
    assert all(field.description for field in type(model).model_fields.values())
    lines = (CONF / "calibration" / f"{name}.yaml").read_text().splitlines()
    assert lines[0].startswith("# ")
    assert all(" # " in line for line in lines[2:])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("rows", [two_classes(120), many_classes(120)], ids=["two", "three"])
@pytest.mark.parametrize("name", NAMES)
def test_what_comes_out(name, rows, weighted):
    target, probabilities = rows
    weight = np.random.default_rng(0).random(120) if weighted else None
    before = target.copy(), probabilities.copy()
    temperature, notes = build("calibration", name)(target, probabilities, weight=weight)
    assert isinstance(temperature, float)
    assert temperature > 0
    assert notes == ()
    after = calibrate(probabilities, temperature)
    assert after.dtype == np.float64
    assert after.shape == probabilities.shape
    assert np.allclose(after.sum(axis=1), 1, rtol=0, atol=1e-12)
    assert np.array_equal(before[0], target)
    assert np.array_equal(before[1], probabilities)


@pytest.mark.parametrize("name", NAMES)
def test_a_regression_is_left_alone(name):
    temperature, notes = build("calibration", name)(np.array([1.0, 2.0]), np.array([1.5, 1.7]))
    assert temperature == 1.0
    assert notes == (
        () if name == "none" else ("evaluate.calibration=temperature has no effect on a regression",)
    )


@pytest.mark.parametrize(
    ("target", "weight", "why"),
    [
        ([], None, "no rows"),
        ([1, 1], None, "one class"),
        ([0, 1], [1.0, 0.0], "one class"),
        ([0, 1], [0.0, 0.0], "no rows"),
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_one_class_or_none(name, target, weight, why):
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8]])[: len(target)]
    weight = None if weight is None else np.array(weight)
    temperature, notes = build("calibration", name)(np.array(target, np.int64), probabilities, weight=weight)
    assert temperature == 1.0
    assert notes == () if name == "none" else why in notes[0]
