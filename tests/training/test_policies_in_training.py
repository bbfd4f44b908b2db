"""Augmentation on the fly as a part of training: mixed labels, class weights, a training cut short."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from training_cases import Interrupted, make_recipe, make_spec, make_table, outcome, run

from stages.examples.schema import Task
from stages.policies import Batch
from stages.training.compiling import build_compiled
from stages.training.feeding import Shuffled
from stages.training.runtime import fresh_session


class Mixing:
    """Mix every row with the next by a share that is drawn."""

    soft_labels = True

    def __call__(self, inputs: Any, target: Any, weight: Any, *, seed: Any) -> Batch:
        share = tf.random.stateless_uniform((), seed)
        mixed = share * target + (1 - share) * tf.roll(target, 1, axis=0)
        numeric = share * inputs["numeric"] + (1 - share) * tf.roll(inputs["numeric"], 1, axis=0)
        return Batch({**inputs, "numeric": numeric}, mixed, weight)


@pytest.mark.parametrize(("task", "units"), [("binary", 1), ("multiclass", 3), ("regression", 1)])
def test_mixed_labels_reach_the_loss_as_shares_of_the_classes(task: Task, units: int) -> None:
    recipe = replace(make_recipe(), policy=Mixing())
    with fresh_session(seed=0, mixed_precision="none"):
        compiled = build_compiled(
            make_table(task), make_table(task, rows=9), spec=make_spec(task), recipe=recipe, class_weights={}
        )
        feed = Shuffled(compiled.rows, batch_size=75, seed=0, policy=compiled.policy)
        feed.on_epoch_begin(0)
        ((_, target),) = list(feed.batches)
    assert target.shape == (75, units)
    values = np.asarray(target)
    if task != "regression":
        assert np.any((values > 0) & (values < 1))
    if units == 3:
        np.testing.assert_allclose(values.sum(axis=1), 1, rtol=1e-6)
    assert compiled.rows.target.dtype == np.float32


def test_accuracy_counts_the_larger_class_of_mixed_labels() -> None:
    recipe = replace(make_recipe(epochs=1, metrics=["accuracy"]), policy=Mixing())
    with fresh_session(seed=0, mixed_precision="none"):
        compiled = build_compiled(
            make_table(), make_table(rows=9), spec=make_spec(), recipe=recipe, class_weights={}
        )
        inputs, target = next(iter(Shuffled(compiled.rows, batch_size=75, seed=0, policy=Mixing()).batches))
        found = compiled.model.evaluate(inputs, target, verbose=0, return_dict=True)["accuracy"]
        answers = compiled.model.predict(inputs, verbose=0)
    larger = np.asarray(target) > 0.5
    assert np.any((np.asarray(target) > 0) & (np.asarray(target) < 1))
    assert found == pytest.approx(np.mean(larger == (answers > 0.5)), abs=1e-6)


def test_a_training_with_augmentation_that_was_killed_ends_as_an_undisturbed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stages.training.resume.LARGEST_SHARE", math.inf)
    recipe = replace(make_recipe(class_weight="balanced", epochs=3), policy=Mixing())
    undisturbed = outcome(run(recipe=recipe), tmp_path / "undisturbed")

    def stop(epoch: int, metrics: dict[str, float]) -> None:
        if epoch == 2:
            raise Interrupted

    with pytest.raises(Interrupted):
        run(recipe=recipe, scratch=tmp_path / "scratch", on_epoch=stop)
    resumed = run(recipe=recipe, scratch=tmp_path / "scratch")
    assert outcome(resumed, tmp_path / "resumed") == undisturbed
    plain = outcome(run(recipe=replace(recipe, policy=None)), tmp_path / "plain")
    assert plain[1] != undisturbed[1]


def test_a_loss_that_needs_one_class_is_refused_where_labels_are_mixed() -> None:
    options = {"loss": {"name": "SparseCategoricalCrossentropy"}}
    recipe = replace(make_recipe(loss="named", options=options), policy=Mixing())
    with pytest.raises(ValueError, match="needs one class a row, and some rows are mixtures of classes"):
        run("multiclass", recipe=recipe)
    margin = make_recipe(loss="named", options={"loss": {"name": "Hinge"}})
    with pytest.raises(ValueError, match=r"Hinge takes 0 and 1 .* use train\.loss=auto or cross_entropy"):
        run(recipe=replace(margin, policy=Mixing()))
    assert keras.mixed_precision.dtype_policy().name == "float32"
