"""The sampler that suits the columns, and the steps of one that combines two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stages.samplers.features import Features


def find_steps(sampler: Any) -> tuple[Any, ...]:
    """Return what `sampler` does one after another: over-sampling and cleaning for SMOTEENN and SMOTETomek.

    Taken apart so that each step gets the columns in the form that suits it (SMOTENC wants category ids, the
    cleaning by neighbours wants distances). A nested SMOTE that says no ``sampling_strategy`` has the outer
    one.
    """
    from imblearn.combine import SMOTEENN, SMOTETomek
    from imblearn.over_sampling import SMOTE
    from imblearn.under_sampling import EditedNearestNeighbours, TomekLinks
    from sklearn.base import clone

    if not isinstance(sampler, SMOTEENN | SMOTETomek):
        return (seeded(sampler),)
    over = clone(sampler.smote or SMOTE(random_state=sampler.random_state))
    if over.sampling_strategy == "auto":
        over.set_params(sampling_strategy=sampler.sampling_strategy)
    if over.random_state is None:
        over.set_params(random_state=sampler.random_state)
    if isinstance(sampler, SMOTEENN):
        return over, sampler.enn or EditedNearestNeighbours(sampling_strategy="all")
    return over, sampler.tomek or TomekLinks(sampling_strategy="all")


def seeded(sampler: Any) -> Any:
    """Return `sampler` with its seed for what is nested in it and has none, which would differ each run.

    Examples
    --------
    >>> from imblearn.over_sampling import SVMSMOTE
    >>> from sklearn.svm import SVC
    >>> seeded(SVMSMOTE(svm_estimator=SVC(), random_state=7)).svm_estimator.random_state
    7
    """
    from sklearn.base import clone

    if not hasattr(sampler, "get_params"):
        return sampler
    seed = getattr(sampler, "random_state", None)
    nested = [key for key in sampler.get_params() if key.endswith("__random_state")]
    unset = {key: seed for key in nested if sampler.get_params()[key] is None}
    return clone(sampler).set_params(**unset) if unset else sampler


def fit_for(sampler: Any, features: Features) -> Any:
    """Return SMOTENC or SMOTEN in place of SMOTE where some or all columns hold categories.

    Beside the terms of texts, a sparse matrix, categories stay one-hot codes.
    """
    from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC

    if type(sampler) is not SMOTE or not features.nominal_columns or features.terms is not None:
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
