"""Colours of pictures, against Pillow and TensorFlow."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image, ImageEnhance

from stages.policies.color import Factors, gray, random_factors, recolor, turn_hue
from stages.policies.draws import Draws
from stages.policies.image_changes import ImageChanges

PICTURES = np.random.default_rng(0).integers(0, 256, (3, 8, 9, 3), dtype=np.uint8)
ENHANCE = {
    "brightness": ImageEnhance.Brightness,
    "contrast": ImageEnhance.Contrast,
    "saturation": ImageEnhance.Color,
}


def factors(**given: list[float]) -> Factors:
    return Factors(**{name: tf.constant(given.get(name, [1.0] * 3)) for name in Factors._fields})


@pytest.mark.parametrize("name", ENHANCE)
def test_each_factor_is_that_of_pillow(name: str) -> None:
    chosen = [0.4, 1.0, 1.7]
    changed = recolor(PICTURES, factors(**{name: chosen})).numpy()
    for picture, factor, ours in zip(PICTURES, chosen, changed, strict=True):
        theirs = np.asarray(ENHANCE[name](Image.fromarray(picture)).enhance(factor), float)
        # Pillow mixes whole numbers: off by one in each of its steps.
        np.testing.assert_allclose(ours, theirs, atol=1.5)


def test_factors_of_one_change_nothing() -> None:
    np.testing.assert_allclose(recolor(PICTURES, factors()), PICTURES, atol=1e-4)


def test_all_three_one_after_another() -> None:
    every = {"brightness": [0.9] * 3, "contrast": [0.8] * 3, "saturation": [0.5] * 3}
    by_steps = PICTURES
    for name, chosen in every.items():
        by_steps = recolor(by_steps, factors(**{name: chosen})).numpy()
    np.testing.assert_allclose(recolor(PICTURES, factors(**every)), by_steps, atol=1e-3)


def test_gray_pictures_have_brightness_and_contrast() -> None:
    pictures = np.array([[[[50], [150]]]] * 3, np.uint8)
    darker = recolor(pictures, factors(brightness=[0.5] * 3, saturation=[0.0] * 3)).numpy()
    np.testing.assert_allclose(darker[0].ravel(), [25, 75])
    flat = recolor(pictures, factors(contrast=[0.5] * 3)).numpy()
    np.testing.assert_allclose(flat[0].ravel(), [75, 125])


def test_values_stay_within_0_and_255() -> None:
    changed = recolor(PICTURES, factors(brightness=[1.9] * 3, contrast=[1.9] * 3)).numpy()
    assert (changed.min(), changed.max()) == (0, 255)


def test_hue_is_that_of_tensorflow() -> None:
    moved = [-0.3, 0.0, 0.25]
    ours = turn_hue(PICTURES, tf.constant(moved)).numpy()
    for picture, delta, changed in zip(PICTURES, moved, ours, strict=True):
        theirs = tf.image.adjust_hue(tf.cast(picture, tf.float32) / 255, delta).numpy() * 255
        np.testing.assert_allclose(changed, theirs, atol=0.05)


def test_hue_leaves_gray_alone() -> None:
    pale = np.repeat(PICTURES[..., :1], 3, axis=-1)
    np.testing.assert_allclose(turn_hue(pale, tf.fill((3,), 0.4)), pale, atol=1e-3)


def test_gray_weighs_the_channels() -> None:
    pure = np.eye(3, dtype=np.float32)[np.newaxis, np.newaxis] * 255
    expected = np.asarray(Image.fromarray(pure[0].astype(np.uint8)).convert("L"), float)
    np.testing.assert_allclose(gray(pure).numpy()[0, :, :, 0], expected, atol=0.6)


def test_factors_are_drawn_around_one() -> None:
    draws = Draws(tf.constant([0, 1]), tf.constant(3000))
    drawn = random_factors(ImageChanges(brightness=0.2, saturation=1.0), draws)
    assert (drawn.brightness.numpy().min(), drawn.brightness.numpy().max()) == pytest.approx(
        (0.8, 1.2), abs=0.002
    )
    assert (drawn.contrast.numpy() == 1).all()
    assert (drawn.saturation.numpy().min(), drawn.saturation.numpy().max()) == pytest.approx((0, 2), abs=0.01)
