"""Choices of `encode.imputer`: what fills missing numbers."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StrictInt, model_validator

from stages.settings.choice import Choice, TypedChoice
from stages.settings.seeded import Number, Rows, Seeded


class SimpleImputer(TypedChoice):
    """One value for each column, from train or given."""

    strategy: Literal["mean", "median", "most_frequent", "constant"] = Field(
        description="which value fills missing cells"
    )
    fill_value: Number | None = Field(description="the value of the strategy constant")

    @model_validator(mode="after")
    def _constant_has_a_value(self) -> Self:
        if self.strategy == "constant" and self.fill_value is None:
            raise ValueError("fill_value: expected a number, received none; the strategy constant needs one")
        return self


class KNNImputer(TypedChoice):
    """Mean of the rows most alike in the other numbers."""

    n_neighbors: Rows = Field(description="rows averaged")
    weights: Literal["uniform", "distance"] = Field(description="distance: nearer rows count more")
    max_rows: Annotated[StrictInt, Field(ge=2)] = Field(
        description="rows of train searched; time grows with it"
    )


class IterativeImputer(Seeded):
    """Each column predicted from the others by Bayesian ridge regression, in rounds."""

    max_iter: Annotated[StrictInt, Field(ge=1)] = Field(description="rounds at most")
    tol: Annotated[Number, Field(gt=0)] = Field(
        description="stops when values change less, relative to the data"
    )
    sample_posterior: StrictBool = Field(description="draw values from the predicted distribution")
    n_nearest_features: Rows | None = Field(description="predict from this many columns only; null: all")
    initial_strategy: Literal["mean", "median", "most_frequent"] = Field(
        description="values of the first round"
    )
    imputation_order: Literal["ascending", "descending", "roman", "arabic", "random"] = Field(
        description="order of the columns; ascending: those with fewest missing cells first"
    )
    skip_complete: StrictBool = Field(
        description="columns complete in train are never predicted, only averaged"
    )
    min_value: Number | None = Field(description="least value filled in; null: none")
    max_value: Number | None = Field(description="greatest value filled in; null: none")


IMPUTERS: dict[str, type[Choice]] = {
    "sklearn.impute.SimpleImputer": SimpleImputer,
    "stages.transformers.imputers.KNNImputer": KNNImputer,
    "stages.transformers.imputers.IterativeImputer": IterativeImputer,
}
