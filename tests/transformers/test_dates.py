from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from stages.transformers.dates import DateParts, NoDates

DATES = pd.DataFrame({"opened": pd.to_datetime(["2020-12-31 06:00", "2021-01-01 18:00", None])})


def test_parts_are_those_of_the_calendar() -> None:
    parts = DateParts()
    made = parts.fit_transform(DATES)
    assert parts.get_feature_names_out() == [
        *(f"opened {part}" for part in ("year", "month", "day", "weekday", "hour", "elapsed days"))
    ]
    assert made[0].tolist() == [2020, 12, 31, 3, 6, 0]
    assert made[1].tolist() == [2021, 1, 1, 4, 18, 1.5]
    assert np.isnan(made[2]).all()


def test_days_are_counted_from_trains_first_date() -> None:
    parts = DateParts(parts=("elapsed_days",))
    parts.fit(DATES)
    later = pd.DataFrame({"opened": pd.to_datetime(["2020-12-30 06:00", "2022-12-31 06:00"])})
    assert parts.transform(later).ravel().tolist() == [-1.0, 730.0]


def test_parts_that_never_vary_are_left_out() -> None:
    dates = pd.DataFrame({"opened": pd.to_datetime(["2020-01-05", "2020-01-12", "2020-02-02"])})
    parts = DateParts()
    parts.fit(dates)
    assert parts.get_feature_names_out() == ["opened month", "opened day", "opened elapsed days"]


def test_cyclic_parts_join_december_and_january() -> None:
    parts = DateParts(parts=("year", "month"), cyclic=True)
    dates = pd.DataFrame({"opened": pd.to_datetime(["2020-12-01", "2021-01-01", "2021-06-01"])})
    made = pd.DataFrame(parts.fit_transform(dates), columns=parts.get_feature_names_out())
    assert list(made) == ["opened year", "opened month sine", "opened month cosine"]
    circle = made.iloc[:, 1:].to_numpy()
    assert np.linalg.norm(circle[0] - circle[1]) == pytest.approx(2 * np.sin(np.pi / 12))
    assert np.linalg.norm(circle[0] - circle[2]) == pytest.approx(2)


def test_none_leaves_dates_out() -> None:
    assert NoDates().fit_transform(DATES).shape == (3, 0)
