"""Texts as weights of their words and n-grams, a sparse row each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer, TfidfVectorizer

from stages.examples.encoded import InputSpec
from stages.transformers.media import Made
from stages.transformers.words import TERM

TERMS: Final = "terms"
SEPARATOR: Final = "\n"
"""Between the terms of a stored vocabulary: no term holds it."""
Analyzer = Literal["word", "char_wb"]
Count = int | float


class Tfidf(BaseEstimator):
    """How often a term occurs in the text, less where many texts have it; rows of unit length.

    Terms are n-grams of words or, within words, of characters (scikit-learn's ``TfidfVectorizer``).

    Parameters
    ----------
    analyzer
        ``word``, or ``char_wb``: characters within words, which stands misspelling and rich inflection.
    ngram_range
        The least and the greatest n.
    max_features
        Terms kept, the most frequent in train; null: all.
    min_df, max_df
        Terms in fewer or more texts of train are left out; a float is a share.
    sublinear_tf
        Count a term that occurs n times as 1 + log n.
    lowercase
        Whether capitals are made small first.
    strip_accents
        ``unicode`` or ``ascii`` take accents off letters; null: keeps them.

    Examples
    --------
    >>> tfidf = Tfidf(ngram_range=[1, 1], min_df=1)
    >>> made = tfidf.fit_transform(pd.Series(["a day", "a night"]), names=("message",))
    >>> tfidf.terms(), (made.inputs["terms"].toarray() * 100).round().tolist()
    (['a', 'day', 'night'], [[58.0, 81.0, 0.0], [58.0, 0.0, 81.0]])
    """

    def __init__(  # noqa: PLR0913 - the keywords of a choice
        self,
        *,
        analyzer: Analyzer = "word",
        ngram_range: Sequence[int] = (1, 2),
        max_features: int | None = 20000,
        min_df: Count = 2,
        max_df: Count = 1.0,
        sublinear_tf: bool = True,
        lowercase: bool = True,
        strip_accents: Literal["unicode", "ascii"] | None = None,
    ) -> None:
        self.analyzer = analyzer
        self.ngram_range = ngram_range
        self.max_features = max_features
        self.min_df = min_df
        self.max_df = max_df
        self.sublinear_tf = sublinear_tf
        self.lowercase = lowercase
        self.strip_accents = strip_accents

    def fit_transform(self, cells: pd.Series, *, names: tuple[str, ...]) -> Made:
        """Learn the terms and their weights from train and return its rows."""
        self.names_ = names
        vectorizer = TfidfVectorizer(
            max_features=self.max_features, min_df=self.min_df, max_df=self.max_df, **self._options()
        )
        try:
            rows = vectorizer.fit_transform(cells)
        except ValueError as error:
            raise ValueError(
                f"encode.text finds no term in the {len(cells)} texts of train ({error}). Lower "
                "encode.text.min_df (1: terms of a single text too), or check dataset.columns.text."
            ) from error
        self.terms_ = SEPARATOR.join(vectorizer.get_feature_names_out())
        self.idf_ = vectorizer.idf_
        made = _made(rows)
        return Made(made.inputs, {"terms": len(self.idf_), **made.facts})

    def transform(self, cells: pd.Series) -> Made:
        """Return the rows of `cells`, sparse ``(n_samples, n_terms)`` float32."""
        vectorizer = TfidfVectorizer(vocabulary=_places(self.terms_), **self._options())
        vectorizer.idf_ = self.idf_
        return _made(vectorizer.transform(cells))

    @property
    def inputs(self) -> tuple[InputSpec, ...]:
        """The description of the matrix."""
        return (_spec(len(self.idf_), self.names_),)

    def terms(self) -> list[str]:
        """Return the terms, in the order of the columns."""
        return self.terms_.split(SEPARATOR)

    def notes(self, facts: dict[str, Any]) -> list[str]:
        """Return what a person may want to do about texts of train without a term."""
        return _notes(facts)

    def _options(self) -> dict[str, Any]:
        return {
            "analyzer": self.analyzer,
            "ngram_range": tuple(self.ngram_range),
            "sublinear_tf": self.sublinear_tf,
            "lowercase": self.lowercase,
            "strip_accents": self.strip_accents,
            "token_pattern": TERM if self.analyzer == "word" else None,
            "dtype": np.float32,
        }


class HashedTerms(BaseEstimator):
    """Terms spread over a fixed number of columns by a hash: no vocabulary, whatever words may come.

    Parameters
    ----------
    n_features
        Columns; more collide less.
    alternate_sign
        The hash decides the sign too, so that collisions tend to cancel.
    idf
        Count a column less where many texts of train have it.
    analyzer, ngram_range, lowercase, strip_accents
        As of `Tfidf`.

    Examples
    --------
    >>> hashed = HashedTerms(n_features=8, idf=False)
    >>> made = hashed.fit_transform(pd.Series(["a day", "a night"]), names=("message",))
    >>> made.inputs["terms"].shape, (made.inputs["terms"].toarray() ** 2).sum(axis=1).round(2).tolist()
    ((2, 8), [1.0, 1.0])
    """

    def __init__(  # noqa: PLR0913 - the keywords of a choice
        self,
        *,
        n_features: int = 32768,
        alternate_sign: bool = True,
        idf: bool = True,
        analyzer: Analyzer = "word",
        ngram_range: Sequence[int] = (1, 2),
        lowercase: bool = True,
        strip_accents: Literal["unicode", "ascii"] | None = None,
    ) -> None:
        self.n_features = n_features
        self.alternate_sign = alternate_sign
        self.idf = idf
        self.analyzer = analyzer
        self.ngram_range = ngram_range
        self.lowercase = lowercase
        self.strip_accents = strip_accents

    def fit_transform(self, cells: pd.Series, *, names: tuple[str, ...]) -> Made:
        """Learn how many texts of train have a term in each column, and return its rows."""
        self.names_ = names
        counts = self._counts(cells)
        self.idf_ = TfidfTransformer().fit(counts).idf_ if self.idf else np.ones(self.n_features)
        return self._weighted(counts)

    def transform(self, cells: pd.Series) -> Made:
        """Return the rows of `cells`, sparse ``(n_samples, n_features)`` float32."""
        return self._weighted(self._counts(cells))

    @property
    def inputs(self) -> tuple[InputSpec, ...]:
        """The description of the matrix."""
        return (_spec(self.n_features, self.names_),)

    def notes(self, facts: dict[str, Any]) -> list[str]:
        """Return what a person may want to do about texts of train without a term."""
        return _notes(facts)

    def _counts(self, cells: pd.Series) -> Any:
        vectorizer = HashingVectorizer(
            n_features=self.n_features,
            alternate_sign=self.alternate_sign,
            norm=None,
            analyzer=self.analyzer,
            ngram_range=tuple(self.ngram_range),
            lowercase=self.lowercase,
            strip_accents=self.strip_accents,
            token_pattern=TERM if self.analyzer == "word" else None,
            dtype=np.float32,
        )
        return vectorizer.transform(cells)

    def _weighted(self, counts: Any) -> Made:
        from sklearn.preprocessing import normalize

        weighted = counts.multiply(self.idf_.astype(np.float32)).tocsr()
        return _made(normalize(weighted))


@lru_cache(maxsize=4)
def _places(terms: str) -> dict[str, int]:
    """Return the column of each term of a stored vocabulary."""
    return {term: column for column, term in enumerate(terms.split(SEPARATOR))}


def _made(rows: Any) -> Made:
    """Return sparse rows as the stages hold them, columns in order within each row."""
    from scipy.sparse import csr_array

    matrix = csr_array(rows, dtype=np.float32)
    matrix.sort_indices()
    counts = np.diff(matrix.indptr)
    facts = {"median_terms": int(np.median(counts)), "without_term": int((counts == 0).sum())}
    return Made({TERMS: matrix}, facts)


def _notes(facts: dict[str, Any]) -> list[str]:
    if not facts["without_term"]:
        return []
    return [
        f"{facts['without_term']} text(s) of train hold no term at all, so that nothing tells them apart; "
        "encode.text.min_df=1 or encode.text.analyzer=char_wb finds more."
    ]


def _spec(num_terms: int, names: tuple[str, ...]) -> InputSpec:
    return InputSpec(name=TERMS, dtype="float32", shape=(num_terms,), columns=names, sparse=True)
