"""Moving the pixels of pictures, against SciPy and NumPy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from scipy import ndimage

from stages.policies.compiling import compiled
from stages.policies.draws import Draws
from stages.policies.image_changes import ImageChanges
from stages.policies.warp import maps, random_maps, warp

PICTURES = np.random.default_rng(0).integers(0, 256, (3, 7, 5, 2), dtype=np.uint8)
SQUARE = np.random.default_rng(1).integers(0, 256, (3, 6, 6, 3), dtype=np.uint8)


def map_of(
    *,
    angle: float = 0,
    slope: float = 0,
    scale: tuple[float, float] = (1, 1),
    moved: tuple[float, float] = (0, 0),
) -> Any:
    return maps(
        angle=tf.fill((3,), float(angle)),
        slope=tf.fill((3,), float(slope)),
        scale=tf.tile(tf.constant([scale], tf.float32), (3, 1)),
        moved=tf.tile(tf.constant([moved], tf.float32), (3, 1)),
    )


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_quarter_turns_are_those_of_numpy(quarters: int) -> None:
    turned = warp(SQUARE, map_of(angle=quarters * math.pi / 2)).numpy()
    np.testing.assert_allclose(turned, np.rot90(SQUARE, quarters, axes=(1, 2)), atol=1e-3)


def test_flips_and_whole_shifts_are_exact() -> None:
    np.testing.assert_array_equal(warp(PICTURES, map_of(scale=(1, -1))), PICTURES[:, :, ::-1])
    np.testing.assert_array_equal(warp(PICTURES, map_of(scale=(-1, 1))), PICTURES[:, ::-1])
    moved = warp(PICTURES, map_of(moved=(2, -1)), fill_mode="constant", fill_value=7).numpy()
    expected = np.full_like(PICTURES, 7)
    expected[:, 2:, :-1] = PICTURES[:, :-2, 1:]
    np.testing.assert_array_equal(moved, expected)


def test_the_identity_changes_nothing() -> None:
    same = warp(PICTURES, map_of())
    assert same.dtype == tf.float32
    np.testing.assert_array_equal(same, PICTURES)


def test_zoom_shows_things_larger() -> None:
    larger = warp(SQUARE, map_of(scale=(2, 2))).numpy()
    # The middle lies between the third and the fourth of six pixels, now two pixels apart.
    quarter = SQUARE[:, 2:4, 2:4].astype(float)
    np.testing.assert_allclose(
        larger[:, 2, 2],
        (9 * quarter[:, 0, 0] + 3 * quarter[:, 0, 1] + 3 * quarter[:, 1, 0] + quarter[:, 1, 1]) / 16,
        atol=1e-3,
    )


def test_shear_moves_lower_rows_to_the_right() -> None:
    line = np.zeros((3, 5, 5, 1), np.uint8)
    line[:, :, 2] = 1
    sheared = warp(line, map_of(slope=1), fill_mode="constant").numpy()[0, :, :, 0]
    np.testing.assert_allclose(sheared, np.eye(5), atol=1e-6)


MODES = {"constant": "grid-constant", "nearest": "nearest", "reflect": "reflect", "wrap": "grid-wrap"}


@pytest.mark.parametrize("compiling", [False, True])
@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
@pytest.mark.parametrize("mode", MODES)
def test_any_map_is_that_of_scipy(mode: Any, interpolation: Any, compiling: bool) -> None:
    rng = np.random.default_rng(2)
    linear = np.eye(2) + 0.4 * rng.normal(size=(3, 2, 2))
    where = np.concatenate([linear, 6 * rng.normal(size=(3, 2, 1))], axis=2).astype(np.float32)
    function = compiled(warp) if compiling else warp
    shown = function(
        tf.constant(PICTURES), tf.constant(where), fill_mode=mode, fill_value=9.0, interpolation=interpolation
    ).numpy()
    middle = np.array([3, 2])
    for row in range(3):
        for channel in range(2):
            expected = ndimage.affine_transform(
                PICTURES[row, :, :, channel].astype(float),
                where[row, :, :2],
                offset=middle + where[row, :, 2] - where[row, :, :2] @ middle,
                order=1 if interpolation == "bilinear" else 0,
                mode=MODES[mode],
                cval=9.0,
            )
            np.testing.assert_allclose(shown[row, :, :, channel], expected, atol=1e-3)


def drawn(changes: ImageChanges, rows: int = 4000) -> np.ndarray:
    draws = Draws(tf.constant([3, 4]), tf.constant(rows))
    return random_maps(changes, draws, height=10, width=20).numpy()


def test_nothing_is_drawn_where_nothing_is_wanted() -> None:
    np.testing.assert_array_equal(
        drawn(ImageChanges()), np.tile(np.eye(2, 3, dtype=np.float32), (4000, 1, 1))
    )


def test_rotation_is_even_within_its_range() -> None:
    angles = np.degrees(
        np.arctan2(drawn(ImageChanges(rotation=30))[:, 0, 1], drawn(ImageChanges(rotation=30))[:, 0, 0])
    )
    assert angles.min() == pytest.approx(-30, abs=0.1)
    assert angles.max() == pytest.approx(30, abs=0.1)
    assert angles.std() == pytest.approx(60 / math.sqrt(12), rel=0.03)


def test_shift_is_a_fraction_of_height_and_of_width() -> None:
    moved = drawn(ImageChanges(shift=0.1))[:, :, 2]
    np.testing.assert_allclose(np.abs(moved).max(axis=0), [1, 2], rtol=0.01)


def test_crop_moves_by_whole_pixels() -> None:
    moved = drawn(ImageChanges(crop_padding=2))[:, :, 2]
    values, counts = np.unique(moved, return_counts=True)
    assert values.tolist() == [-2, -1, 0, 1, 2]
    np.testing.assert_allclose(counts, 8000 / 5, rtol=0.1)


def test_half_of_the_pictures_are_mirrored() -> None:
    scale = drawn(ImageChanges(horizontal_flip=True))
    assert set(np.unique(scale[:, 1, 1])) == {-1, 1}
    assert (scale[:, 1, 1] < 0).mean() == pytest.approx(0.5, abs=0.03)
    assert (scale[:, 0, 0] == 1).all()
    both = drawn(ImageChanges(horizontal_flip=True, vertical_flip=True))
    np.testing.assert_array_equal(both[:, 1, 1], scale[:, 1, 1])
    assert np.corrcoef(both[:, 0, 0], both[:, 1, 1])[0, 1] == pytest.approx(0, abs=0.05)


def test_zoom_and_shear_within_their_ranges() -> None:
    zoomed = 1 / drawn(ImageChanges(zoom=0.2))[:, 0, 0]
    assert (zoomed.min(), zoomed.max()) == pytest.approx((0.8, 1.2), abs=0.002)
    sheared = np.degrees(np.arctan(-drawn(ImageChanges(shear=20))[:, 1, 0]))
    assert (sheared.min(), sheared.max()) == pytest.approx((-20, 20), abs=0.1)
