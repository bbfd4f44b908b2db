"""Drawing whole units by rank."""

from __future__ import annotations

import numpy as np
import pytest
from split_examples import examples, ranked

from stages.splitters.balancing import choose_balanced, deal_balanced, pick_units
from stages.splitters.ranking import apportion, choose_ranked, cut_runs, deal_ranked
from stages.splitters.units import hash_keys


def test_random_draws_the_rows_of_least_hash() -> None:
    rows = ranked(examples(20), seed=5)
    taken = choose_ranked(rows, 7, strata=np.zeros(20, np.int64))
    expected = np.argsort(hash_keys(rows["example_id"], seed=5))[:7]
    assert sorted(np.flatnonzero(taken)) == sorted(expected)


def test_strata_give_their_shares() -> None:
    rows = ranked(examples(40, bad_every=4))
    strata = (rows["target"] == "bad").to_numpy().astype(np.int64)
    taken = choose_ranked(rows, 8, strata=strata)
    assert np.bincount(strata[taken]).tolist() == [6, 2]


def test_a_unit_too_large_is_passed_over() -> None:
    table = examples(20, content_id=np.array([0] * 15 + [1, 2, 3, 4, 5], np.uint64))
    for seed in range(10):
        taken = choose_ranked(ranked(table, seed), 3, strata=np.zeros(20, np.int64))
        assert taken.sum() == 3
        assert not taken[:15].any()


@pytest.mark.parametrize(
    ("totals", "count", "expected"),
    [
        ([10, 10, 10], 10, [4, 3, 3]),
        ([96, 2, 2], 10, [8, 1, 1]),
        ([50, 50], 2, [1, 1]),
        ([7], 3, [3]),
        ([9, 1], 4, [4, 0]),
    ],
)
def test_apportion(totals: list[int], count: int, expected: list[int]) -> None:
    assert apportion(np.array(totals), count).tolist() == expected


def test_runs_leave_none_empty() -> None:
    assert cut_runs(np.array([1, 1, 1, 90]), 3).tolist() == [0, 0, 1, 2]
    assert cut_runs(np.array([1, 1, 1]), 2, first=2).tolist() == [0, 0, 1]
    assert cut_runs(np.ones(10, np.int64), 3).tolist() == [0, 0, 0, 1, 1, 1, 1, 2, 2, 2]


def test_folds_are_even_in_rows_and_in_classes() -> None:
    rows = ranked(examples(103, bad_every=4))
    strata = (rows["target"] == "bad").to_numpy().astype(np.int64)
    fold = deal_ranked(rows, 5, strata=strata)
    assert np.ptp(np.bincount(fold)) <= 2
    assert np.ptp(np.bincount(fold[strata == 1])) <= 1


def test_the_extra_rows_of_many_classes_fall_to_different_folds() -> None:
    rows = ranked(examples(60).assign(target=[f"c{i % 10}" for i in range(60)]))
    fold = deal_ranked(rows, 5, strata=np.arange(60) % 10)
    # Each of the ten classes has six rows: one fold gets two of them, and never the same fold.
    assert np.bincount(fold).tolist() == [12] * 5


def test_pick_units_comes_nearest_to_what_is_wanted() -> None:
    counts = np.array([[3, 0], [0, 3], [3, 0], [0, 3], [3, 0], [0, 3]])
    assert counts[pick_units(counts, np.array([3.0, 3.0]))].sum(axis=0).tolist() == [3, 3]


def test_pick_units_takes_the_smallest_where_none_fits() -> None:
    assert pick_units(np.array([[50], [40], [60]]), np.array([1.0])).tolist() == [False, True, False]


def test_exchanges_even_out_the_classes() -> None:
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(100), 5)
    # The share of bad rows differs from group to group.
    bad = rng.random(500) < rng.beta(1, 3, 100)[group]
    rows = ranked(examples(500, group=[f"g{i}" for i in group]).assign(target=np.where(bad, "bad", "good")))
    strata = bad.astype(np.int64)
    taken = choose_balanced(rows, 100, strata=strata)
    assert abs(taken.sum() - 100) <= 2
    assert abs(bad[taken].mean() - bad.mean()) <= 0.02
    fold = deal_balanced(rows, 5, strata=strata)
    assert np.ptp(np.bincount(fold)) <= 15
    assert np.ptp([bad[fold == each].mean() for each in range(5)]) <= 0.06


def test_as_many_folds_as_groups() -> None:
    rows = ranked(examples(12, group=list("aaaaaabbbbcd")))
    fold = deal_balanced(rows, 4, strata=np.zeros(12, np.int64))
    assert sorted(set(fold)) == [0, 1, 2, 3]
