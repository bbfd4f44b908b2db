"""Parameters of `encode`: what is learnt from train before the network is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from stages.settings.categories import CATEGORIES
from stages.settings.choice import Choice, OneOf, Section
from stages.settings.dates import DATES
from stages.settings.image import IMAGES
from stages.settings.imputer import IMPUTERS
from stages.settings.outliers import OUTLIERS
from stages.settings.scaler import SCALERS, TARGETS
from stages.settings.seeded import Number, Rows
from stages.settings.sequence import SEQUENCES
from stages.settings.text import TEXTS


class EncodeSettings(Section):
    """What is learnt from train before the network is."""

    imputer: Annotated[Choice, OneOf(IMPUTERS)] = Field(description="what fills missing numbers")
    outliers: Annotated[Choice, OneOf(OUTLIERS)] = Field(description="what is done with outlying numbers")
    categories: Annotated[Choice, OneOf(CATEGORIES)] = Field(description="how categories become numbers")
    dates: Annotated[Choice, OneOf(DATES)] = Field(description="how dates become numbers")
    scaler: Annotated[Choice, OneOf(SCALERS)] = Field(description="how numbers are scaled")
    image: Annotated[Choice, OneOf(IMAGES)] = Field(description="how pictures become pixels of one size")
    text: Annotated[Choice, OneOf(TEXTS)] = Field(description="how texts become numbers")
    sequence: Annotated[Choice, OneOf(SEQUENCES)] = Field(description="how sequences become one array")
    target: Annotated[Choice, OneOf(TARGETS)] = Field(description="how a regression target is transformed")
    missing_indicator: StrictBool = Field(
        description="a column of 0 and 1 beside each number, boolean or date with missing cells in train"
    )
    missing_categories: Literal["own_category", "most_frequent"] = Field(
        description="what a missing category becomes"
    )
    max_missing_share: Annotated[Number, Field(gt=0, le=1)] = Field(
        description="columns with a greater share of missing cells in train are dropped"
    )
    drop_constant: StrictBool = Field(description="columns with a single value in train are dropped")
    rare_classes: Literal["keep", "refuse", "drop"] = Field(description="what is done with rare classes")
    min_class_rows: Rows = Field(description="classes with fewer rows of train are rare")


class EncodeConfig(Section):
    """The sections that `encode` reads."""

    encode: EncodeSettings
