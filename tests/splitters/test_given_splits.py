"""Splits that the data decides: by time, and predefined."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from split_examples import examples, strategy, with_units

from stages.splitters.by_time import ByTime
from stages.splitters.sizes import Assignment, Sizes


def by_time(times: list[float], sizes: Sizes, **columns: object) -> Assignment:
    return ByTime().assign(with_units(examples(len(times), time=times, **columns)), sizes, seed=0)


def test_the_latest_rows_test() -> None:
    part = by_time([5, 1, 4, 2, 3], Sizes(2, 1)).part
    assert part.tolist() == ["test", "train", "test", "train", "validation"]


def test_one_moment_is_not_parted() -> None:
    part = by_time([1, 1, 1, 2, 2, 3, 3, 3], Sizes(2, 2)).part
    assert part.tolist() == ["train"] * 3 + ["validation"] * 2 + ["test"] * 3


def test_a_moment_too_large_still_leaves_three_parts() -> None:
    part = by_time([1, 2, 3, 3, 3, 3, 3, 3], Sizes(0.2, 0.2)).part
    assert part.tolist() == ["train", "validation"] + ["test"] * 6


def test_dates_are_times_too() -> None:
    times = pd.to_datetime(["2021-05-01", "2020-01-01", "2022-01-01"])
    part = ByTime().assign(with_units(examples(3, time=times)), Sizes(1, 1), seed=0).part
    assert part.tolist() == ["validation", "train", "test"]


def test_equal_rows_on_both_sides_leave_the_earlier_part() -> None:
    ids = np.array([9, 1, 2, 9, 3, 9], np.uint64)
    assigned = by_time([1, 2, 3, 4, 5, 6], Sizes(2, 2), content_id=ids)
    assert assigned.part.tolist() == ["excluded", "train", "validation", "excluded", "test", "test"]
    assert "1 of train and 1 of validation" in assigned.notes[0]


def test_forward_chaining() -> None:
    times = [float(each) for each in range(8)]
    folds = [by_time(times, Sizes(0.2, 0.2, 3, fold)) for fold in range(3)]
    assert folds[0].fold.tolist() == [-1, -1, 0, 0, 1, 1, 2, 2]
    assert folds[0].part.tolist() == ["train", "validation", "test", "test"] + ["excluded"] * 4
    assert folds[2].part.tolist() == ["train"] * 4 + ["validation"] * 2 + ["test"] * 2


@pytest.mark.parametrize(
    ("columns", "sizes", "message"),
    [
        ({}, Sizes(0.2, 0.2), "no column has the role `time`"),
        ({"time": [1, 2, None, 4, 5, 6]}, Sizes(0.2, 0.2), "1 of 6 rows have no time"),
        ({"time": [1, 1, 1, 2, 2, 2]}, Sizes(0.2, 0.2), "only 2 different values.*at least 3"),
        ({"time": [1, 2, 3, 4, 5, 6]}, Sizes(0.2, 0.2, 5, 0), "at least 7"),
        ({"time": [1, 2, 3, 4, 5, 6]}, Sizes(0.2, 0.2, 3, 3), "split.fold=3 does not exist"),
    ],
)
def test_by_time_refuses(columns: dict[str, object], sizes: Sizes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ByTime().assign(with_units(examples(6, **columns)), sizes, seed=0)


FIFTHS = Sizes(0.2, 0.2)


def predefined(parts: list[str | None], sizes: Sizes = FIFTHS, **columns: object) -> Assignment:
    return strategy("predefined").assign(
        with_units(examples(len(parts), part=parts, **columns)), sizes, seed=0
    )


def test_parts_are_as_given() -> None:
    assigned = predefined(["train", "val", "test", "training", "dev"])
    assert assigned.part.tolist() == ["train", "validation", "test", "train", "validation"]
    assert (assigned.notes, assigned.drawn) == ((), ())


def test_validation_is_drawn_from_train() -> None:
    assigned = predefined(["train"] * 16 + ["test"] * 4)
    counts = pd.Series(assigned.part).value_counts()
    assert counts.to_dict() == {"train": 12, "validation": 4, "test": 4}
    assert (assigned.part[16:] == "test").all()
    assert assigned.drawn == ("validation",)


def test_given_test_stays_and_what_equals_it_leaves_train() -> None:
    ids = np.array([1, 2, 3, 4, 1, 3], np.uint64)
    assigned = predefined(["train", "train", "validation", "train", "test", "test"], content_id=ids)
    # The only given validation row is lost, so that one is drawn anew.
    assert sorted(assigned.part[[1, 3]]) == ["train", "validation"]
    assert assigned.part[[0, 2, 4, 5]].tolist() == ["excluded", "excluded", "test", "test"]
    assert "1 of train and 1 of validation" in assigned.notes[0]


@pytest.mark.parametrize(
    ("parts", "sizes", "message"),
    [
        (["train", "tst", "tst", "test"], Sizes(0.2, 0.2), r"says 'tst' \(2 rows\); known are 'train'"),
        (["train", None, "val", "test"], Sizes(0.2, 0.2), r"'\(missing\)' \(1 rows\)"),
        (["train", "train", "val", "val"], Sizes(0.2, 0.2), "no test rows"),
        (["test", "test", "val", "val"], Sizes(0.2, 0.2), "no train rows"),
        (["train", "train", "test", "test"], Sizes(0.2, 0.2, 2, 0), "split.folds=2 cannot go with"),
        (["train", "train", "test", "test"], Sizes(0.2, 2), "nothing would be left to train on"),
    ],
)
def test_predefined_refuses(parts: list[str | None], sizes: Sizes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        predefined(parts, sizes)


def test_predefined_needs_the_column() -> None:
    with pytest.raises(ValueError, match="no column has the role `part`"):
        strategy("predefined").assign(with_units(examples(5)), Sizes(0.2, 0.2), seed=0)
