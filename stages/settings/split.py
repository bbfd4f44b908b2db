"""Types of the section `split`."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, PlainValidator, StrictInt, model_validator

from stages.settings.choice import Choice, OneOf, Section, TypedChoice
from stages.settings.seeded import Seed

MINIMUM_BINS = 2


def _check_size(size: object) -> object:
    """Let a fraction or a number of rows pass, as one kind of value with one message."""
    fraction = isinstance(size, float) and 0 < size < 1
    rows = isinstance(size, int) and not isinstance(size, bool) and size >= 1
    if not fraction and not rows:
        raise ValueError(
            "must be a fraction between 0 and 1 (0.2), or a whole number of rows from 1 on (500)"
        )
    return size


Size = Annotated[int | float, PlainValidator(_check_size)]
Names = Annotated[list[str], Field(min_length=1)]


class Random(TypedChoice):
    """Rows (or groups) at random, without heed to the target."""


class Binned(TypedChoice):
    """What all strategies share that keep the target's distribution."""

    bins: StrictInt = Field(ge=MINIMUM_BINS, le=1000, description="quantile bins of a regression target")


class Stratified(Binned):
    """The same share of every class, or bin of a regression target, in each part."""


class Grouped(TypedChoice):
    """Whole groups at random; needs a column with the role `group`."""


class GroupedStratified(Binned):
    """Whole groups, with nearly the same share of every class in each part."""


class ByTime(TypedChoice):
    """The past trains, the future tests; needs a column with the role `time`."""


class Predefined(Binned):
    """As the column with the role `part` says."""

    train: Names = Field(description="what that column says for rows of train")
    validation: Names = Field(description="what it says for validation; none such: drawn from train")
    test: Names = Field(description="what it says for test")


STRATEGIES: dict[str, type[Choice]] = {
    "stages.splitters.random.Random": Random,
    "stages.splitters.stratified.Stratified": Stratified,
    "stages.splitters.grouped.Grouped": Grouped,
    "stages.splitters.grouped_stratified.GroupedStratified": GroupedStratified,
    "stages.splitters.by_time.ByTime": ByTime,
    "stages.splitters.predefined.Predefined": Predefined,
}


class SplitSettings(Section):
    """Which rows train, which validate, which test."""

    test_size: Size = Field(description="test rows: fraction of all rows (below 1) or their number")
    validation_size: Size = Field(
        description="validation rows: fraction of all rows (below 1) or their number"
    )
    folds: StrictInt = Field(ge=0, description="folds of a cross-validation; 0 or 1: a single split")
    fold: StrictInt = Field(ge=0, description="the fold to test on, from 0; counts only with folds")
    seed: Seed = Field(description="decides which rows go where")
    strategy: Annotated[Choice, OneOf(STRATEGIES)] = Field(description="how rows are drawn")

    @model_validator(mode="after")
    def _fold_exists(self) -> Self:
        if self.folds > 1 and self.fold >= self.folds:
            raise ValueError(
                f"fold={self.fold} does not exist: with folds={self.folds} the folds are numbered 0 to "
                f"{self.folds - 1}"
            )
        return self

    @model_validator(mode="after")
    def _leaves_rows_to_train_on(self) -> Self:
        fractions = [size for size in (self.test_size, self.validation_size) if size < 1]
        if self.folds <= 1 and sum(fractions) >= 1:
            raise ValueError(
                f"test_size={self.test_size} and validation_size={self.validation_size} leave nothing to "
                "train on: together they must stay below 1"
            )
        return self

    @model_validator(mode="after")
    def _folds_need_a_drawn_test_part(self) -> Self:
        if self.folds > 1 and isinstance(self.strategy, Predefined):
            raise ValueError(
                f"folds={self.folds} cannot go with split/strategy=predefined, where the data gives the "
                "parts: set split.folds=0 or take another strategy"
            )
        return self


class SplitConfig(Section):
    """What stage `split` is handed."""

    split: SplitSettings
