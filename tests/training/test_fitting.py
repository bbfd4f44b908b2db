"""What watches training: learning rate, best epoch, divergence, averaged weights, monitors."""

from __future__ import annotations

import logging
import math
from typing import Any

import keras
import numpy as np
import pytest
from training_cases import make_recipe, make_table, run

from stages.schedules.one_cycle import one_cycle
from stages.training.callbacks import check_monitor
from stages.training.history import history_table, metric_order
from stages.training.progress import ProgressBar, ProgressLines, metrics_line, progress


def loss_on_validation(trained: Any) -> float:
    held_out = make_table(rows=40, seed=1)
    return float(
        trained.model.evaluate(dict(held_out.inputs), held_out.target[:, None].astype("float32"), verbose=0)[
            0
        ]
    )


def test_the_best_epoch_is_kept_and_patience_ends_training() -> None:
    trained = run(recipe=make_recipe(epochs=60, learning_rate=0.1, patience=3))
    losses = trained.history["val_loss"]
    best = int(losses.idxmin()) + 1
    assert trained.report["best_epoch"] == trained.report["kept_epoch"] == best
    assert trained.report["epochs_run"] == len(losses) == best + 3
    assert trained.report["stopped_early"]
    assert loss_on_validation(trained) == pytest.approx(losses.min(), rel=1e-5)


def test_without_early_stopping_the_best_epoch_is_kept_all_the_same() -> None:
    trained = run(recipe=make_recipe(epochs=20, learning_rate=0.1, patience=3, early_stopping=False))
    assert trained.report["epochs_run"] == 20
    assert not trained.report["stopped_early"]
    assert loss_on_validation(trained) == pytest.approx(trained.history["val_loss"].min(), rel=1e-5)


def test_the_last_weights_are_kept_where_the_best_are_not_wanted() -> None:
    trained = run(recipe=make_recipe(epochs=20, learning_rate=0.1, patience=3, restore_best_weights=False))
    report = trained.report
    assert report["kept_epoch"] == report["epochs_run"] == report["best_epoch"] + 3
    assert loss_on_validation(trained) == pytest.approx(trained.history["val_loss"].iloc[-1], rel=1e-5)


def test_a_metric_can_choose_the_best_epoch() -> None:
    trained = run(
        recipe=make_recipe(epochs=8, learning_rate=0.1, monitor="val_auc", metrics=["AUC"], patience=9)
    )
    assert trained.report["best_epoch"] == int(trained.history["val_auc"].idxmax()) + 1


def test_the_learning_rate_is_that_of_the_last_step_of_each_epoch() -> None:
    trained = run(recipe=make_recipe(epochs=3, batch_size=25, schedule="one_cycle"))  # 3 steps an epoch
    rate = one_cycle(0.001, steps_per_epoch=3, epochs=3).value
    expected = [float(rate(step)) for step in (2, 5, 8)]
    np.testing.assert_allclose(trained.history["learning_rate"], expected, rtol=1e-6)


def test_accumulated_batches_count_as_steps_of_the_schedule() -> None:
    recipe = make_recipe(
        epochs=2,
        batch_size=20,  # 4 steps an epoch
        schedule="exponential",
        options={"optimizer": {"gradient_accumulation_steps": 2}, "schedule": {"factor": 0.5}},
    )
    expected = [0.001 * 0.5 ** (step / 4) for step in (3, 7)]
    np.testing.assert_allclose(run(recipe=recipe).history["learning_rate"], expected, rtol=1e-5)


def test_divergence_ends_training_with_a_note_and_finite_weights() -> None:
    trained = run(recipe=make_recipe(optimizer="sgd", learning_rate=1e37, schedule="constant", epochs=5))
    report = trained.report
    assert report["epochs_run"] == report["diverged_epoch"] == 1
    assert report["kept_epoch"] == report["best_epoch"] == 0
    assert "weights kept are those before training" in report["notes"][0]
    assert all(np.isfinite(weight).all() for weight in trained.model.get_weights())


@pytest.mark.parametrize("restore", [True, False])
def test_divergence_later_on_keeps_an_epoch_before_it(restore: bool) -> None:
    options = {"schedule": {"boundaries": [2], "factors": [1e38]}}
    recipe = make_recipe(
        optimizer="sgd", schedule="piecewise", epochs=5, options=options, restore_best_weights=restore
    )
    trained = run(recipe=recipe)
    assert trained.report["diverged_epoch"] == 3
    assert trained.report["kept_epoch"] == (
        int(trained.history["val_loss"][:2].idxmin()) + 1 if restore else 2
    )
    assert math.isfinite(loss_on_validation(trained))


