from __future__ import annotations

import logging

import numpy as np
import pytest
from encode_examples import choice

from stages.transformers import imputers
from stages.transformers.imputers import KNNImputer

NAN = np.nan
COLUMN = np.array([[1.0], [2.0], [2.0], [7.0], [NAN]])


@pytest.mark.parametrize(
    ("name", "value"), [("mean", 3.0), ("median", 2.0), ("most_frequent", 2.0), ("constant", 0.0)]
)
def test_simple_imputers_fill_with_their_statistic(name: str, value: float) -> None:
    assert choice("imputer", name).fit_transform(COLUMN)[-1, 0] == value


def test_knn_weighs_columns_alike_whatever_their_scale() -> None:
    # By the large second column alone, row 0 would be nearest; standardised, it is row 1.
    rows = np.array([[0.0, 1000.0, 1.0], [9.0, 1100.0, 2.0], [9.0, 1040.0, NAN], [0.0, 3000.0, 5.0]])
    assert KNNImputer(n_neighbors=1).fit_transform(rows)[2, 2] == pytest.approx(2.0)


def test_knn_leaves_known_cells_to_the_bit_and_its_argument_alone() -> None:
    rows = np.array([[0.1, NAN], [0.3, 0.7], [0.2, 0.9]])
    before = rows.copy()
    filled = KNNImputer(n_neighbors=2).fit_transform(rows)
    assert np.array_equal(filled[~np.isnan(rows)], rows[~np.isnan(rows)])
    assert filled[0, 1] == pytest.approx(0.8)
    assert np.array_equal(rows, before, equal_nan=True)


def test_knn_searches_no_more_rows_than_allowed() -> None:
    rows = np.arange(200.0).reshape(100, 2)
    assert KNNImputer(max_rows=10).fit(rows).imputer_._fit_X.shape == (10, 2)


def test_knn_fills_a_row_without_any_number_with_the_means() -> None:
    rows = np.array([[1.0, 10.0], [3.0, 30.0]])
    filled = KNNImputer(n_neighbors=1).fit(rows).transform(np.array([[NAN, NAN]]))
    assert filled.tolist() == [[2.0, 20.0]]


def test_knn_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(imputers, "SECONDS_BETWEEN_LINES", 0.0)
    monkeypatch.setattr(imputers, "ROWS_AT_ONCE", 2)
    with caplog.at_level(logging.INFO, logger="stages"):
        KNNImputer(n_neighbors=1).fit_transform(np.array([[1.0, NAN], [2.0, NAN], [3.0, NAN], [4.0, 5.0]]))
    assert caplog.messages == [
        "k-NN imputation: 2 of 3 incomplete rows",
        "k-NN imputation: 3 of 3 incomplete rows",
    ]


def test_iterative_follows_the_other_columns() -> None:
    rows = np.column_stack([np.arange(20.0), 2 * np.arange(20.0) + 1])
    rows[7, 1] = NAN
    assert choice("imputer", "iterative").fit_transform(rows)[7, 1] == pytest.approx(15.0, abs=0.05)
