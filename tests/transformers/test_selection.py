from __future__ import annotations

import numpy as np
import pandas as pd

from stages.transformers.selection import ColumnSelection

FRAME = pd.DataFrame(
    {
        "feature.good": [1.0, 2.0, 3.0, 4.0],
        "feature.empty": [np.nan] * 4,
        "feature.sparse": [1.0, 2.0, np.nan, np.nan],
        "feature.same": ["x", "x", "x", "x"],
        "feature.known": [1.0, 1.0, np.nan, 1.0],
    }
)


def test_each_reason_is_given() -> None:
    selection = ColumnSelection(max_missing_share=0.4).fit(FRAME)
    assert selection.kept_ == ["feature.good"]
    assert selection.dropped_ == {
        "empty": "empty: every cell is missing",
        "sparse": "50 % missing",
        "same": "constant: every value is x",
        "known": "constant: every value is 1.0",
    }


def test_missing_counts_as_a_value_where_it_is_encoded() -> None:
    selection = ColumnSelection(missing_is_value=["feature.known"]).fit(FRAME)
    assert "feature.known" in selection.kept_


def test_constant_columns_stay_on_demand() -> None:
    assert "feature.same" in ColumnSelection(drop_constant=False).fit(FRAME).kept_
