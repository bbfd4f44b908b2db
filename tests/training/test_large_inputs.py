"""Inputs that are large, lazy or sparse are read batch by batch, into the batches that small ones give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from scipy.sparse import csr_array

from stages.examples.arrays import Picked
from stages.examples.encoded import Encoded, InputSpec, Spec
from stages.policies import Batch
from stages.training import feeding
from stages.training.altering import altered
from stages.training.feeding import Shuffled, epoch_seeds, first_rows, in_order, steps_per_execution
from stages.training.rows import Rows, check_rows

ROWS = 23


def dense() -> Rows:
    generator = np.random.default_rng(0)
    terms = generator.random((ROWS, 7)).astype(np.float32)
    inputs = {
        "image": generator.integers(0, 256, (ROWS, 4, 5, 3)).astype(np.uint8),
        "numeric": generator.normal(size=(ROWS, 2)).astype(np.float32),
        "terms": np.where(terms < 0.3, terms, 0).astype(np.float32),
    }
    return Rows(inputs, np.arange(ROWS, dtype=np.float32)[:, None], np.arange(ROWS, dtype=np.float32))


def lazy(folder: Path) -> Rows:
    """Return the same rows: pictures picked from two memory-mapped files, sparse terms."""
    rows = dense()
    stored = []
    for number, part in enumerate((rows.inputs["image"][::-1][:10], rows.inputs["image"][::-1][10:])):
        np.save(folder / f"{number}.npy", part)
        stored.append(np.load(folder / f"{number}.npy", mmap_mode="r"))
    pictures = Picked(stored, np.arange(ROWS)[::-1])
    inputs = rows.inputs | {"image": pictures, "terms": csr_array(rows.inputs["terms"])}
    return Rows(inputs, rows.target, rows.weight)


def same(one: Any, other: Any) -> None:
    tf.nest.assert_same_structure(one, other)
    for first, second in zip(tf.nest.flatten(one), tf.nest.flatten(other), strict=True):
        assert first.dtype == second.dtype
        np.testing.assert_array_equal(first.numpy(), second.numpy())


@pytest.mark.parametrize("resident_bytes", [0, feeding.RESIDENT_BYTES])
def test_lazy_and_sparse_inputs_give_the_batches_of_dense_ones(
    resident_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = Shuffled(dense(), batch_size=5, seed=3)
    monkeypatch.setattr(feeding, "RESIDENT_BYTES", resident_bytes)
    found = Shuffled(lazy(tmp_path), batch_size=5, seed=3)
    for feed in (expected, found):
        feed.on_epoch_begin(2)
    for one, other in zip(found.batches, expected.batches, strict=True):
        same(one, other)
    for one, other in zip(in_order(lazy(tmp_path)), in_order(dense()), strict=True):
        same(one, other)
    same(first_rows(lazy(tmp_path), 8), first_rows(dense(), 8))


def test_large_inputs_are_not_held_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    gather = feeding.gather
    monkeypatch.setattr(feeding, "RESIDENT_BYTES", 4 * 5 * 3 * ROWS - 1)  # all but the pictures fit
    monkeypatch.setattr(feeding, "MEDIA_ROWS", 4)

    def counting(values: Any, rows: Any) -> Any:
        if values.ndim == 4:
            read.append(len(rows))
        return gather(values, rows)

    monkeypatch.setattr(feeding, "gather", counting)
    feed = Shuffled(lazy(tmp_path), batch_size=5, seed=0)
    assert read == []
    assert len(list(feed.batches)) == 5
    assert sorted(read) == [3, 5, 5, 5, 5]
    read.clear()
    assert [len(batch[1]) for batch in in_order(lazy(tmp_path))] == [4, 4, 4, 4, 4, 3]
    assert sorted(read) == [3, 4, 4, 4, 4, 4]


def test_pictures_are_validated_in_small_batches_and_looked_at_often() -> None:
    rows = Rows({"image": np.zeros((5000, 2, 2, 1), np.uint8)}, np.zeros((5000, 1), np.float32), None)
    assert {len(batch[1]) for batch in in_order(rows)} == {feeding.MEDIA_ROWS, 5000 % feeding.MEDIA_ROWS}
    assert steps_per_execution(rows, batch_size=32) == feeding.MEDIA_STEPS


def missing_at(row: int, column: int) -> Any:
    wide = np.zeros((500, 40, 3), np.float32)
    wide[row, column, 1] = np.nan
    return wide


@pytest.mark.parametrize(
    ("array", "shape", "message"),
    [
        (missing_at(499, 2), (40, 3), r"in 1 of 500 rows \(columns 7\)"),
        (Picked([missing_at(3, 0)], np.array([3, 1, 3])), (40, 3), r"in 2 of 3 rows \(columns 1\)"),
        (csr_array(np.array([[0, np.inf], [0, 1]], np.float32)), (2,), r"in 1 of 2 rows \(columns b\)"),
    ],
)
def test_missing_numbers_are_found_a_chunk_at_a_time(array: Any, shape: Any, message: str) -> None:
    names = ("a", "b") if shape == (2,) else ()
    spec = Spec(
        task="regression",
        classes=(),
        inputs=(InputSpec(name="numeric", dtype="float32", shape=shape, columns=names),),
    )
    rows = Encoded({"numeric": array}, np.zeros(array.shape[0], np.float32), np.arange(array.shape[0]))
    with pytest.raises(ValueError, match=message):
        check_rows(rows, spec=spec, part="train")


class Brighter:
    """A policy that adds what it draws, so that its seeds can be read from the pictures."""

    soft_labels = False

    def __call__(self, inputs: Any, target: Any, weight: Any, *, seed: Any) -> Batch:
        drawn = tf.random.stateless_uniform((), seed)
        return Batch({**inputs, "image": tf.cast(inputs["image"], tf.float32) + drawn}, target, weight)


def test_a_policy_draws_from_the_seed_of_its_epoch_and_step() -> None:
    rows = Rows({"image": np.full((7, 2, 2, 1), 100, np.uint8)}, np.zeros((7, 1), np.float32), None)

    def pictures(feed: Shuffled, epoch: int) -> list[int]:
        feed.on_epoch_begin(epoch)
        return [int(batch[0]["image"][0, 0, 0, 0]) for batch in feed.batches]

    def scaled(epoch: int, seed: int = 5) -> list[int]:
        drawn = [
            float(tf.random.stateless_uniform((), each)) for each in epoch_seeds(4, seed=seed, epoch=epoch)
        ]
        return [round(100 + value) for value in drawn]

    first = Shuffled(rows, batch_size=2, seed=5, policy=Brighter())
    assert pictures(first, 0) == scaled(0)
    assert (
        pictures(first, 3)
        == pictures(Shuffled(rows, batch_size=2, seed=5, policy=Brighter()), 3)
        == scaled(3)
    )
    seeds = {each.tobytes() for epoch in range(5) for each in epoch_seeds(4, seed=5, epoch=epoch)}
    assert len(seeds) == 20
    assert epoch_seeds(4, seed=5, epoch=0).tolist() != epoch_seeds(4, seed=6, epoch=0).tolist()


def test_changed_pictures_are_rounded_to_whole_brightness() -> None:
    values = tf.constant([-3.0, 0.4, 1.6, 254.7, 300.0])

    def policy(inputs: Any, target: Any, weight: Any, *, seed: Any) -> Batch:
        return Batch({**inputs, "image": values}, 2 * target, weight)

    inputs = {"image": tf.zeros(5, tf.uint8), "numeric": tf.ones(5)}
    changed, target = altered((inputs, tf.ones(5)), policy, seed=tf.constant([0, 0]))
    assert changed["image"].dtype == tf.uint8
    assert changed["image"].numpy().tolist() == [0, 0, 2, 255, 255]
    assert target.numpy().tolist() == [2.0] * 5
    assert len(altered((inputs, tf.ones(5), tf.ones(5)), policy, seed=tf.constant([0, 0]))) == 3
