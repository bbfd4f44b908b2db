"""Every choice of ``model`` builds a network for every task and every kind of input."""

from __future__ import annotations

from pathlib import Path

import keras
import model_cases as cases
import numpy as np
import pytest

from stages.losses.automatic import build_auto
from stages.losses.targets import target_for
from stages.models.adapter import build_own
from stages.models.checks import check_model
from stages.models.interface import make_inputs, make_outputs
from stages.models.loading import load_model
from stages.models.prediction import output_kind, predict
from stages.models.prior import prior_bias
from stages.models.structure import outputs_of
from stages.settings.model import MODELS

CHOICES = cases.choices("model")
SHIPPED = [path for path in CHOICES if cases.find_target(cases.read_choice(path)) is not build_own]
NAMES = [path.stem for path in CHOICES]
TABULAR = [path for path in SHIPPED if cases.read_choice(path)["_target_"] in cases.TABLE_MODELS]
MEDIA = [path for path in SHIPPED if path not in TABULAR]
PAIRS = [
    (path, kind)
    for path in CHOICES
    for kind in (cases.kinds_of(path)[1:3] if path in MEDIA else cases.kinds_of(path))
]
"""A media model is built for few of its kinds, and each kind with one task, which saves minutes."""
TRIPLES = [
    (path, kind, task)
    for path in CHOICES
    for number, kind in enumerate(cases.kinds_of(path))
    for task in ((cases.TASKS[number % 3],) if path in MEDIA else cases.TASKS)
]
every_choice = pytest.mark.parametrize("path", CHOICES, ids=NAMES)
every_tabular = pytest.mark.parametrize("path", TABULAR, ids=[path.stem for path in TABULAR])
every_media = pytest.mark.parametrize("path", MEDIA, ids=[path.stem for path in MEDIA])
every_task = pytest.mark.parametrize("task", cases.TASKS)
every_triple = pytest.mark.parametrize(
    ("path", "kind", "task"), TRIPLES, ids=[f"{path.stem}, {kind}, {task}" for path, kind, task in TRIPLES]
)
every_pair = pytest.mark.parametrize(
    ("path", "kind"), PAIRS, ids=[f"{path.stem}, {kind}" for path, kind in PAIRS]
)


def build(path, spec, target, **changed):
    keras.utils.set_random_seed(0)
    bias = prior_bias(target, task=spec.task, num_classes=len(spec.classes))
    inputs, outputs = make_inputs(spec), make_outputs(spec, bias)
    return cases.build_choice(path, **changed)(inputs, outputs), inputs, outputs


def build_or_skip(path, spec, target):
    """Build; one's own model may refuse data it was not made for, if it says what to do."""
    try:
        return build(path, spec, target)
    except ValueError as error:
        if path in SHIPPED:
            raise
        assert "encode.categories" in str(error) or "let the function" in str(error).lower()
        pytest.skip(f"{path.stem} is not made for this data: {error}")


@every_triple
def test_predicts_what_the_task_asks_for(path: Path, task: str, kind: str) -> None:
    spec = cases.make_spec(task, kind)
    rows = cases.make_rows(spec)
    before = {name: array.copy() for name, array in rows.inputs.items()}
    model, inputs, outputs = build_or_skip(path, spec, rows.target)
    check_model(model, inputs, outputs)
    ends = outputs_of(model, outputs)
    loss = build_auto(ends)
    model.compile(optimizer="sgd", loss=loss, run_eagerly=True)
    model.fit(rows.inputs, target_for(loss, rows.target, ends), verbose=0)
    how = {"task": task, "num_classes": len(spec.classes), "kind": output_kind(ends.activation, task, loss)}
    answers = predict(model, rows.inputs, batch_size=5, **how)
    assert answers.dtype == np.float32
    if task == "regression":
        assert answers.shape == (12,)
    else:
        assert answers.shape == (12, len(spec.classes))
        np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-6)
        assert answers.min() >= 0
    np.testing.assert_allclose(answers, predict(model, rows.inputs, batch_size=12, **how), atol=1e-6)
    for name, array in rows.inputs.items():
        np.testing.assert_array_equal(array, before[name])


