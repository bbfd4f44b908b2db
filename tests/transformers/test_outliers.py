from __future__ import annotations

import numpy as np
import pytest

from stages.transformers.outliers import (
    IqrOutliers,
    IsolationForestOutliers,
    NoOutliers,
    QuantileOutliers,
    ZScoreOutliers,
)

ROWS = np.array([[1.0], [2.0], [3.0], [4.0], [100.0], [np.nan]])


def test_iqr_clips_at_tukeys_fences() -> None:
    method = IqrOutliers(factor=1.5, action="clip")
    assert method.fit_rows(ROWS).all()
    assert (method.lower_[0], method.upper_[0]) == (-1.0, 7.0)  # quartiles 2 and 4
    clipped = method.transform(np.array([[-9.0], [5.0], [8.0], [np.nan]]))
    assert clipped[:3].ravel().tolist() == [-1.0, 5.0, 7.0]
    assert np.isnan(clipped[3, 0])


def test_drop_names_the_rows_of_train_and_clips_others() -> None:
    method = IqrOutliers(action="drop")
    assert method.fit_rows(ROWS).tolist() == [True, True, True, True, False, True]
    assert method.transform(np.array([[100.0]]))[0, 0] == 7.0


def test_z_score_bounds_are_mean_and_deviations() -> None:
    values = np.array([[0.0], [2.0], [4.0]])
    method = ZScoreOutliers(threshold=1.0)
    method.fit_rows(values)
    assert method.upper_[0] == pytest.approx(2 + np.sqrt(8 / 3))


def test_quantile_bounds() -> None:
    method = QuantileOutliers(lower=0.1, upper=0.9)
    method.fit_rows(np.arange(11.0).reshape(-1, 1))
    assert (method.lower_[0], method.upper_[0]) == (1.0, 9.0)


@pytest.mark.parametrize("method", [IqrOutliers(), QuantileOutliers(lower=0.1, upper=0.9)])
def test_a_column_of_mostly_one_value_is_left_alone(method: IqrOutliers) -> None:
    values = np.array([[0.0]] * 95 + [[9.0]] * 5)
    assert method.fit_rows(values).all()
    assert np.array_equal(method.transform(values), values)


def test_isolation_forest_drops_the_far_row_and_takes_missing_cells() -> None:
    values = np.random.default_rng(0).normal(size=(100, 2))
    values[3] = (40.0, -40.0)
    values[5, 0] = np.nan
    method = IsolationForestOutliers(contamination=0.01, n_estimators=20)
    assert np.flatnonzero(~method.fit_rows(values)).tolist() == [3]
    assert method.transform(values) is values


def test_isolation_forest_refuses_to_clip() -> None:
    with pytest.raises(ValueError, match="nothing to clip: set its action to drop"):
        IsolationForestOutliers(action="clip").fit_rows(ROWS)


def test_none_keeps_all() -> None:
    assert NoOutliers().fit_rows(ROWS).all()
    assert NoOutliers().transform(ROWS) is ROWS
