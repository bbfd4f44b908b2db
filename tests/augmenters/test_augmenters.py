"""What each augmenter does to the values."""

from __future__ import annotations

import numpy as np
import pytest
from encoded_rows import CATEGORIES, NUMERIC, category_rows, mixed, numeric_rows, regression, spec_of

from stages.augmenters.copies import column_groups
from stages.augmenters.gaussian_noise import GaussianNoise
from stages.augmenters.mixup import Mixup
from stages.augmenters.swap_noise import SwapNoise
from stages.examples.encoded import Encoded, InputSpec


def test_noise_moves_continuous_columns_only() -> None:
    target = (np.arange(4000) % 4 == 0).astype(np.int64)
    rows = numeric_rows(target) * np.array([1, 50, 1, 1, 1, 1, 1], np.float32)
    train = Encoded({"numeric": rows, "categories": category_rows(target)}, target, np.arange(4000))
    new = GaussianNoise(scale=0.3, copies=1, seed=0).augment(train, spec=spec_of(NUMERIC, CATEGORIES))
    moved = new.inputs["numeric"] - rows
    np.testing.assert_allclose(moved[:, :2].std(axis=0), 0.3 * rows[:, :2].std(axis=0), rtol=0.05)
    np.testing.assert_allclose(moved[:, :2].mean(axis=0) / rows[:, :2].std(axis=0), 0, atol=0.02)
    assert (moved[:, 2:] == 0).all()
    np.testing.assert_array_equal(new.inputs["categories"], train.inputs["categories"])
    np.testing.assert_array_equal(new.target, target)


def test_noise_needs_a_continuous_column() -> None:
    target = np.array([0, 1, 0, 1])
    train = Encoded({"categories": category_rows(target)}, target, np.arange(4))
    with pytest.raises(ValueError, match="all columns hold categories"):
        GaussianNoise(scale=0.1, copies=1, seed=0).augment(train, spec=spec_of(CATEGORIES))


def test_swap_noise_exchanges_the_share_of_cells_asked_for() -> None:
    rows = np.arange(6000, dtype=np.float32).reshape(2000, 3)
    each = InputSpec(name="numeric", dtype="float32", shape=(3,), columns=("a", "b", "c"))
    train = Encoded({"numeric": rows}, np.arange(2000) % 2, np.arange(2000))
    new = SwapNoise(probability=0.25, within_class=False, copies=1, seed=0).augment(train, spec=spec_of(each))
    changed = new.inputs["numeric"] != rows
    assert changed.mean() == pytest.approx(0.25, abs=0.02)
    # Each value stays in its column.
    assert (new.inputs["numeric"] % 3 == np.arange(3)).all()
    # Columns are exchanged one by one.
    assert (changed.sum(axis=1) == 1).mean() == pytest.approx(3 * 0.25 * 0.75**2, abs=0.03)


def test_swap_noise_exchanges_blocks_and_indicators_whole() -> None:
    target = (np.arange(400) % 4 == 0).astype(np.int64)
    rows = numeric_rows(target)
    # Where income is missing it is the median, here exactly 0.
    rows[:, 1] = np.where(rows[:, 2] == 1, 0, rows[:, 1])
    train = Encoded({"numeric": rows}, target, np.arange(400))
    new = SwapNoise(probability=0.5, within_class=False, copies=1, seed=0).augment(
        train, spec=spec_of(NUMERIC)
    )
    values = new.inputs["numeric"]
    assert set(values[:, 4:].sum(axis=1)) <= {0.0, 1.0}
    assert ((values[:, 1] == 0) == (values[:, 2] == 1)).all()


