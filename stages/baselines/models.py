"""The baselines by name, each a pipeline of scikit-learn from the table of examples to its answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge, RidgeCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from stages.baselines.media import boosting_features, has_media, linear_features
from stages.examples.encoded import Array
from stages.examples.schema import Schema

PENALTIES = tuple(np.logspace(-2, 4, 13).tolist())
"""Penalties of the squared coefficients that ridge regression chooses from."""
FEW_ROWS = 10_000
"""Up to so many rows of train the penalty matters, and leaving each of them out takes seconds."""
FEW_MEDIA_ROWS = 2_000
"""The same where a row is a picture, a text or a series: thousands of columns."""
STEPS, MEDIA_STEPS = 1000, 100
"""Steps of logistic regression, at most; on pixels and words the later ones change next to nothing."""
ROUNDS, MEDIA_ROUNDS = 500, 100
"""Rounds of gradient boosting, at most; of pictures, texts and series fewer, each being slower."""
MEDIA_TREES, LEAST_ROUNDS = 600, 10
"""Trees of all these rounds, at most: of more than two classes each round makes one tree a class."""
HELD_OUT = 0.1
"""Share of train that says when gradient boosting stops."""


def constant(schema: Schema, target: Array, *, statistic: Literal["mean", "median"], seed: int) -> Pipeline:
    """Return the model that looks at nothing: the share of each class in train, or its mean or median.

    Examples
    --------
    >>> import pandas as pd
    >>> schema = Schema(dataset="d", task="regression", target="y", features=())
    >>> frame, target = pd.DataFrame(index=range(3)), np.array([1.0, 1.0, 4.0])
    >>> constant(schema, target, statistic="mean", seed=0).fit(frame, target).predict(frame).tolist()
    [2.0, 2.0, 2.0]
    """
    regression = schema.task == "regression"
    return Pipeline([("model", DummyRegressor(strategy=statistic) if regression else DummyClassifier())])


def linear(schema: Schema, target: Array, *, statistic: str, seed: int) -> Pipeline:
    """Return logistic regression or ridge regression, both with penalty 1.

    Ridge regression on up to 10,000 rows (of pictures, texts or series 2,000) takes the penalty that is
    best when each row is left out in turn.

    Examples
    --------
    >>> import pandas as pd
    >>> from stages.examples.schema import Column
    >>> schema = Schema(
    ...     dataset="d", task="regression", target="y", features=(Column(name="a", role="numeric"),)
    ... )
    >>> frame, target = pd.DataFrame({"feature.a": [1.0, 2.0, 3.0, 4.0]}), np.array([1.0, 3.0, 5.0, 7.0])
    >>> linear(schema, target, statistic="mean", seed=0).fit(frame, target).predict(frame).round(1).tolist()
    [1.0, 3.0, 5.0, 7.0]
    """
    if schema.task == "regression":
        few = len(target) <= (FEW_MEDIA_ROWS if has_media(schema) else FEW_ROWS)
        model = _standardized(RidgeCV(PENALTIES) if few else Ridge())
    else:
        model = LogisticRegression(max_iter=MEDIA_STEPS if has_media(schema) else STEPS)
    return Pipeline([("features", linear_features(schema)), ("model", model)])


def gradient_boosting(schema: Schema, target: Array, *, statistic: str, seed: int) -> Pipeline:
    """Return histogram gradient boosting of up to 500 rounds; a drawn tenth of train says when to stop.

    Of pictures, texts and series there are up to 100 rounds, and 600 trees. Where that tenth cannot hold a
    row of each class, there are 50 rounds. A leaf holds 20 rows, or on less than 80 rows of train a quarter
    of them: else the trees of a small table could not branch.

    Examples
    --------
    >>> import pandas as pd
    >>> from stages.examples.schema import Column
    >>> schema = Schema(dataset="d", task="binary", target="y", features=(Column(name="a", role="numeric"),))
    >>> frame, target = pd.DataFrame({"feature.a": np.arange(100.0)}), np.arange(100) // 50
    >>> fitted = gradient_boosting(schema, target, statistic="mean", seed=0).fit(frame, target)
    >>> fitted.predict(frame)[[0, 99]].tolist()
    [0, 1]
    """
    regression = schema.task == "regression"
    stops = _can_hold_out(target, classes=not regression)
    rounds = _media_rounds(schema) if has_media(schema) else ROUNDS
    options = {
        "max_iter": rounds if stops else min(50, rounds),
        "early_stopping": stops,
        "validation_fraction": HELD_OUT,
        "min_samples_leaf": min(20, max(1, len(target) // 4)),
        "random_state": seed,
    }
    if regression:
        model = _standardized(HistGradientBoostingRegressor(**options))
    else:
        model = HistGradientBoostingClassifier(**options)
    return Pipeline([("features", boosting_features(schema, seed=seed)), ("model", model)])


BASELINES: Mapping[str, Callable[..., Pipeline]] = {
    "constant": constant,
    "linear": linear,
    "gradient_boosting": gradient_boosting,
}
"""What makes each baseline, unfitted: (schema, target of train, *, statistic, seed)."""


def describe(fitted: Pipeline) -> dict[str, Any]:
    """Return what a reader may want to know of a fitted pipeline: model, columns, iterations, penalty."""
    model = fitted.named_steps["model"]
    model = getattr(model, "regressor_", model)
    facts: dict[str, Any] = {"model": type(model).__name__}
    if "features" in fitted.named_steps:
        facts["columns"] = int(model.n_features_in_)
    if getattr(model, "n_iter_", None) is not None:
        facts["iterations"] = int(np.max(model.n_iter_))
    if hasattr(model, "alpha_"):
        facts["penalty"] = float(model.alpha_)
    return facts


def _media_rounds(schema: Schema) -> int:
    trees = len(schema.classes) if schema.task == "multiclass" else 1
    return max(LEAST_ROUNDS, min(MEDIA_ROUNDS, MEDIA_TREES // trees))


def _standardized(regressor: Any) -> TransformedTargetRegressor:
    """Return `regressor` of a target of mean 0 and variance 1: the same model, whatever the target's unit."""
    return TransformedTargetRegressor(regressor, transformer=StandardScaler())


def _can_hold_out(target: Array, *, classes: bool) -> bool:
    """Return whether a tenth of train can be drawn with a row of each class in it and left."""
    held = math.ceil(HELD_OUT * len(target))
    if not classes:
        return len(target) > held
    counts = np.unique(target, return_counts=True)[1]
    return bool(counts.min() >= 2 and len(counts) <= min(held, len(target) - held))
