"""Cut-out, mixup and CutMix: areas, shares, labels."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from stages.policies.draws import Draws
from stages.policies.holes import cut_out
from stages.policies.image_changes import MixedImageChanges
from stages.policies.mixing import Mix, mix_images, mix_rows, outside_box, random_mix

ONES = tf.ones((2, 10, 20, 3))


def test_a_hole_is_a_square_around_its_middle() -> None:
    middles = tf.constant([[[0.5, 0.5]], [[0.0, 1.0]]])
    cut = cut_out(ONES, middles, side=4, fill_value=9.0).numpy()[..., 0]
    inside = np.ones((10, 20))
    inside[3:7, 8:12] = 9
    np.testing.assert_array_equal(cut[0], inside)
    corner = np.ones((10, 20))
    corner[:2, 18:] = 9
    np.testing.assert_array_equal(cut[1], corner)


def test_several_holes() -> None:
    middles = tf.constant([[[0.2, 0.1], [0.8, 0.9]]] * 2)
    cut = cut_out(ONES, middles, side=2, fill_value=0.0).numpy()
    assert (cut[..., 0] == 0).sum() == 2 * 8
    np.testing.assert_array_equal(cut[..., 0], cut[..., 2])


def test_a_box_has_the_area_asked_for() -> None:
    kept = outside_box(tf.fill((2, 2), 0.5), tf.constant([0.25, 0.0]), height=10, width=20).numpy()[..., 0]
    assert (kept[0] == 0).sum() == 5 * 10
    assert kept[0, 2:7, 5:15].sum() + kept[0, 3:8, 5:15].sum() in (10, 0)
    assert (kept[1] == 1).all()


def mix_of(changes: MixedImageChanges, rows: int = 500) -> Mix:
    return random_mix(changes, Draws(tf.constant([5, 6]), tf.constant(rows)), height=16, width=12)


@pytest.mark.parametrize(
    "changes",
    [MixedImageChanges(mixup=0.4), MixedImageChanges(cutmix=1.0), MixedImageChanges(mixup=0.4, cutmix=1.0)],
)
def test_the_share_of_a_label_is_that_of_its_pixels(changes: MixedImageChanges) -> None:
    mix = mix_of(changes)
    np.testing.assert_allclose(mix.share, mix.pixels.numpy().mean(axis=(1, 2, 3)), atol=1e-6)
    assert sorted(mix.partner.numpy().tolist()) == list(range(500))
    # Pictures that are all of their class's colour: what is mixed of them is what is mixed of the labels.
    labels = np.eye(4, dtype=np.float32)[np.arange(500) % 4]
    pictures = np.tile(labels[:, np.newaxis, np.newaxis], (1, 16, 12, 1))
    mixed = mix_images(tf.constant(pictures), mix).numpy()
    np.testing.assert_allclose(mix_rows(tf.constant(labels), mix), mixed.mean(axis=(1, 2)), atol=1e-5)
    np.testing.assert_allclose(mixed.sum(axis=-1), 1, atol=1e-5)


def test_mixup_shares_are_beta() -> None:
    shares = mix_of(MixedImageChanges(mixup=0.5), rows=8000).share.numpy()
    # Variance of Beta(a, a) is 1 / (4 (2a + 1)).
    assert shares.var() == pytest.approx(1 / 8, rel=0.05)
    assert shares.mean() == pytest.approx(0.5, abs=0.02)


def test_tiny_alphas_give_numbers() -> None:
    shares = mix_of(MixedImageChanges(mixup=0.001), rows=2000).share.numpy()
    assert np.isfinite(shares).all()
    assert ((shares >= 0) & (shares <= 1)).all()


def test_cutmix_takes_boxes_and_mixup_whole_pictures() -> None:
    boxes = mix_of(MixedImageChanges(cutmix=1.0)).pixels.numpy()
    assert set(np.unique(boxes)) == {0, 1}
    both = mix_of(MixedImageChanges(mixup=1.0, cutmix=1.0)).pixels.numpy()
    even = both.min(axis=(1, 2, 3)) == both.max(axis=(1, 2, 3))
    assert ((both[~even] == 0) | (both[~even] == 1)).all()
    assert 0.45 < even.mean() < 0.65


def test_ids_come_from_the_larger_share() -> None:
    mix = Mix(tf.constant([1, 0]), tf.ones((2, 1, 1, 1)), tf.constant([0.7, 0.4]))
    assert mix_rows(tf.constant([[1, 2], [3, 4]]), mix).numpy().tolist() == [[1, 2], [1, 2]]
    np.testing.assert_allclose(mix_rows(tf.constant([10.0, 20.0]), mix), [13, 14])
