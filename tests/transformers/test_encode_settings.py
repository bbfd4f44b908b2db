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
        ("image", "stretch", {"resolution": 64}),
        ("image", "stretch", {"resolution": [64]}),
        ("image", "crop", {"resolution": [64, 0]}),
        ("image", "pad", {"color": "cmyk"}),
        ("image", "pad", {"interpolation": "hamming"}),
        ("text", "tfidf", {"ngram_range": [2, 1]}),
        ("text", "tfidf", {"ngram_range": [1]}),
        ("text", "tfidf", {"min_df": 1.5}),
        ("text", "tfidf", {"max_features": 0}),
        ("text", "hashed", {"n_features": 0}),
        ("text", "tokens", {"length": 0}),
        ("text", "tokens", {"level": "subword"}),
        ("text", "tokens", {"vectors_sha256": "abc"}),
        ("sequence", "padded", {"length": "longest"}),
        ("sequence", "padded", {"scale": "standard"}),
        ("sequence", "padded", {"truncate": "left"}),
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


@pytest.mark.parametrize(
    ("group", "name", "changes"),
    [
        ("image", "stretch", {"resolution": [96, 128], "color": "gray"}),
        ("text", "tfidf", {"min_df": 0.01, "max_features": None, "analyzer": "char_wb"}),
        ("text", "tokens", {"length": 256, "vectors": "vectors.txt", "vectors_sha256": "0" * 64}),
        ("sequence", "padded", {"length": 100, "scale": "series", "truncate": "start"}),
    ],
)
def test_values_of_media_keep_what_was_written(group: str, name: str, changes: dict[str, Any]) -> None:
    settings = EncodeSettings.model_validate(composed(**{group: content(group, name) | changes}))
    kept = getattr(settings, group).keywords()
    assert {key: kept[key] for key in changes} == changes
