"""The filter of probable label errors."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from stages.samplers.label_errors import LabelErrorFilter


def blobs(wrong: list[int]) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(-3, 1, (40, 2)), rng.normal(3, 1, (40, 2))]).astype(np.float32)
    y = np.repeat([2, 5], 40)
    y[wrong] = 7 - y[wrong]
    return X, y


@pytest.mark.parametrize("estimator", [None, LogisticRegression(), GaussianNB()])
def test_finds_the_flipped_labels(estimator: object) -> None:
    wrong = [3, 11, 50, 77]
    X, y = blobs(wrong)
    sampler = LabelErrorFilter(estimator=estimator, random_state=0)
    kept, labels = sampler.fit_resample(X, y)
    assert sorted(set(range(80)) - set(sampler.sample_indices_)) == wrong
    np.testing.assert_array_equal(kept, X[sampler.sample_indices_])
    np.testing.assert_array_equal(labels, y[sampler.sample_indices_])


def test_part_of_them_only() -> None:
    X, y = blobs([3, 11, 50, 77])
    sampler = LabelErrorFilter(noise_fraction=0.5, filter_by="prune_by_noise_rate")
    sampler.fit_resample(X, y)
    assert 0 < 80 - len(sampler.sample_indices_) < 4


def test_a_class_smaller_than_the_folds_is_refused() -> None:
    X, y = blobs([])
    y[:3] = 9
    with pytest.raises(ValueError, match=r"smallest class has 3 rows and resample.folds=5.*resample.folds=3"):
        LabelErrorFilter().fit_resample(X, y)


def test_one_class_is_refused() -> None:
    with pytest.raises(ValueError, match="all rows have the same class"):
        LabelErrorFilter().fit_resample(np.zeros((10, 1)), np.zeros(10, int))
