"""Every schedule against its formula, computed independently, and through a `.keras` archive."""

from __future__ import annotations

import inspect
import math
from pathlib import Path

import keras
import numpy as np
import pytest
from training_cases import choices, made, read_choice, target_of

from stages.schedules.cosine import cosine
from stages.schedules.cyclical import cyclical
from stages.schedules.decay import exponential, piecewise, step
from stages.schedules.one_cycle import one_cycle
from stages.schedules.rate import Rate

STEPS, EPOCHS = 10, 6
TOTAL = STEPS * EPOCHS
CONTRACT = {"learning_rate", "steps_per_epoch", "epochs"}


def rates(rate: Rate, total: int = TOTAL) -> list[float]:
    return [float(rate.value(index)) for index in range(total)]


@pytest.mark.parametrize("name", choices("train/schedule"))
def test_yaml_lists_every_keyword_with_its_default(name: str) -> None:
    choice = read_choice("train/schedule", name)
    parameters = inspect.signature(target_of(choice)).parameters
    assert set(parameters) - CONTRACT == {key for key in choice if not key.startswith("_")}
    for key in set(parameters) - CONTRACT - {"shape"}:  # the shape names the choice
        default = parameters[key].default
        assert choice[key] == (list(default) if isinstance(default, tuple) else default)


@pytest.mark.parametrize("name", choices("train/schedule"))
def test_every_schedule_stays_within_the_learning_rate(name: str) -> None:
    rate = made(read_choice("train/schedule", name))(0.2, steps_per_epoch=STEPS, epochs=EPOCHS)
    values = [rate.value] if isinstance(rate.value, float) else rates(rate)
    assert all(0 <= value <= 0.2 * (1 + 1e-6) for value in values)
    assert max(values) > 0.1
    assert rate.callback is None or isinstance(rate.callback, keras.callbacks.Callback)


@pytest.mark.parametrize("name", choices("train/schedule"))
def test_every_schedule_survives_an_archive(name: str, tmp_path: Path) -> None:
    rate = made(read_choice("train/schedule", name))(0.2, steps_per_epoch=STEPS, epochs=EPOCHS)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=rate.value), loss="mse")
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras").optimizer
    if isinstance(rate.value, float):
        assert float(loaded.learning_rate) == pytest.approx(0.2)
    else:
        assert rates(Rate(loaded._learning_rate)) == rates(rate)


def test_step_halves_every_two_epochs() -> None:
    values = rates(step(0.8, steps_per_epoch=STEPS, epochs=EPOCHS, factor=0.5, every=2))
    np.testing.assert_allclose(values, np.repeat([0.8, 0.4, 0.2], 20), rtol=1e-6)


def test_exponential_is_a_power_of_the_epoch() -> None:
    values = rates(exponential(0.8, steps_per_epoch=STEPS, epochs=EPOCHS, factor=0.9))
    np.testing.assert_allclose(values, 0.8 * 0.9 ** (np.arange(TOTAL) / STEPS), rtol=1e-5)


def test_piecewise_changes_when_so_many_epochs_are_done() -> None:
    rate = piecewise(0.8, steps_per_epoch=STEPS, epochs=EPOCHS, boundaries=[1, 4], factors=[0.5, 0.1])
    expected = np.repeat([0.8, 0.4, 0.08], [10, 30, 20])
    np.testing.assert_allclose(rates(rate), expected, rtol=1e-6)


def test_cosine_warms_up_then_follows_half_a_cosine() -> None:
    rate = cosine(0.4, steps_per_epoch=STEPS, epochs=EPOCHS, warmup_epochs=1.5, final_fraction=0.1)
    t = np.arange(TOTAL)
    falling = 0.04 + (0.4 - 0.04) * (1 + np.cos(np.pi * (t - 15) / 45)) / 2
    np.testing.assert_allclose(rates(rate), np.where(t < 15, 0.4 * t / 15, falling), rtol=1e-4, atol=1e-6)
    assert rates(cosine(0.4, steps_per_epoch=STEPS, epochs=EPOCHS))[0] == pytest.approx(0.4)


def test_cosine_refuses_a_warm_up_as_long_as_training() -> None:
    with pytest.raises(ValueError, match=r"warmup_epochs=6 leaves nothing of train\.epochs=6"):
        cosine(0.4, steps_per_epoch=STEPS, epochs=EPOCHS, warmup_epochs=6)


@pytest.mark.parametrize("shape", ["triangular", "triangular2", "exp_range"])
def test_cyclical_is_the_triangle_of_smith(shape: str) -> None:
    rate = cyclical(
        0.6,
        steps_per_epoch=STEPS,
        epochs=EPOCHS,
        shape=shape,
        step_epochs=1.5,
        base_fraction=0.5,
        gamma=0.99,
    )
    triangle = np.interp(np.arange(TOTAL), [0, 15, 30, 45, 60], [0.0, 1.0, 0.0, 1.0, 0.0])
    amplitude = {
        "triangular": np.ones(TOTAL),
        "triangular2": np.repeat([1.0, 0.5], 30),
        "exp_range": 0.99 ** np.arange(TOTAL),
    }[shape]
    np.testing.assert_allclose(rates(rate), 0.3 + 0.3 * triangle * amplitude, rtol=1e-5)


@pytest.mark.parametrize("anneal", ["linear", "cosine"])
def test_one_cycle_rises_once_and_falls_to_almost_nothing(anneal: str) -> None:
    rate = one_cycle(
        1.0,
        steps_per_epoch=STEPS,
        epochs=EPOCHS,
        warmup_fraction=0.25,
        initial_divisor=10,
        final_divisor=100,
        anneal=anneal,
    )
    up, down = 15, TOTAL - 1 - 15

    def ease(share: float) -> float:
        return share if anneal == "linear" else (1 - math.cos(math.pi * share)) / 2

    expected = [0.1 + 0.9 * ease(t / up) for t in range(up)]
    expected += [1.0 + (0.001 - 1.0) * ease((t - up) / down) for t in range(up, TOTAL)]
    np.testing.assert_allclose(rates(rate), expected, rtol=1e-4, atol=1e-6)
    assert rates(rate)[-1] == pytest.approx(0.001, rel=1e-3)
