"""The sampler that suits the columns, and the steps of one that combines two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stages.samplers.features import Features


def find_steps(sampler: Any) -> tuple[Any, ...]:
    """Return what `sampler` does one after another: over-sampling and cleaning for SMOTEENN and SMOTETomek.

    Taken apart so that each step gets the columns in the form that suits it (SMOTENC wants category ids, the
    cleaning by neighbours wants distances).
    """
    from imblearn.combine import SMOTEENN, SMOTETomek
    from imblearn.over_sampling import SMOTE
    from imblearn.under_sampling import EditedNearestNeighbours, TomekLinks

    if not isinstance(sampler, SMOTEENN | SMOTETomek):
        return (sampler,)
    over = sampler.smote or SMOTE(
        sampling_strategy=sampler.sampling_strategy, random_state=sampler.random_state
    )
    if isinstance(sampler, SMOTEENN):
        return over, sampler.enn or EditedNearestNeighbours(sampling_strategy="all")
    return over, sampler.tomek or TomekLinks(sampling_strategy="all")


def fit_for(sampler: Any, features: Features) -> Any:
    """Return SMOTENC or SMOTEN in place of SMOTE where some or all columns hold categories."""
    from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC

    if type(sampler) is not SMOTE or not features.nominal_columns:
        return sampler
    keywords = sampler.get_params(deep=False)
    if not features.continuous.shape[1]:
        return SMOTEN(**keywords)
    return SMOTENC(features.nominal_columns, **keywords)


def wants_ids(sampler: Any) -> bool:
    """Return whether `sampler` takes categories as ids."""
    from imblearn.over_sampling import SMOTEN, SMOTENC

    return isinstance(sampler, SMOTEN | SMOTENC)


def needs_no_features(sampler: Any) -> bool:
    """Return whether `sampler` looks at classes alone, so that it works for pictures and text as well."""
    from imblearn.over_sampling import RandomOverSampler
    from imblearn.under_sampling import RandomUnderSampler

    if isinstance(sampler, RandomOverSampler):
        return sampler.shrinkage is None
    return isinstance(sampler, RandomUnderSampler)


def describe(samplers: Sequence[Any]) -> str:
    """Return the names of `samplers`, one after another."""
    return " then ".join(type(sampler).__name__ for sampler in samplers)
