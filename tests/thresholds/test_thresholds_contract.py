"""Every rule: its file, its types, and what all of them promise."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from evaluate_choices import CONF, build, content, many_classes, names, target_of, two_classes

from stages.metrics.decision import Decision, decide
from stages.settings.choice import TypedChoice
from stages.settings.threshold import THRESHOLDS

NAMES = names("threshold")
LEARNING = [name for name in NAMES if name != "fixed"]
CLASSES = ("good", "bad")


def test_every_type_has_a_file():
    assert {content("threshold", name)["_target_"] for name in NAMES} == set(THRESHOLDS)


@pytest.mark.parametrize("name", NAMES)
def test_the_file_lists_every_keyword_with_its_default_and_is_typed(name):
    held = content("threshold", name)
    keywords = {key: value for key, value in held.items() if key != "_target_"}
    parameters = inspect.signature(target_of(held)).parameters
    assert keywords.keys() == parameters.keys()
    assert keywords == vars(target_of(held)())
    model = THRESHOLDS[held["_target_"]].model_validate(held)
    assert isinstance(model, TypedChoice)
    assert model.keywords() == keywords
    assert all(field.description for field in type(model).model_fields.values())
    lines = (CONF / "threshold" / f"{name}.yaml").read_text().splitlines()
    assert lines[0].startswith("# ")
    assert all(" # " in line for line in lines[2:])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_two_classes(name, weighted):
    target, probabilities = two_classes(200)
    weight = np.random.default_rng(1).random(200) if weighted else None
    before = target.copy(), probabilities.copy()
    decision, notes = build("threshold", name)(target, probabilities, classes=CLASSES, weight=weight)
    assert 0 < decision.threshold < 1
    assert isinstance(decision.threshold, float)
    assert isinstance(notes, tuple)
    assert set(decide(probabilities, decision)) == {0, 1}
    assert np.array_equal(before[0], target)
    assert np.array_equal(before[1], probabilities)
    again = build("threshold", name)(target, probabilities, classes=CLASSES, weight=weight)
    assert again.decision.threshold == decision.threshold


@pytest.mark.parametrize("name", LEARNING)
def test_the_order_of_the_rows_and_the_scale_of_the_weights_do_not_matter(name):
    target, probabilities = two_classes(150, digits=1)
    weight = np.random.default_rng(1).random(150)
    rule = build("threshold", name)
    chosen = rule(target, probabilities, classes=CLASSES, weight=weight).decision.threshold
    order = np.random.default_rng(2).permutation(150)
    shuffled = rule(target[order], probabilities[order], classes=CLASSES, weight=1000 * weight[order])
    assert shuffled.decision.threshold == chosen


@pytest.mark.parametrize("name", LEARNING)
def test_whole_weights_count_like_repeated_rows_and_none_like_no_row(name):
    target, probabilities = two_classes(80)
    weight = np.random.default_rng(1).integers(0, 4, 80)
    rule = build("threshold", name)
    weighted = rule(target, probabilities, classes=CLASSES, weight=weight.astype(np.float64))
    repeated = rule(target.repeat(weight), probabilities.repeat(weight, axis=0), classes=CLASSES)
    assert weighted.decision.threshold == repeated.decision.threshold


@pytest.mark.parametrize("name", LEARNING)
def test_rounding_of_the_probabilities_moves_no_decision(name):
    target, probabilities = two_classes(300, digits=3)
    decision = build("threshold", name)(target, probabilities, classes=CLASSES).decision
    noise = np.random.default_rng(1).uniform(-1e-5, 1e-5, 300)
    rounded = probabilities + np.column_stack([-noise, noise])
    assert np.array_equal(decide(rounded, decision), decide(probabilities, decision))


@pytest.mark.parametrize(
    ("target", "weight"),
    [
        ([], None),
        ([0, 0], None),
        ([1, 1], None),
        ([0, 1], [1.0, 0.0]),
        ([0, 1], [0.0, 0.0]),
    ],
)
@pytest.mark.parametrize("name", LEARNING)
def test_one_class_or_none(name, target, weight):
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8]])[: len(target)]
    weight = None if weight is None else np.array(weight)
    decision, notes = build("threshold", name)(
        np.array(target, np.int64), probabilities, classes=CLASSES, weight=weight
    )
    assert decision.threshold == 0.5
    note = notes[0]
    assert note.startswith("the validation part has rows of one class at most")


@pytest.mark.parametrize("score", [0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("name", LEARNING)
def test_the_same_score_for_every_row(name, score):
    probabilities = np.tile([1 - score, score], (4, 1))
    decision, notes = build("threshold", name)(np.array([0, 0, 1, 0]), probabilities, classes=CLASSES)
    (predicted,) = set(decide(probabilities, decision))
    said = f"at the chosen threshold every row of the validation part is predicted {CLASSES[predicted]}"
    assert said in notes


@pytest.mark.parametrize("name", LEARNING)
def test_few_rows_of_a_class_are_told(name):
    score = np.linspace(0.01, 0.99, 500)
    probabilities = np.column_stack([1 - score, score])
    rule = build("threshold", name)
    for rare, told in ((29, True), (30, False)):
        target = (np.arange(500) >= 500 - rare).astype(np.int64)
        said = "the validation part has 29 rows of bad: a threshold chosen by so few is uncertain"
        assert (said in rule(target, probabilities, classes=CLASSES).notes) == told
        unweighted = np.where(
            (target == 1) & (target.cumsum() == 1), 0.0, 7.0
        )  # one positive row counts nothing
        said = said.replace("29", str(rare - 1))
        assert said in rule(target, probabilities, classes=CLASSES, weight=unweighted).notes


@pytest.mark.parametrize("name", NAMES)
def test_more_classes_take_the_most_probable(name):
    target, probabilities = many_classes(30)
    decision, notes = build("threshold", name)(target, probabilities, classes=("a", "b", "c"))
    assert decision == Decision()
    if name == "fixed":
        assert notes == ()
    else:
        assert "no effect on 3 classes" in notes[0]
        assert f"evaluate.threshold={name}" in notes[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_regression_has_nothing_to_decide(name):
    decision, notes = build("threshold", name)(np.array([0.5, 7.0]), np.array([1.5, 6.0]), classes=())
    assert decision == Decision()
    expected = () if name == "fixed" else (f"evaluate.threshold={name} has no effect on a regression",)
    assert notes == expected


def test_a_fixed_threshold_that_has_no_effect_says_so():
    rule = build("threshold", "fixed", value=0.25)
    target, probabilities = many_classes(30)
    assert rule(target, probabilities, classes=("a", "b", "c")).notes == (
        "evaluate.threshold.value=0.25 has no effect on 3 classes: the most probable one is predicted",
    )
    assert rule(target, probabilities[:, 0], classes=()).notes == (
        "evaluate.threshold.value=0.25 has no effect on a regression",
    )
    two = rule(*two_classes(30), classes=CLASSES)
    assert (two.decision, two.notes) == (Decision(0.25), ())
