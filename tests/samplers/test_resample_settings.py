"""Types of the section `resample`."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from encoded_rows import content
from pydantic import ValidationError

from stages.settings.resample import SMOTE, ResampleConfig


def config(name: str, **changes: Any) -> ResampleConfig:
    return ResampleConfig.model_validate({"resample": content("resample", name) | changes})


@pytest.mark.parametrize("strategy", ["minority", 0.5, 1, {"bad": 2000, 1: 3}])
def test_strategies_of_counts(strategy: Any) -> None:
    choice = config("smote", sampling_strategy=strategy).resample
    assert isinstance(choice, SMOTE)
    assert choice.keywords()["sampling_strategy"] == strategy
    written = yaml.safe_dump(config("smote", sampling_strategy=strategy).model_dump(by_alias=True))
    assert ResampleConfig.model_validate(yaml.safe_load(written)).resample == choice


@pytest.mark.parametrize("strategy", ["minorty", 0, 1.2, True, [], {}, {"bad": 1.5}, {"bad": -1}, ["bad"]])
def test_wrong_strategies_of_counts(strategy: Any) -> None:
    with pytest.raises(ValidationError, match="must be one of auto, majority"):
        config("smote", sampling_strategy=strategy)


def test_strategies_of_names() -> None:
    config("tomek_links", sampling_strategy=["good"])
    for wrong in (0.5, {"good": 3}, [], "none"):
        with pytest.raises(ValidationError, match="this sampler finds itself how many"):
            config("tomek_links", sampling_strategy=wrong)


def test_a_nested_estimator() -> None:
    nested = {"_target_": "sklearn.cluster.MiniBatchKMeans", "n_init": 1}
    given = config("cluster_centroids", estimator=nested).resample.keywords()["estimator"]
    assert given == nested | {"_partial_": False}
    assert config("kmeans_smote", kmeans_estimator=30).resample.keywords()["kmeans_estimator"] == 30


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("smote", {"k_neighbors": 0}),
        ("smote", {"k_neighbors": 2.5}),
        ("smote", {"k_neighbours": 3}),
        ("near_miss", {"version": 4}),
        ("edited_nearest_neighbours", {"kind_sel": "some"}),
        ("svm_smote", {"out_step": 1.5}),
        ("random_over", {"shrinkage": -1}),
        ("label_errors", {"folds": 1}),
        ("label_errors", {"noise_fraction": 0}),
        ("smote", {"random_state": -1}),
    ],
)
def test_refused(name: str, changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        config(name, **changes)
