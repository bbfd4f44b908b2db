"""The operations of RandAugment, against Pillow and SciPy."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image, ImageEnhance, ImageOps

from stages.policies.draws import Draws
from stages.policies.randaugment import (
    OPERATIONS,
    Step,
    autocontrast,
    equalize,
    equalized,
    posterize,
    random_step,
    restyle,
    sharpen,
    solarize,
    where_moved,
)
from stages.policies.warp import maps

RNG = np.random.default_rng(0)
PICTURES = RNG.integers(20, 200, (2, 12, 9, 3), dtype=np.uint8)
SMOOTH = np.clip(PICTURES // 60 * 60, 0, 255).astype(np.uint8)


def pillow(change: Callable[[Image.Image], Image.Image], pictures: np.ndarray) -> np.ndarray:
    return np.stack([np.asarray(change(Image.fromarray(each)), np.float32) for each in pictures])


def as_float(pictures: np.ndarray) -> tf.Tensor:
    return tf.constant(pictures, tf.float32)


def test_autocontrast() -> None:
    np.testing.assert_allclose(
        autocontrast(as_float(PICTURES)), pillow(ImageOps.autocontrast, PICTURES), atol=1
    )
    flat = np.full((1, 4, 4, 3), 77, np.uint8)
    np.testing.assert_array_equal(autocontrast(as_float(flat)), flat)


@pytest.mark.parametrize("pictures", [PICTURES, SMOOTH, np.full((1, 4, 4, 3), 77, np.uint8)])
def test_equalize(pictures: np.ndarray) -> None:
    np.testing.assert_array_equal(equalize(as_float(pictures)), pillow(ImageOps.equalize, pictures))


def test_posterize_takes_bits_away() -> None:
    ours = posterize(as_float(PICTURES), tf.constant([4.0, 0.0])).numpy()
    np.testing.assert_array_equal(ours[0], pillow(lambda each: ImageOps.posterize(each, 4), PICTURES)[0])
    np.testing.assert_array_equal(ours[1], PICTURES[1])


def test_solarize() -> None:
    ours = solarize(as_float(PICTURES), tf.constant([100.0, 256.0])).numpy()
    np.testing.assert_array_equal(ours[0], pillow(lambda each: ImageOps.solarize(each, 100), PICTURES)[0])
    np.testing.assert_array_equal(ours[1], PICTURES[1])


@pytest.mark.parametrize("factor", [0.1, 1.0, 1.9])
def test_sharpen(factor: float) -> None:
    theirs = pillow(lambda each: ImageEnhance.Sharpness(each).enhance(factor), PICTURES)
    np.testing.assert_allclose(sharpen(as_float(PICTURES), tf.fill((2,), factor)), theirs, atol=1.01)


def step_of(name: str, strength: float) -> Step:
    return Step(tf.fill((2,), OPERATIONS.index(name)), tf.fill((2,), strength))


@pytest.mark.parametrize("name", ["identity", "rotate", "shear_x", "translate_y", "equalize"])
def test_what_moves_pixels_leaves_colors(name: str) -> None:
    np.testing.assert_allclose(restyle(PICTURES, step_of(name, 0.7)), PICTURES, atol=1e-3)


@pytest.mark.parametrize(
    ("name", "enhance"),
    [
        ("brightness", ImageEnhance.Brightness),
        ("contrast", ImageEnhance.Contrast),
        ("color", ImageEnhance.Color),
        ("sharpness", ImageEnhance.Sharpness),
    ],
)
@pytest.mark.parametrize("strength", [-1.0, 0.5])
def test_each_enhancement_has_its_factor(name: str, enhance: type, strength: float) -> None:
    theirs = pillow(lambda each: enhance(each).enhance(1 + 0.9 * strength), PICTURES)
    np.testing.assert_allclose(restyle(PICTURES, step_of(name, strength)), theirs, atol=1.5)


def test_equalized_touches_only_whose_operation_it_is() -> None:
    step = Step(tf.constant([OPERATIONS.index("equalize"), 0]), tf.ones(2))
    ours = equalized(as_float(PICTURES), step).numpy()
    np.testing.assert_array_equal(ours[0], pillow(ImageOps.equalize, PICTURES)[0])
    np.testing.assert_array_equal(ours[1], PICTURES[1])


def moved_by(name: str, strength: float = 1.0) -> np.ndarray:
    return where_moved(step_of(name, strength), height=10, width=20).numpy()[0]


def test_maps_of_the_operations() -> None:
    identity = np.eye(2, 3)
    np.testing.assert_allclose(moved_by("color"), identity)
    np.testing.assert_allclose(moved_by("translate_y"), identity - [[0, 0, 3], [0, 0, 0]], atol=1e-6)
    np.testing.assert_allclose(moved_by("translate_x", -0.5), identity - [[0, 0, 0], [0, 0, -3]], atol=1e-6)
    np.testing.assert_allclose(moved_by("shear_x"), identity - [[0, 0, 0], [0.3, 0, 0]], atol=1e-6)
    np.testing.assert_allclose(moved_by("shear_y"), identity - [[0, 0.3, 0], [0, 0, 0]], atol=1e-6)
    one, zero = tf.ones((1, 2)), tf.zeros((1, 2))
    turned = maps(angle=tf.constant([math.pi / 6]), slope=tf.zeros(1), scale=one, moved=zero).numpy()[0]
    np.testing.assert_allclose(moved_by("rotate"), turned, atol=1e-6)


def test_steps_are_even_over_the_operations_and_directions() -> None:
    step = random_step(Draws(tf.constant([0, 3]), tf.constant(14_000)), 0, magnitude=4.0)
    counts = np.bincount(step.operation.numpy(), minlength=14)
    np.testing.assert_allclose(counts, 1000, rtol=0.12)
    np.testing.assert_allclose(np.abs(step.strength), 0.4, rtol=1e-6)
    assert (step.strength.numpy() > 0).mean() == pytest.approx(0.5, abs=0.02)
    other = random_step(Draws(tf.constant([0, 3]), tf.constant(14_000)), 1, magnitude=4.0)
    assert (other.operation.numpy() == step.operation.numpy()).mean() == pytest.approx(1 / 14, abs=0.01)
