"""Rows that are picked lazily and batches gathered of them, against plain indexing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from stages.examples import arrays
from stages.examples.arrays import Picked, chunks, dense_parts, gather, row_bytes, stack, take, with_sparse
from stages.examples.encoded import Encoded, concatenate

PICTURES = np.arange(5 * 2 * 3 * 1, dtype=np.uint8).reshape(5, 2, 3, 1)
TERMS = np.float32([[0, 1, 0], [2, 0, 3], [0, 0, 0]])


@pytest.fixture
def mapped(tmp_path: Path) -> Any:
    """The pictures in a memory-mapped file."""
    np.save(tmp_path / "pictures.npy", PICTURES)
    return np.load(tmp_path / "pictures.npy", mmap_mode="r")


def test_taking_pictures_copies_none(mapped: Any) -> None:
    taken = take(mapped, np.array([4, 0, 4]))
    assert isinstance(taken, Picked)
    assert taken.sources[0] is mapped
    assert (taken.shape, taken.dtype, taken.ndim, len(taken)) == ((3, 2, 3, 1), np.uint8, 4, 3)
    assert (taken.nbytes_per_row, taken.nbytes) == (6, 18)
    assert np.array_equal(np.asarray(taken), PICTURES[[4, 0, 4]])


def test_rows_of_rows_are_those_of_the_source(mapped: Any) -> None:
    taken = take(take(mapped, np.array([4, 3, 0])), np.array([2, 0]))
    assert taken.rows.tolist() == [0, 4]
    assert np.array_equal(taken[1], PICTURES[4])
    assert np.array_equal(taken[-1], PICTURES[4])
    assert np.array_equal(np.asarray(taken[:1]), PICTURES[:1])
    assert np.array_equal(np.asarray(taken[np.array([False, True])]), PICTURES[4:])


def test_stacked_rows_are_gathered_from_each_source(mapped: Any) -> None:
    stacked = stack([take(mapped, np.array([1, 1])), PICTURES[:0], PICTURES[2:4]])
    expected = np.concatenate([PICTURES[[1, 1]], PICTURES[2:4]])
    assert np.array_equal(np.asarray(stacked), expected)
    rows = np.array([3, 0, 2, 3])
    batch = gather(stacked, rows)
    assert np.array_equal(batch, expected[rows])
    assert type(batch) is np.ndarray
    assert batch.flags["C_CONTIGUOUS"]


def test_small_rows_are_copied_as_ever() -> None:
    numbers = np.arange(6.0).reshape(3, 2)
    assert type(take(numbers, np.array([0]))) is np.ndarray
    assert stack([numbers, numbers[:1]]).tolist() == [[0, 1], [2, 3], [4, 5], [0, 1]]


def test_sparse_rows_stay_sparse_until_they_are_a_batch() -> None:
    sparse = csr_array(TERMS)
    both = stack([take(sparse, np.array([1])), sparse])
    assert both.format == "csr"
    assert np.array_equal(gather(both, np.array([3, 0])), TERMS[[2, 1]])
    assert row_bytes(both) == 12


def test_a_row_that_is_not_there_is_refused(mapped: Any) -> None:
    with pytest.raises(IndexError, match="rows 0 to 5 were asked for, of 5"):
        Picked([mapped], np.array([0, 5]))
    with pytest.raises(ValueError, match="one dtype and one shape of a row"):
        Picked([PICTURES, PICTURES.astype(np.float32)], np.array([0]))


def test_no_row_at_all_can_be_picked(mapped: Any) -> None:
    none = take(mapped, np.zeros(0, np.int64))
    assert (len(none), np.asarray(none).shape) == (0, (0, 2, 3, 1))
    assert gather(none, np.zeros(0, np.int64)).shape == (0, 2, 3, 1)


def test_chunks_cover_all_rows_once(mapped: Any) -> None:
    parts = list(chunks(take(mapped, np.arange(5)[::-1]), chunk_bytes=13))
    assert [len(part) for part in parts] == [2, 2, 1]
    assert np.array_equal(np.concatenate(parts), PICTURES[::-1])


def test_a_sparse_array_comes_back_from_its_parts() -> None:
    parts = {f"terms{suffix}": each for suffix, each in dense_parts(csr_array(TERMS)).items()}
    assert sorted(parts) == ["terms.data", "terms.indices", "terms.indptr", "terms.shape"]
    whole = with_sparse({**parts, "numeric": np.zeros((3, 1))})
    assert list(whole) == ["numeric", "terms"]
    assert np.array_equal(whole["terms"].toarray(), TERMS)
    assert np.shares_memory(whole["terms"].data, parts["terms.data"])


def test_examples_of_every_kind_are_taken_and_put_together(mapped: Any) -> None:
    inputs = {"image": mapped, "terms": csr_array(np.eye(5, 3, dtype=np.float32)), "numeric": np.ones((5, 1))}
    train = Encoded(inputs, np.arange(5), np.arange(5))
    rows = np.array([3, 1])
    both = concatenate([train.take(rows), train.take(rows[:0]), train])
    assert both.target.tolist() == [3, 1, 0, 1, 2, 3, 4]
    assert both.inputs["image"].sources[0] is mapped
    for name, array in both.inputs.items():
        whole = arrays.gather(inputs[name], np.array([3, 1, 0, 1, 2, 3, 4]))
        assert np.array_equal(gather(array, np.arange(7)), whole)
