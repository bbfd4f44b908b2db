from __future__ import annotations

import numpy as np
import pytest
from encode_examples import choice

VALUES = np.array([[1.0], [2.0], [3.0], [4.0], [10.0]])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("none", [1, 2, 3, 4, 10]),
        ("standard", (np.array([1, 2, 3, 4, 10]) - 4) / np.sqrt(10)),
        ("min_max", [0, 1 / 9, 2 / 9, 1 / 3, 1]),
        ("robust", [-1, -0.5, 0, 0.5, 3.5]),
    ],
)
def test_linear_scalers(name: str, expected: list[float]) -> None:
    assert choice("scaler", name).fit_transform(VALUES).ravel() == pytest.approx(expected)


def test_robust_scales_a_column_of_mostly_zeros_by_its_deviation() -> None:
    values = np.array([[0.0, 1.0]] * 90 + [[10_000.0, 3.0]] * 10)
    scaled = choice("scaler", "robust").fit_transform(values)
    assert scaled[-1, 0] == pytest.approx(10_000 / values[:, 0].std())


def test_robust_leaves_a_constant_column_at_zero() -> None:
    assert choice("scaler", "robust").fit_transform(np.full((4, 1), 7.0)).ravel().tolist() == [0, 0, 0, 0]


def test_quantile_makes_any_skew_normal() -> None:
    values = np.exp(3 * np.random.default_rng(0).normal(size=(2000, 1)))
    scaled = choice("scaler", "quantile").fit_transform(values)
    assert scaled.mean() == pytest.approx(0, abs=0.05)
    assert scaled.std() == pytest.approx(1, abs=0.1)


def test_power_straightens_a_lognormal() -> None:
    values = np.exp(np.random.default_rng(0).normal(size=(2000, 1)))
    scaled = choice("scaler", "power").fit_transform(values).ravel()
    assert (scaled**3).mean() == pytest.approx(0, abs=0.15)
