"""Types of the section `augment`: one model for each augmenter."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool, StrictFloat, StrictInt

from stages.settings.choice import Choice, OneOf, Section, TypedChoice
from stages.settings.media_augment import MEDIA_AUGMENTERS
from stages.settings.seeded import Seed
from stages.settings.text_augment import TEXT_AUGMENTERS


class NoAugmenter(TypedChoice):
    """No new examples."""


class Copying(TypedChoice):
    """What all augmenters share that make new rows for each row of train."""

    copies: StrictInt = Field(ge=1, le=1000, description="new rows for each row of train")
    seed: Seed = Field(description="decides the random changes")


class GaussianNoise(Copying):
    """Copies with normal noise on the continuous columns."""

    scale: StrictFloat = Field(gt=0, description="noise in standard deviations of the column in train")


class SwapNoise(Copying):
    """Copies with cells taken from other rows."""

    probability: StrictFloat = Field(gt=0, le=1, description="probability of each cell to be exchanged")
    within_class: StrictBool = Field(description="true: values come from rows of the same class only")


class Mixup(Copying):
    """Rows on the line between two rows, labels mixed likewise."""

    alpha: StrictFloat = Field(gt=0, description="of Beta(alpha, alpha): small stays near one of the rows")


AUGMENTERS: dict[str, type[Choice]] = {
    "stages.augmenters.none.NoAugmenter": NoAugmenter,
    "stages.augmenters.gaussian_noise.GaussianNoise": GaussianNoise,
    "stages.augmenters.swap_noise.SwapNoise": SwapNoise,
    "stages.augmenters.mixup.Mixup": Mixup,
    **MEDIA_AUGMENTERS,
    **TEXT_AUGMENTERS,
}


class AugmentConfig(Section):
    """What stage `augment` is handed."""

    augment: Annotated[Choice, OneOf(AUGMENTERS)] = Field(description="what makes new training examples")
