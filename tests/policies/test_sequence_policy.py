"""Policies of series: what they do to values, to time, to the end of a series."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from policy_cases import LENGTH, SERIES, series, spec_of
from scipy.interpolate import CubicSpline

from stages.policies.curves import SLOWEST, smooth, warped_time
from stages.policies.draws import Draws
from stages.policies.retiming import Timing, permuted, random_timing, read, window_warped
from stages.policies.sequence import SequencePolicy, deviations, within
from stages.policies.sequence_changes import SequenceChanges

SPEC = spec_of(SERIES, LENGTH)
EACH = {
    "jitter": 0.1,
    "scaling": 0.2,
    "magnitude_warp": 0.3,
    "time_warp": 0.4,
    "window_slice": 0.3,
    "window_warp": 0.3,
    "crop": 0.5,
    "permutation": 3,
    "time_mask": 0.5,
    "channel_mask": 0.5,
}


def changed(rows: Any = None, *, seed: int = 1, **changes: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the changed series and their lengths."""
    inputs = series().inputs if rows is None else rows
    policy = SequencePolicy(SequenceChanges(**changes), spec=SPEC)
    target = tf.constant(series().target[: len(inputs["sequence"])])
    batch = policy(
        {name: tf.constant(each) for name, each in inputs.items()}, target, None, seed=tf.constant([seed, 0])
    )
    np.testing.assert_array_equal(batch.target, target)
    return batch.inputs["sequence"].numpy(), batch.inputs["sequence_length"].numpy()


@pytest.mark.parametrize("name", EACH)
def test_every_change_is_pure_and_keeps_the_padding_zero(name: str) -> None:
    before = series().inputs["sequence"]
    once, length = changed(**{name: EACH[name]})
    assert once.shape == before.shape
    assert once.dtype == np.float32
    assert length.dtype == np.int32
    assert (once[np.arange(20)[np.newaxis] >= length] == 0).all()
    assert (once != before).any()
    np.testing.assert_array_equal(once, changed(**{name: EACH[name]})[0])
    assert (once != changed(seed=2, **{name: EACH[name]})[0]).any()
    if name != "crop":
        np.testing.assert_array_equal(length, series().inputs["sequence_length"])


@pytest.mark.parametrize("name", EACH)
def test_what_lies_after_the_end_is_never_seen(name: str) -> None:
    inputs = dict(series().inputs)
    dirty = np.where(
        np.arange(20)[:, np.newaxis] >= inputs["sequence_length"][:, np.newaxis], 1e6, inputs["sequence"]
    )
    shown = changed({**inputs, "sequence": dirty.astype(np.float32)}, **{name: EACH[name]})[0]
    np.testing.assert_allclose(shown, changed(**{name: EACH[name]})[0], atol=1e-4)


@pytest.mark.parametrize("name", ["time_warp", "window_slice", "window_warp", "crop", "permutation"])
def test_retiming_reads_the_series_itself(name: str) -> None:
    # A line rises by one a step: what is shown is the place it was read at.
    line = np.tile(np.arange(20, dtype=np.float32)[:, np.newaxis], (24, 1, 2))
    places, length = changed(
        {"sequence": line, "sequence_length": np.full((24, 1), 20, np.int32)}, **{name: EACH[name]}
    )
    for place, last in zip(places[:, :, 0], length[:, 0], strict=True):
        within_series = place[:last]
        assert (within_series >= -1e-4).all()
        assert (within_series <= 19 + 1e-4).all()
        if name == "permutation":
            assert sorted(within_series.tolist()) == list(range(20))
        else:
            assert (np.diff(within_series) > 0).all()
        if name in ("time_warp", "window_warp"):
            np.testing.assert_allclose(within_series[[0, -1]], [0, 19], atol=1e-3)
        if name == "window_slice":
            assert within_series[-1] - within_series[0] == pytest.approx(0.7 * 19, abs=1e-3)
        if name == "crop":
            np.testing.assert_array_equal(np.diff(within_series), 1)
            assert 10 <= last <= 20
    if name == "crop":
        assert len(np.unique(length)) > 5
        assert len(np.unique(places[:, 0, 0])) > 3


def test_no_step_is_read_beyond_the_series() -> None:
    draws = Draws(tf.constant([0, 1]), tf.constant(500))
    length = tf.random.stateless_uniform((500, 1), [1, 1], 1, 21, tf.int32)
    timing = random_timing(SequenceChanges(**EACH), draws, length, steps=20)
    assert timing.place.numpy().min() >= 0
    assert (timing.place.numpy() <= length.numpy() - 1).all()
    assert ((timing.length.numpy() >= 1) & (timing.length.numpy() <= length.numpy())).all()


def test_jitter_is_in_deviations_of_the_channel() -> None:
    rng = np.random.default_rng(0)
    values = (rng.normal(size=(24, 20, 2)) * [1, 50]).astype(np.float32)
    inputs = {"sequence": values, "sequence_length": np.full((24, 1), 20, np.int32)}
    noise = (changed(inputs, jitter=0.2)[0] - values) / values.std(axis=1, keepdims=True)
    np.testing.assert_allclose(noise.std(axis=(0, 1)), 0.2, rtol=0.12)
    flat = {**inputs, "sequence": np.ones((24, 20, 2), np.float32)}
    np.testing.assert_array_equal(changed(flat, jitter=0.2)[0], 1)


