"""The stage `train` as a whole: what it is given, what it returns, that it repeats itself exactly."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from processes import environment
from training_cases import (
    ROOT,
    choices,
    make_recipe,
    make_spec,
    make_table,
    outcome,
    run,
)

from stages.examples.encoded import class_probabilities
from stages.examples.schema import Task
from stages.train import train
from stages.training.report import weighting_notes

TASKS: tuple[Task, ...] = ("binary", "multiclass", "regression")


@pytest.mark.parametrize("task", TASKS)
def test_training_learns_and_reports(task: Task) -> None:
    epochs: list[tuple[int, dict[str, float]]] = []
    recipe = make_recipe(model={"units": [8]}, epochs=12, learning_rate=0.03)
    trained = run(task, recipe=recipe, on_epoch=lambda number, metrics: epochs.append((number, metrics)))
    history, report = trained.history, trained.report
    assert history["val_loss"].min() < 0.8 * history["val_loss"].iloc[0]
    assert history["epoch"].tolist() == [number for number, _ in epochs] == list(range(1, len(history) + 1))
    assert epochs[0][1]["val_loss"] == history["val_loss"].iloc[0]
    assert report["output_kind"] == ("value" if task == "regression" else "probabilities")
    assert (report["num_rows"], report["num_validation_rows"]) == (75, 40)
    assert report["num_parameters"] == 4 * 8 + 8 + (9 * 3 if task == "multiclass" else 9)
    assert report["threads"] == recipe.settings.threads
    assert list(report["class_weights"]) == list(make_spec(task).classes)


def test_the_same_training_gives_the_same_bytes_and_changes_nothing_it_was_given(tmp_path: Path) -> None:
    table, before = make_table(), make_table()
    held_out = make_table(rows=40, seed=1)
    outcomes = [
        outcome(train(table, held_out, spec=make_spec(), recipe=make_recipe()), tmp_path / str(index))
        for index in range(2)
    ]
    assert outcomes[0] == outcomes[1]
    np.testing.assert_array_equal(table.inputs["numeric"], before.inputs["numeric"])
    np.testing.assert_array_equal(table.target, before.target)
    other = outcome(run(recipe=make_recipe(seed=1)), tmp_path / "other")
    assert other[0] != outcomes[0][0]


def test_steps_per_execution_changes_speed_only() -> None:
    fast, slow = run(recipe=make_recipe()), run(recipe=make_recipe(steps_per_execution=1))
    assert fast.report["steps_per_execution"] == 3
    assert slow.report["steps_per_execution"] == 1
    assert fast.history.equals(slow.history)
    for one, other in zip(fast.model.get_weights(), slow.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_validation_is_not_trained_on() -> None:
    held_out = make_table(rows=40, seed=1)
    other = replace(held_out, target=1 - held_out.target)
    recipe = make_recipe(early_stopping=False, restore_best_weights=False, epochs=2)
    one, two = (train(make_table(), part, spec=make_spec(), recipe=recipe) for part in (held_out, other))
    assert one.history["loss"].equals(two.history["loss"])
    assert not one.history["val_loss"].equals(two.history["val_loss"])


def test_training_without_validation() -> None:
    recipe = make_recipe(epochs=2, monitor="loss")
    trained = train(make_table(), make_table(rows=0), spec=make_spec(), recipe=recipe)
    assert not [name for name in trained.history if name.startswith("val_")]
    with pytest.raises(ValueError, match="validation part is empty"):
        train(make_table(), make_table(rows=0), spec=make_spec(), recipe=make_recipe())


def test_class_weights_act_as_repeated_rows() -> None:
    """A weight of 3 gives the gradients of the class's rows taken three times, the batch being all rows."""
    values = {
        "model": {"units": []},
        "epochs": 3,
        "batch_size": 1000,
        "optimizer": "sgd",
        "output_bias": "zero",
    }
    table = make_table(rows=60)
    repeated = table.take(np.concatenate([np.arange(60), *[np.flatnonzero(table.target)] * 2]))
    weighted = make_recipe(
        class_weight="given", options={"class_weight": {"weights": {"bad": 3.0}}}, learning_rate=0.1, **values
    )
    plain = make_recipe(learning_rate=0.1 * len(repeated) / 60, **values)  # Keras divides by the rows
    held_out = make_table(rows=40, seed=1)
    one = train(table, held_out, spec=make_spec(), recipe=weighted).model.get_weights()
    two = train(repeated, held_out, spec=make_spec(), recipe=plain).model.get_weights()
    for left, right in zip(one, two, strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-4, atol=1e-6)