def test_averaged_weights_are_judged_and_kept() -> None:
    options = {"optimizer": {"use_ema": True, "ema_momentum": 0.9}}
    for restore in (True, False):
        recipe = make_recipe(epochs=3, options=options, restore_best_weights=restore)
        trained = run(recipe=recipe)
        chosen = trained.report["kept_epoch"] - 1
        assert loss_on_validation(trained) == pytest.approx(trained.history["val_loss"][chosen], rel=1e-5)
    plain = run(recipe=make_recipe(epochs=3))
    assert plain.history["val_loss"][0] != trained.history["val_loss"][0]
    assert plain.history["loss"][0] == trained.history["loss"][0]  # training itself is not touched


def test_the_last_averaged_weights_are_kept_also_where_patience_ends_training() -> None:
    options = {"optimizer": {"use_ema": True, "ema_momentum": 0.5}}
    recipe = make_recipe(
        epochs=60, learning_rate=0.1, patience=1, options=options, restore_best_weights=False
    )
    trained = run(recipe=recipe)
    assert trained.report["stopped_early"]
    assert loss_on_validation(trained) == pytest.approx(trained.history["val_loss"].iloc[-1], rel=1e-5)


def test_a_monitor_that_is_not_logged_is_refused() -> None:
    with pytest.raises(ValueError, match=r"train\.monitor=val_acc is not logged\. Did you mean val_auc"):
        run(recipe=make_recipe(monitor="val_acc", metrics=["AUC"]))
    with pytest.raises(ValueError, match=r"train\.schedule\.monitor=val_lss is not logged"):
        run(recipe=make_recipe(schedule="reduce_on_plateau", options={"schedule": {"monitor": "val_lss"}}))
    with pytest.raises(ValueError, match=r"val_loss is not logged, because the validation part is empty"):
        check_monitor("val_loss", key="train.monitor", logged=["loss", "learning_rate"])


def test_the_history_reads_from_left_to_right() -> None:
    table = history_table(
        [{"auc": 0.7, "loss": 0.5, "val_auc": 0.6, "val_loss": 0.7, "learning_rate": 0.1}] * 2
    )
    assert list(table) == ["epoch", "learning_rate", "loss", "auc", "val_loss", "val_auc"]
    assert table["epoch"].tolist() == [1, 2]
    assert metric_order([]) == []


def test_progress_in_a_log_is_a_few_lines(caplog: pytest.LogCaptureFixture) -> None:
    lines = ProgressLines(50, seconds=1000.0)
    with caplog.at_level(logging.INFO):
        for epoch in range(50):
            lines.on_epoch_end(epoch, {"loss": 1 / (epoch + 1)})
        lines.on_train_end()
    assert caplog.messages == ["epoch 1/50  loss 1", "epoch 50/50  loss 0.02"]
    assert metrics_line(None) == ""


def test_progress_in_a_terminal_is_a_bar(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    bar = progress(4, steps=10, first_epoch=1)
    assert isinstance(bar, ProgressBar)
    bar.on_train_begin()
    bar.on_train_batch_end(6)
    assert bar.bar.n == 17
    bar.on_train_batch_end(15)  # an execution may reach past the epoch's last step
    assert bar.bar.n == 20
    bar.on_epoch_end(1, {"loss": 0.5, "val_loss": 0.75})
    assert bar.bar.n == 20
    assert "loss 0.5 (val 0.75)" in str(bar.bar)
    bar.on_train_end()
    capsys.readouterr()
    assert isinstance(progress(4, steps=10), keras.callbacks.Callback)


def test_the_history_and_the_progress_say_the_phase(caplog: pytest.LogCaptureFixture) -> None:
    table = history_table([{"phase": 1.0, "loss": 0.5, "learning_rate": 0.1}, {"phase": 2.0, "loss": 0.4}])
    assert list(table) == ["epoch", "phase", "learning_rate", "loss"]
    assert table["phase"].tolist() == [1, 2]
    assert table["phase"].dtype == "int64"
    assert metric_order(["phase", "loss"]) == ["loss"]
    shown = progress(5, steps=1, first_epoch=2, phase="last layers")
    with caplog.at_level(logging.INFO):
        shown.on_epoch_end(2, {"loss": 0.5, "phase": 2.0})
    assert caplog.messages == ["last layers: epoch 3/5  loss 0.5"]
