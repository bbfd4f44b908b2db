from __future__ import annotations

import numpy as np
import pytest
from encode_examples import choice

from stages.transformers.targets import Log1p

PRICES = np.array([[0.0], [10.0], [200.0], [3000.0]])


@pytest.mark.parametrize("name", ["none", "standard", "log1p", "quantile"])
@pytest.mark.filterwarnings("ignore:n_quantiles")
def test_every_transformation_is_undone(name: str) -> None:
    transformer = choice("target", name).fit(PRICES)
    assert transformer.inverse_transform(transformer.transform(PRICES)) == pytest.approx(PRICES, rel=1e-6)


def test_log1p_is_standardised_on_demand() -> None:
    plain = Log1p(standardize=False).fit(PRICES)
    assert plain.transform(PRICES).ravel() == pytest.approx(np.log1p(PRICES.ravel()))
    standardised = Log1p(standardize=True).fit(PRICES).transform(PRICES)
    assert (standardised.mean(), standardised.std()) == pytest.approx((0, 1))


def test_log1p_says_which_values_it_takes() -> None:
    assert Log1p().valid(np.array([-1.0, -0.5, 3.0, np.nan])).tolist() == [False, True, True, False]


def test_a_wild_prediction_becomes_infinity_silently() -> None:
    assert Log1p(standardize=False).fit(PRICES).inverse_transform(np.array([[1e6]]))[0, 0] == np.inf
