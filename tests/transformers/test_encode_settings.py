"""What the types of section encode refuse."""

from __future__ import annotations

from typing import Any

import pytest
from encode_examples import composed, content
from pydantic import ValidationError

from stages.settings.encode import EncodeSettings


def test_the_defaults_are_accepted() -> None:
    settings = EncodeSettings.model_validate(composed())
    assert settings.imputer.keywords() == {"strategy": "median", "fill_value": None}


@pytest.mark.parametrize(
    ("group", "name", "changes"),
    [
        ("imputer", "constant", {"fill_value": None}),
        ("imputer", "knn", {"n_neighbors": 0}),
        ("imputer", "knn", {"n_neighbors": True}),
        ("imputer", "knn", {"neighbours": 3}),
        ("outliers", "iqr", {"action": "remove"}),
        ("outliers", "quantile", {"lower": 0.99, "upper": 0.01}),
        ("outliers", "isolation_forest", {"action": "clip"}),
        ("outliers", "isolation_forest", {"contamination": 0.9}),
        ("categories", "one_hot", {"min_frequency": 1.5}),
        ("categories", "one_hot", {"handle_unknown": "error"}),
        ("categories", "target", {"smooth": -1}),
        ("dates", "parts", {"parts": ["century"]}),
        ("dates", "parts", {"parts": []}),
        ("scaler", "robust", {"lower_percentile": 80}),
        ("scaler", "min_max", {"minimum": 2}),
        ("scaler", "standard", {"with_mean": "yes"}),
        ("target", "quantile", {"output_distribution": "gamma"}),
    ],
)
def test_values_out_of_range_are_refused(group: str, name: str, changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EncodeSettings.model_validate(composed(**{group: content(group, name) | changes}))


@pytest.mark.parametrize(
    "changes",
    [
        {"max_missing_share": 0},
        {"max_missing_share": "half"},
        {"drop_constant": 1},
        {"min_class_rows": 0},
        {"rare_classes": "ignore"},
        {"missing_indicators": True},
    ],
)
def test_values_of_the_section_are_checked(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EncodeSettings.model_validate(composed(**changes))


def test_shares_and_counts_keep_their_type() -> None:
    for given in (3, 0.02, None):
        choice = content("categories", "one_hot") | {"min_frequency": given}
        kept = EncodeSettings.model_validate(composed(categories=choice)).categories.keywords()[
            "min_frequency"
        ]
        assert kept == given
        assert type(kept) is type(given)
