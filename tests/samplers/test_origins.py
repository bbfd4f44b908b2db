"""Which rows are old, which are made."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_array_equal

from stages.samplers.origins import find_origins

BEFORE = np.array([[1.0, 0], [2.0, 0], [1.0, 0], [3.0, 1]])


def test_rows_the_sampler_names() -> None:
    assert_array_equal(find_origins(BEFORE, BEFORE[[3, 3, 0]], np.array([3, 3, 0])), [3, 3, 0])


def test_a_named_row_that_was_blurred_is_made() -> None:
    after = BEFORE[[0, 3]].copy()
    after[1, 0] += 0.1
    assert_array_equal(find_origins(BEFORE, after, np.array([0, 3])), [0, -1])


def test_new_rows_after_all_old_ones_are_made_even_where_equal_to_one() -> None:
    after = np.vstack([BEFORE, BEFORE[:1]])
    assert_array_equal(find_origins(BEFORE, after, None), [0, 1, 2, 3, -1])


def test_each_old_row_is_found_once() -> None:
    after = np.array([[3.0, 1], [1.0, 0], [1.5, 0], [1.0, 0], [1.0, 0], [3.0, 0]])
    assert_array_equal(find_origins(BEFORE, after, None), [3, 0, -1, 2, -1, -1])