def test_swap_noise_within_class() -> None:
    target = np.array([0, 1, 2] * 100)
    each = InputSpec(name="numeric", dtype="float32", shape=(1,), columns=("a",))
    train = Encoded({"numeric": target[:, np.newaxis].astype(np.float32)}, target, np.arange(300))
    spec = spec_of(each, classes=("a", "b", "c"))
    within = SwapNoise(probability=1.0, within_class=True, copies=2, seed=0).augment(train, spec=spec)
    assert (within.inputs["numeric"][:, 0] == within.target).all()
    across = SwapNoise(probability=1.0, within_class=False, copies=2, seed=0).augment(train, spec=spec)
    assert (across.inputs["numeric"][:, 0] == across.target).mean() == pytest.approx(1 / 3, abs=0.08)


def test_swap_noise_draws_from_all_rows_of_the_class() -> None:
    rows = np.arange(30, dtype=np.float32)[:, np.newaxis]
    target = np.arange(30) % 2
    each = InputSpec(name="numeric", dtype="float32", shape=(1,), columns=("a",))
    new = SwapNoise(probability=1.0, within_class=True, copies=40, seed=0).augment(
        Encoded({"numeric": rows}, target, np.arange(30)), spec=spec_of(each)
    )
    assert set(new.inputs["numeric"][new.target == 1, 0]) == set(range(1, 30, 2))


def test_swap_noise_within_class_needs_classes() -> None:
    train, spec = regression()
    with pytest.raises(ValueError, match=r"augment\.within_class=false"):
        SwapNoise(probability=0.1, within_class=True, copies=1, seed=0).augment(train, spec=spec)


def test_mixup_mixes_inputs_and_labels_alike() -> None:
    target = np.array([0, 1, 2] * 50)
    each = InputSpec(name="numeric", dtype="float32", shape=(3,), columns=("a", "b", "c"))
    train = Encoded({"numeric": np.eye(3, dtype=np.float32)[target]}, target, np.arange(150))
    new = Mixup(alpha=0.4, copies=3, seed=0).augment(train, spec=spec_of(each, classes=("a", "b", "c")))
    assert new.target.shape == (450, 3)
    assert new.target.dtype == np.float32
    np.testing.assert_allclose(new.target, new.inputs["numeric"], atol=1e-6)
    np.testing.assert_allclose(new.target.sum(axis=1), 1, atol=1e-6)
    assert (new.target.max(axis=1) < 1).any()


def test_mixup_shares_are_beta() -> None:
    each = InputSpec(name="numeric", dtype="float32", shape=(1,), columns=("a",))
    rows = np.zeros((5000, 1), np.float32)
    target = np.arange(5000, dtype=np.float32) % 2
    train = Encoded({"numeric": rows}, target, np.arange(5000))
    new = Mixup(alpha=0.5, copies=1, seed=0).augment(train, spec=spec_of(each, classes=(), task="regression"))
    mixed_pairs = new.target[(new.target > 0) & (new.target < 1)]
    # Variance of Beta(a, a) is 1 / (4 (2a + 1)).
    assert mixed_pairs.var() == pytest.approx(1 / 8, rel=0.1)
    assert new.target.dtype == np.float32


def test_mixup_takes_ids_from_the_larger_share() -> None:
    train, spec = mixed(weighted=True)
    new = Mixup(alpha=1.0, copies=1, seed=0).augment(train, spec=spec)
    assert new.inputs["categories"].dtype == np.int32
    # Label and weight are both mixed with the same share: bad rows weigh 3, good ones 1.
    assert new.weight is not None
    np.testing.assert_allclose(new.weight, 1 + 2 * new.target[:, 1], atol=1e-5)
    larger = new.target[:, 1] > 0.5
    bad_homes = {tuple(row) for row in train.inputs["categories"][train.target == 1].tolist()}
    assert {tuple(row) for row in new.inputs["categories"][larger].tolist()} <= bad_homes


def test_column_groups() -> None:
    groups = [group.tolist() for group in column_groups(spec_of(NUMERIC, CATEGORIES), "numeric")]
    assert groups == [[4, 5, 6], [0], [1, 2], [3]]
    assert [g.tolist() for g in column_groups(spec_of(NUMERIC, CATEGORIES), "categories")] == [[0], [1]]
    assert column_groups(spec_of(NUMERIC), "categories") == []