@every_pair
def test_same_seed_same_weights(path: Path, kind: str) -> None:
    spec = cases.make_spec("multiclass", kind)
    target = cases.make_rows(spec).target
    first, _, _ = build_or_skip(path, spec, target)
    second, _, _ = build_or_skip(path, spec, target)
    assert not first.compiled, "a builder returns its model uncompiled"
    assert len(first.weights) == len(second.weights)
    for one, other in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@every_pair
def test_saved_and_loaded_answers_the_same(path: Path, kind: str, tmp_path: Path) -> None:
    spec = cases.make_spec("multiclass", kind)
    rows = cases.make_rows(spec)
    model, _, _ = build_or_skip(path, spec, rows.target)
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model(rows.inputs), loaded(rows.inputs))


@every_media
def test_the_last_layer_starts_at_the_prior(path: Path) -> None:
    task = cases.TASKS[MEDIA.index(path) % 3]
    spec = cases.make_spec(task, cases.kinds_of(path)[0])
    rows = cases.make_rows(spec)
    model, _, outputs = build(path, spec, rows.target)
    last = model.get_layer("output")
    last.kernel.assign(np.zeros(last.kernel.shape))
    answers = predict(
        model,
        rows.inputs,
        task=task,
        num_classes=len(spec.classes),
        kind=output_kind(outputs.activation, task),
        batch_size=12,
    )
    expected = rows.target.mean() if task == "regression" else np.bincount(rows.target) / 12
    np.testing.assert_allclose(answers[0], expected, rtol=1e-5)


@every_media
def test_a_model_without_its_input_says_what_to_take(path: Path) -> None:
    spec = cases.make_spec("binary")
    with pytest.raises(ValueError, match=r"this model reads .*model="):
        build(path, spec, cases.make_rows(spec).target)


@every_tabular
@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_first_loss_is_the_entropy_of_the_prior(path: Path, task: str) -> None:
    spec = cases.make_spec(task)
    target = np.array([0] * 9 + [1] * 3 if task == "binary" else [0] * 6 + [1] * 4 + [2] * 2)
    rows = cases.make_rows(spec)
    model, _, outputs = build(path, spec, target)
    loss = build_auto(outputs_of(model, outputs))
    nothing = {"numeric": np.zeros((12, 3), np.float32)}  # what is left is the bias
    first = float(loss(target_for(loss, target, outputs), model(nothing)))
    shares = np.bincount(target) / 12
    assert first == pytest.approx(-np.sum(shares * np.log(shares)), rel=1e-5)
    assert rows.target.shape == (12,)


@every_tabular
def test_first_prediction_of_a_regression_is_the_mean(path: Path) -> None:
    spec = cases.make_spec("regression")
    model, _, _ = build(path, spec, np.array([1.0, 2.0, 9.0], np.float32))
    assert float(model({"numeric": np.zeros((1, 3), np.float32)})[0, 0]) == pytest.approx(4.0)


@every_tabular
@every_task
def test_logits_give_the_same_probabilities(path: Path, task: str) -> None:
    spec = cases.make_spec(task)
    rows = cases.make_rows(spec)
    fitted, _, _ = build(path, spec, rows.target)
    logits, _, outputs = build(path, spec, rows.target, output_activation="linear")
    how = {"task": task, "num_classes": len(spec.classes), "batch_size": 12}
    ends = outputs_of(logits, outputs)
    assert ends.activation == "linear"
    np.testing.assert_allclose(
        predict(fitted, rows.inputs, kind=output_kind(outputs.activation, task), **how),
        predict(logits, rows.inputs, kind=output_kind("linear", task), **how),
        atol=1e-6,
    )


@every_choice
def test_yaml_lists_every_keyword_with_its_default(path: Path) -> None:
    choice = cases.read_choice(path)
    if path in SHIPPED:
        keywords = {name: value for name, value in choice.items() if not name.startswith("_")}
        assert keywords == cases.keyword_defaults(cases.find_target(choice))
    assert choice["_partial_"] is True
    assert path.read_text(encoding="utf-8").startswith("# ")


@every_choice
def test_settings_accept_the_yaml(path: Path) -> None:
    choice = cases.read_choice(path)
    typed = MODELS[choice["_target_"]].model_validate(choice)
    assert typed.model_dump(by_alias=True) == choice