def test_deviations_leave_the_padding_out() -> None:
    inputs = series().inputs
    length = inputs["sequence_length"]
    ours = deviations(tf.constant(inputs["sequence"]), within(tf.constant(length), 20)).numpy()
    for row in range(24):
        theirs = inputs["sequence"][row, : length[row, 0]].std(axis=0)
        np.testing.assert_allclose(ours[row, 0], theirs, rtol=1e-4)


def test_scaling_is_one_factor_a_channel() -> None:
    ones = {"sequence": np.ones((24, 20, 2), np.float32), "sequence_length": np.full((24, 1), 20, np.int32)}
    factors = changed(ones, scaling=0.3)[0]
    np.testing.assert_array_equal(factors, np.broadcast_to(factors[:, :1], factors.shape))
    assert factors[:, 0].std() == pytest.approx(0.3, rel=0.3)
    assert (factors[:, 0, 0] != factors[:, 0, 1]).all()


def test_masks() -> None:
    ones = {"sequence": np.ones((24, 20, 2), np.float32), "sequence_length": np.full((24, 1), 20, np.int32)}
    masked = changed(ones, time_mask=0.5)[0] == 0
    np.testing.assert_array_equal(masked[:, :, 0], masked[:, :, 1])
    sizes = masked[:, :, 0].sum(axis=1)
    assert sizes.max() in (9, 10)
    # One run of steps: at most one place where it begins.
    begins = np.diff(np.pad(masked[:, :, 0].astype(int), ((0, 0), (1, 0))), axis=1) == 1
    np.testing.assert_array_equal(begins.sum(axis=1), sizes > 0)
    channels = changed(ones, channel_mask=0.9)[0]
    np.testing.assert_array_equal(channels.max(axis=(1, 2)), 1)
    assert (channels.mean(axis=(1, 2)) == 0.5).mean() > 0.6


def test_curves_are_those_of_scipy() -> None:
    points = np.random.default_rng(0).normal(size=(3, 6, 2)).astype(np.float32)
    place = np.linspace(0, 1, 17, dtype=np.float32)[np.newaxis].repeat(3, axis=0)
    ours = smooth(tf.constant(points), tf.constant(place)).numpy()
    for row in range(3):
        theirs = CubicSpline(np.linspace(0, 1, 6), points[row])(place[row])
        np.testing.assert_allclose(ours[row], theirs, atol=1e-4)


def test_time_warps_end_where_they_should() -> None:
    speed = tf.constant([[1.0, 1.0, 3.0, 9.0], [-5.0, -5.0, -5.0, 1.0]])
    passed = warped_time(speed, tf.constant([[2], [3]])).numpy()
    np.testing.assert_allclose(passed[0, :3], [0, 0.25, 1])
    slow = 2 * SLOWEST + 1
    np.testing.assert_allclose(passed[1], [0, SLOWEST / slow, 2 * SLOWEST / slow, 1], atol=1e-6)


def test_a_window_at_double_speed() -> None:
    # A window of half the series, shown in a quarter: the whole is brought from .75 to 1.
    far = tf.constant([[0.0, 1 / 3, 0.5, 2 / 3, 1.0]])
    shown = window_warped(far, tf.constant([0.25]), tf.constant([2.0]), size=0.5).numpy()
    np.testing.assert_allclose(shown, [[0, 0.25, 0.5, 0.75, 1]], atol=1e-6)


def test_permutation_moves_whole_parts() -> None:
    step = tf.tile(tf.range(8)[tf.newaxis], (2, 1))
    keys = tf.constant([[0.9, 0.1], [0.1, 0.9]])
    moved = permuted(step, tf.constant([[6], [5]]), keys).numpy()
    assert moved[0].tolist() == [3, 4, 5, 0, 1, 2, 6, 7]
    assert moved[1].tolist() == list(range(8))


def test_reading_between_steps() -> None:
    values = tf.constant([[[0.0], [10.0], [1e6]]])
    shown = read(values, Timing(tf.constant([[0.25, 1.0]]), tf.constant([[2]]))).numpy()
    assert shown.ravel().tolist() == [2.5, 10.0]


def test_short_series() -> None:
    inputs = {
        "sequence": np.eye(3, 20, dtype=np.float32)[:, :, np.newaxis].repeat(2, axis=2) * 4,
        "sequence_length": np.array([[1], [2], [0]], np.int32),
    }
    shown, length = changed(inputs, **EACH)
    assert np.isfinite(shown).all()
    assert length[0, 0] == 1
    assert (shown[2, 1:] == 0).all()


def test_series_without_lengths_are_whole() -> None:
    policy = SequencePolicy(SequenceChanges(crop=0.5), spec=spec_of(SERIES))
    batch = policy({"sequence": tf.ones((4, 20, 2))}, tf.zeros(4), None, seed=tf.constant([0, 0]))
    assert set(batch.inputs) == {"sequence"}
    assert (batch.inputs["sequence"].numpy().sum(axis=(1, 2)) < 40).any()


def test_other_examples_are_refused() -> None:
    with pytest.raises(ValueError, match="changes series, and these examples have none: their input is "):
        SequencePolicy(SequenceChanges(jitter=1), spec=spec_of())
