"""Rows that must stay together."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
from split_examples import examples, with_units

from stages.splitters.units import find_units, hash_keys, unit_keys


def test_hash_is_keyed_blake2b() -> None:
    secret = hashlib.blake2b(b"7", digest_size=32).digest()
    digest = hashlib.blake2b(b"a.csv:3", digest_size=8, key=secret).digest()
    assert hash_keys(["x", "a.csv:3"], seed=7)[1] == int.from_bytes(digest, "little")
    assert hash_keys(["a.csv:3"], seed=8)[0] != int.from_bytes(digest, "little")


def test_hash_spreads_evenly() -> None:
    keys = hash_keys((f"a.csv:{i}" for i in range(20_000)), seed=0)
    counts = np.histogram(keys.astype(float), bins=10, range=(0, 2.0**64))[0]
    assert counts.min() > 1850
    assert counts.max() < 2150


def test_hash_of_no_key() -> None:
    assert hash_keys([], seed=0).shape == (0,)


def test_units_join_groups_through_equal_rows() -> None:
    rows = examples(
        6, content_id=np.array([1, 2, 2, 3, 4, 4], np.uint64), group=["a", "a", "b", None, None, "c"]
    )
    assert find_units(rows).tolist() == [0, 0, 0, 1, 2, 2]


def test_units_without_group_or_content() -> None:
    rows = examples(3, content_id=np.array([5, 5, 9], np.uint64))
    assert find_units(rows).tolist() == [0, 0, 1]
    assert find_units(rows.drop(columns="content_id")).tolist() == [0, 1, 2]


def test_a_unit_is_ranked_by_its_groups_so_that_new_rows_do_not_move_it() -> None:
    rows = with_units(examples(3, group=["a", "b", "a"]))
    more = with_units(examples(5, group=["a", "b", "a", "a", None]))
    assert unit_keys(rows, seed=0).tolist() == unit_keys(more, seed=0)[:3].tolist()
    alone = hash_keys(["t.csv:4"], seed=0)[0]
    assert unit_keys(more, seed=0)[4] == alone


def test_keys_do_not_depend_on_the_index() -> None:
    rows = with_units(examples(4, content_id=np.array([1, 1, 2, 3], np.uint64)))
    renamed = rows.set_axis([9, 8, 7, 6])
    assert unit_keys(rows, seed=0).tolist() == unit_keys(renamed.reset_index(drop=True), seed=0).tolist()
    assert isinstance(unit_keys(rows, seed=0), np.ndarray)
    assert pd.Series(unit_keys(rows, seed=0)).nunique() == 3