def test_soft_labels_train_as_class_ids_do() -> None:
    table, held_out = make_table("multiclass"), make_table("multiclass", rows=40, seed=1)
    soft = replace(table, target=class_probabilities(table.target, 3))
    recipe = make_recipe(class_weight="balanced", epochs=2)
    one, two = (train(rows, held_out, spec=make_spec("multiclass"), recipe=recipe) for rows in (table, soft))
    assert one.history.equals(two.history)
    assert one.report == two.report


def test_the_output_starts_at_the_prior() -> None:
    nothing = {"learning_rate": 1e-12, "epochs": 1, "model": {"units": []}, "optimizer": "sgd"}
    table = make_table()
    zeros = {"numeric": np.zeros((1, 4), np.float32)}
    prior = run(recipe=make_recipe(output_bias="prior", **nothing)).model.predict(zeros, verbose=0)
    assert prior[0, 0] == pytest.approx(table.target.mean(), rel=1e-4)
    zero = run(recipe=make_recipe(output_bias="zero", **nothing)).model.predict(zeros, verbose=0)
    assert zero[0, 0] == pytest.approx(0.5, abs=1e-4)
    balanced = make_recipe(output_bias="prior", class_weight="balanced", **nothing)
    assert run(recipe=balanced).model.predict(zeros, verbose=0)[0, 0] == pytest.approx(0.5, abs=1e-4)
    mean = run("regression", recipe=make_recipe(**nothing)).model.predict(zeros, verbose=0)
    assert mean[0, 0] == pytest.approx(make_table("regression").target.mean(), rel=1e-4)


@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_keeps_weights_and_answers_in_single(precision: str) -> None:
    trained = run(recipe=make_recipe(model={"units": [4]}, mixed_precision=precision, epochs=1))
    assert {weight.dtype for weight in trained.model.weights} == {"float32"}
    assert trained.model.layers[1].compute_dtype == precision.removeprefix("mixed_")
    assert run(recipe=make_recipe(model={"units": [4]}, epochs=1)).model.layers[1].compute_dtype == "float32"


def test_what_does_not_fit_together_is_refused_before_training() -> None:
    table = make_table()
    table.inputs["numeric"][0, 1] = np.nan
    with pytest.raises(ValueError, match=r"\(columns x1\)"):
        train(table, make_table(rows=5), spec=make_spec(), recipe=make_recipe())
    with pytest.raises(ValueError, match=r"train\.class_weight=none"):
        run("regression", recipe=make_recipe(class_weight="balanced"))


def test_a_regression_target_far_from_one_is_noted() -> None:
    table, held_out = make_table("regression"), make_table("regression", rows=40, seed=1)
    thousands = [replace(part, target=1000 * part.target) for part in (table, held_out)]
    recipe = make_recipe(epochs=1, metrics=[])
    noted, plain = (
        train(*parts, spec=make_spec("regression"), recipe=recipe).report["notes"]
        for parts in (thousands, (table, held_out))
    )
    assert "encode.target=standard" in noted[0]
    assert not any("encode.target" in note for note in plain)


def test_weighting_on_top_of_resampling_is_noted() -> None:
    weighted, before, after = {"a": 1.0, "b": 3.0}, {"a": 3.0, "b": 1.0}, {"a": 3.0, "b": 3.0}
    assert "train.class_weight=none or resample=none" in weighting_notes(weighted, before, after)[0]
    assert weighting_notes(weighted, before, {"a": 6.0, "b": 2.0}) == []
    assert weighting_notes({"a": 1.0, "b": 1.0}, before, after) == []
    assert weighting_notes({}, {}, {}) == []


CHILD = """
import hashlib, sys, tempfile
from pathlib import Path
from training_cases import choices, make_recipe, outcome, run
for name in choices("train/optimizer"):
    recipe = make_recipe({"units": [3], "dropout": 0.3}, optimizer=name, epochs=2, metrics=[])
    model, table, report = outcome(run(recipe=recipe), Path(tempfile.mkdtemp()))
    print(name, hashlib.sha256(model + table.encode() + str(report).encode()).hexdigest())
"""


def child(code: str, **extra: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, env=environment(PYTHONPATH=path, **extra), capture_output=True, text=True, check=True
    )


@pytest.mark.slow
def test_every_optimizer_gives_the_same_bytes_in_two_processes() -> None:
    first, second = child(CHILD, PYTHONHASHSEED="1").stdout, child(CHILD, PYTHONHASHSEED="2").stdout
    assert first == second
    assert len({line.split()[1] for line in first.splitlines()}) == len(choices("train/optimizer"))


def test_tensorflow_is_imported_without_its_chatter() -> None:
    code = "import os; del os.environ['TF_CPP_MIN_LOG_LEVEL']\nimport sys, stages.training\n"
    code += "print('seen', file=sys.stderr); assert 'tensorflow' in sys.modules"
    assert child(code).stderr == "seen\n"
