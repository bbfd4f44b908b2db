"""Which rows are copied, and what the copies are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from encoded_rows import assert_same, build
from policy_cases import GRAY, IMAGE, LENGTH, NUMBERS, SERIES, pictures, series, spec_of

from stages.augmenters import filling
from stages.augmenters.filling import rows_to_copy
from stages.examples.encoded import Encoded
from stages.policies import read_policy

SKEWED = Encoded({}, np.array([0] * 10 + [1] * 3 + [2]), np.arange(14))


@pytest.mark.parametrize(
    ("ratio", "copies", "counts"),
    [
        (1.0, 0, [10, 10, 10]),
        (0.5, 0, [10, 5, 5]),
        (0.2, 0, [10, 3, 2]),
        (0.0, 2, [30, 9, 3]),
        (1.0, 1, [20] * 3),
    ],
)
def test_classes_are_filled_up(ratio: float, copies: int, counts: list[int]) -> None:
    rows = rows_to_copy(SKEWED, ratio=ratio, copies=copies, seed=0)
    everything = np.concatenate([SKEWED.target, SKEWED.target[rows]])
    assert np.bincount(everything).tolist() == counts
    used = np.bincount(rows, minlength=14)[10:13]
    assert used.max() - used.min() <= 1


def test_a_class_without_rows_stays_empty() -> None:
    train = Encoded({}, np.array([0, 0, 2]), np.arange(3))
    assert rows_to_copy(train, ratio=1.0, copies=0, seed=0).tolist() == [2]


@pytest.mark.parametrize("target", [np.linspace(0, 1, 5, dtype=np.float32), np.eye(2, dtype=np.float32)])
def test_there_must_be_classes_to_fill(target: Any) -> None:
    train = Encoded({}, target, np.arange(len(target)))
    with pytest.raises(ValueError, match=r"augment\.ratio=0\.0 and augment\.copies=1"):
        rows_to_copy(train, ratio=1.0, copies=0, seed=0)
    assert len(rows_to_copy(train, ratio=0.0, copies=3, seed=0)) == 3 * len(target)


def test_pictures_are_copied_in_their_dtype_and_rounded() -> None:
    train = pictures(40, gray=True)
    images = np.full((40, 12, 10, 1), 100, np.uint8)
    images[:, 0] = 200
    train = Encoded({"image": images, "numeric": np.ones((40, 2), np.float32)}, train.target, train.position)
    weighted = Encoded(train.inputs, train.target, train.position, np.linspace(1, 2, 40, dtype=np.float32))
    spec = spec_of(GRAY, NUMBERS)
    new = build("augment", "image_balance", rotation=0, shift=0.0, shear=0, zoom=0.0, contrast=0.0).augment(
        weighted, spec=spec
    )
    assert np.bincount(np.concatenate([train.target, new.target])).tolist() == [20, 20, 20]
    assert new.inputs["image"].dtype == np.uint8
    # Only brighter or darker by up to a tenth, or mirrored: rounded, not cut off.
    ratio = new.inputs["image"][:, 0].astype(float) / new.inputs["image"][:, 1]
    np.testing.assert_allclose(ratio, 2, atol=0.02)
    assert 0.9 * 100 - 0.5 <= new.inputs["image"][:, 1].min() < 100 < new.inputs["image"][:, 1].max() <= 110.5
    np.testing.assert_array_equal(new.inputs["numeric"], 1)
    assert (new.position == -1).all()
    assert new.weight is not None


def test_each_chunk_is_what_the_policy_makes_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    train, spec = pictures(5, gray=True), spec_of(GRAY)
    monkeypatch.setattr(filling, "CHUNK_ROWS", 4)
    augmenter = build("augment", "image_balance", ratio=0.0, copies=1, seed=7)
    made = augmenter.augment(train, spec=spec).inputs["image"]
    policy = read_policy(augmenter.copied_with(), spec=spec)
    assert policy is not None
    for number, rows in enumerate([slice(0, 4), slice(4, 5)]):
        images = tf.constant(train.inputs["image"][rows])
        alone = policy({"image": images}, tf.zeros(len(images)), None, seed=tf.constant([7, number])).inputs[
            "image"
        ]
        assert (alone.numpy() % 1 != 0).any()
        np.testing.assert_array_equal(made[rows], np.rint(alone))


def test_copies_do_not_depend_on_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    train, spec = pictures(30), spec_of(IMAGE)
    augmenter = build("augment", "image_balance", ratio=0.0, copies=2)
    in_memory = augmenter.augment(train, spec=spec)
    monkeypatch.setattr(filling, "MEMORY_BYTES", 0)
    on_disk = augmenter.augment(train, spec=spec)
    assert isinstance(on_disk.inputs["image"], np.memmap)
    assert_same(in_memory, on_disk)
    np.testing.assert_array_equal(in_memory.target, np.tile(train.target, 2))
    other = build("augment", "image_balance", ratio=0.0, copies=2, seed=1).augment(train, spec=spec)
    assert (other.inputs["image"] != in_memory.inputs["image"]).mean() > 0.5


def test_series_are_copied_with_their_lengths() -> None:
    train, spec = series(), spec_of(SERIES, LENGTH)
    new = build("augment", "sequence_copies", crop=0.5).augment(train, spec=spec)
    assert new.inputs["sequence_length"].dtype == np.int32
    assert (new.inputs["sequence_length"] < train.inputs["sequence_length"]).any()
    after = np.arange(20)[np.newaxis] >= new.inputs["sequence_length"]
    assert (new.inputs["sequence"][after] == 0).all()
    assert np.isfinite(new.inputs["sequence"]).all()


def test_nothing_to_fill_makes_nothing() -> None:
    train = Encoded(pictures(9).inputs, np.arange(9) % 3, np.arange(9))
    assert len(build("augment", "image_balance").augment(train, spec=spec_of(IMAGE))) == 0
