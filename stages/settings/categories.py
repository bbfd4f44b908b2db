"""Choices of `encode.categories`: how categories become numbers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from stages.settings.choice import Choice, TypedChoice
from stages.settings.seeded import Number, Rows, Seeded, Share


class Grouped(TypedChoice):
    """Base: rare categories share one code."""

    min_frequency: Rows | Share | None = Field(
        description="categories with fewer rows of train (below 1: a smaller share) are grouped; null: none"
    )
    max_categories: Annotated[StrictInt, Field(ge=2)] | None = Field(
        description="codes a column has at most, the rarest grouped; null: no limit"
    )


class OneHot(Grouped):
    """A column of 0 and 1 for each category."""

    handle_unknown: Literal["infrequent_if_exist", "ignore"] = Field(
        description="unseen categories: the rare one where there is one, or all zeros"
    )


class Ordinal(Grouped):
    """One number for each category."""


class Embedding(Grouped):
    """Ids for an embedding layer."""


class TargetMean(Seeded):
    """The mean target of the category, cross-fitted."""

    smooth: Annotated[Number, Field(ge=0)] | Literal["auto"] = Field(
        description="rows' worth of overall mean mixed in; auto: empirical Bayes"
    )
    folds: Annotated[StrictInt, Field(ge=2)] = Field(description="folds of train for cross-fitting")


class Hashed(TypedChoice):
    """All categories spread over a fixed number of columns."""

    n_features: Rows = Field(description="number of columns")
    alternate_sign: StrictBool = Field(description="the hash decides the sign too, so that collisions cancel")


CATEGORIES: dict[str, type[Choice]] = {
    "stages.transformers.encoders.OneHot": OneHot,
    "stages.transformers.encoders.Ordinal": Ordinal,
    "stages.transformers.encoders.Embedding": Embedding,
    "stages.transformers.target_mean.TargetMean": TargetMean,
    "stages.transformers.encoders.Hashed": Hashed,
}
