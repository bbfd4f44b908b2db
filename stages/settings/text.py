"""Choices of `encode.text`: how texts become numbers."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

from stages.settings.choice import Choice, TypedChoice
from stages.settings.seeded import Rows, Seeded

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Texts = Rows | Annotated[StrictFloat, Field(ge=0, le=1)]


class Terms(TypedChoice):
    """Base: words or n-grams, counted."""

    analyzer: Literal["word", "char_wb"] = Field(
        description="n-grams of words, or of characters within words"
    )
    ngram_range: Annotated[list[Rows], Field(min_length=2, max_length=2)] = Field(
        description="the least and the greatest n"
    )
    lowercase: StrictBool = Field(description="make capitals small first")
    strip_accents: Literal["unicode", "ascii"] | None = Field(
        description="take accents off letters; null: keep"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ngram_range[0] > self.ngram_range[1]:
            raise ValueError(f"ngram_range: expected [least, greatest], received {self.ngram_range}")
        return self


class Tfidf(Terms):
    """Terms of train, weighted by how rare they are."""

    max_features: Rows | None = Field(description="terms kept, the most frequent; null: all")
    min_df: Texts = Field(description="terms in fewer texts of train (a float: a share) are left out")
    max_df: Texts = Field(description="terms in more texts of train (a float: a share) are left out")
    sublinear_tf: StrictBool = Field(description="a term that occurs n times counts 1 + log n")


class HashedTerms(Terms):
    """Terms spread over a fixed number of columns by a hash."""

    n_features: Annotated[StrictInt, Field(ge=1, lt=2**31)] = Field(description="number of columns")
    alternate_sign: StrictBool = Field(description="the hash decides the sign too, so that collisions cancel")
    idf: StrictBool = Field(description="columns that many texts of train have count less")


class Tokens(Seeded):
    """Ids of tokens, in order."""

    vocabulary_size: Rows = Field(description="tokens that get an id, the most frequent of train")
    length: Literal["auto"] | Rows = Field(
        description="tokens; auto: what 95 % of train's texts do not exceed"
    )
    level: Literal["word", "character"] = Field(description="what a token is")
    lowercase: StrictBool = Field(description="make capitals small first")
    vectors: StrictStr | None = Field(description="file of pretrained word vectors; null: none")
    vectors_sha256: Sha256 | None = Field(description="SHA-256 that file must have; null: not checked")


TEXTS: dict[str, type[Choice]] = {
    "stages.transformers.terms.Tfidf": Tfidf,
    "stages.transformers.terms.HashedTerms": HashedTerms,
    "stages.transformers.tokens.Tokens": Tokens,
}
