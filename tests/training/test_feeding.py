"""The batches: every row once an epoch, in an order that depends on nothing but (seed, epoch)."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest

from stages.training.feeding import (
    Shuffled,
    epoch_order,
    first_rows,
    in_order,
    num_steps,
    steps_per_execution,
)
from stages.training.rows import Rows


def numbered(rows: int, width: int = 1, *, weighted: bool = False) -> Rows:
    numbers = np.arange(rows, dtype=np.float32)
    inputs = {
        "numeric": np.tile(numbers[:, None], (1, width)),
        "ids": np.arange(rows, dtype=np.int32)[:, None],
    }
    return Rows(inputs, 10 * numbers[:, None], numbers + 0.5 if weighted else None)


def epoch_of(feed: Shuffled, epoch: int) -> list[list[float]]:
    feed.on_epoch_begin(epoch)
    return [batch[0]["numeric"][:, 0].numpy().tolist() for batch in feed.batches]


def test_an_epoch_holds_every_row_once_in_batches_of_the_size_asked_for() -> None:
    feed = Shuffled(numbered(10), batch_size=4, seed=0)
    batches = epoch_of(feed, 0)
    assert [len(batch) for batch in batches] == [4, 4, 2]
    assert sorted(chain(*batches)) == list(range(10))
    assert int(feed.batches.cardinality()) == 3


def test_the_order_is_that_of_numpy_for_the_seed_and_the_epoch() -> None:
    feed = Shuffled(numbered(10), batch_size=4, seed=3)
    epoch_of(feed, 0)
    for epoch in (5, 2, 5):  # in whatever order epochs are asked for
        expected = np.random.default_rng([3, epoch]).permutation(10)
        assert list(chain(*epoch_of(feed, epoch))) == expected.tolist()
    assert epoch_order(10, seed=3, epoch=5).tolist() != epoch_order(10, seed=4, epoch=5).tolist()


def test_inputs_target_and_weight_of_a_row_stay_together() -> None:
    feed = Shuffled(numbered(9, weighted=True), batch_size=4, seed=0)
    feed.on_epoch_begin(1)
    for inputs, target, weight in feed.batches:
        numbers = inputs["numeric"].numpy()[:, 0]
        np.testing.assert_array_equal(inputs["ids"].numpy()[:, 0], numbers)
        np.testing.assert_array_equal(target.numpy()[:, 0], 10 * numbers)
        np.testing.assert_array_equal(weight.numpy(), numbers + 0.5)
    assert inputs["ids"].dtype == np.int32


def test_rows_in_order_keep_their_order() -> None:
    batches = list(in_order(numbered(10)))
    assert np.concatenate([batch[0]["numeric"] for batch in batches])[:, 0].tolist() == list(range(10))
    assert first_rows(numbered(10), 2)[1].numpy().tolist() == [[0.0], [10.0]]


@pytest.mark.parametrize(
    ("rows", "width", "wanted", "expected"),
    [
        (100, 1, "auto", 4),  # never more than an epoch
        (100_000, 1, "auto", 256),
        (100_000, 32_768, "auto", 4),  # 32 rows of 128 KiB: 4 MiB a batch
        (100, 1_000_000, "auto", 1),
        (100_000, 1, 7, 7),
        (100, 1, 50, 4),
    ],
)
def test_steps_per_execution(rows: int, width: int, wanted: int, expected: int) -> None:
    numeric = np.broadcast_to(np.zeros((1, 1), np.float32), (rows, width))
    fed = Rows({"numeric": numeric}, np.zeros((rows, 1)), None)
    assert steps_per_execution(fed, batch_size=32, wanted=wanted) == expected
    assert num_steps(rows, 32) == -(-rows // 32)
