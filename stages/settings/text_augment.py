"""Types of the choices of the section `augment` that make new texts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictInt, StrictStr

from stages.settings.choice import TypedChoice
from stages.settings.ranges import Count, Number, Seed, Share

Alpha = Annotated[Number, Field(ge=0, lt=1)]
Command = Annotated[StrictStr, Field(min_length=1)]


class NewTexts(TypedChoice):
    """What all augmenters of texts share: how many new ones they make, and their random numbers."""

    ratio: Share = Field(description="classes are filled up to this fraction of the largest one; 0: not")
    copies: StrictInt = Field(ge=0, le=1000, description="new texts for each row of train besides")
    seed: Seed = Field(description="decides which rows get new texts, and what is drawn")


class EasyDataAugmentation(NewTexts):
    """Synonyms, insertions, swaps and deletions of single words."""

    synonyms: Alpha = Field(description="share of the words replaced by a synonym; 0: never")
    insertions: Alpha = Field(description="synonyms put in, as a share of the words; 0: never")
    swaps: Alpha = Field(description="exchanges of two words, as a share of the words; 0: never")
    deletions: Alpha = Field(description="probability of each word to be left out; 0: never")
    thesaurus: StrictStr | None = Field(
        min_length=1, description="file of synonyms in MyThes format; null: no synonyms, no insertions"
    )
    stop_words: Literal["english", "none"] = Field(description="words that have no synonyms: a, in, not, ...")


class BackTranslation(NewTexts):
    """Texts translated into other languages and back."""

    routes: list[Annotated[list[Command], Field(min_length=1)]] = Field(
        min_length=1, description="for each new text of a row, the commands its text goes through one by one"
    )
    batch_size: Count = Field(description="texts given to a command at once")
    timeout: Count = Field(description="seconds a command may take for one batch")


TEXT_AUGMENTERS: dict[str, type[NewTexts]] = {
    "stages.augmenters.eda.EasyDataAugmentation": EasyDataAugmentation,
    "stages.augmenters.back_translation.BackTranslation": BackTranslation,
}
