"""Weights of words and n-grams, computed by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.transformers.terms import HashedTerms, Tfidf

TRAIN = ["Good good day", "good night", "bad day", ""]


def rows(transformer: Any, *texts: str) -> np.ndarray:
    return transformer.transform(pd.Series(texts, dtype=object)).inputs["terms"].toarray()


def fitted(transformer: Any) -> np.ndarray:
    return transformer.fit_transform(pd.Series(TRAIN, dtype=object), names=("x",)).inputs["terms"].toarray()


def by_hand(count: float, texts: int) -> float:
    """The weight of a term before rows are brought to unit length: log count, smoothed inverse frequency."""
    return (1 + np.log(count)) * (1 + np.log((1 + len(TRAIN)) / (1 + texts))) if count else 0.0


def test_weights_are_those_computed_by_hand() -> None:
    transformer = Tfidf(ngram_range=[1, 1], min_df=1)
    array = fitted(transformer)
    assert transformer.terms() == ["bad", "day", "good", "night"]
    first = np.array([0, by_hand(1, 2), by_hand(2, 2), 0])
    assert array[0] == pytest.approx(first / np.linalg.norm(first), rel=1e-6)
    assert not array[3].any()
    assert array.dtype == np.float32
    assert np.array_equal(rows(transformer, *TRAIN), array)


def test_pairs_and_parts_of_words_are_terms_too() -> None:
    transformer = Tfidf(min_df=1)
    fitted(transformer)
    assert {"good good", "good day", "bad day"} <= set(transformer.terms())
    characters = Tfidf(min_df=1, analyzer="char_wb", ngram_range=[2, 3])
    array = fitted(characters)
    assert {" b", "bad", "ad ", "ay"} <= set(characters.terms())
    assert np.array_equal(rows(characters, *TRAIN), array)


def test_the_most_frequent_terms_are_kept() -> None:
    transformer = Tfidf(ngram_range=[1, 1], min_df=2, max_features=1)
    fitted(transformer)
    assert transformer.terms() == ["good"]
    assert rows(transformer, "good", "bad", "unseen").tolist() == [[1], [0], [0]]


def test_a_text_without_a_term_is_said() -> None:
    transformer = Tfidf(ngram_range=[1, 1])
    facts = transformer.fit_transform(pd.Series(TRAIN, dtype=object), names=("x",)).facts
    assert facts == {"terms": 2, "median_terms": 1, "without_term": 1}
    assert "1 text(s) of train hold no term at all" in transformer.notes(facts)[0]
    assert transformer.notes(facts | {"without_term": 0}) == []


def test_texts_without_common_terms_are_refused() -> None:
    with pytest.raises(ValueError, match=r"finds no term in the 2 texts of train.*encode\.text\.min_df"):
        Tfidf(min_df=2).fit_transform(pd.Series(["one", "two"]), names=("x",))


def test_a_hash_takes_any_word() -> None:
    transformer = HashedTerms(n_features=64, ngram_range=[1, 1])
    array = fitted(transformer)
    assert (array.shape, array.dtype) == ((4, 64), np.float32)
    assert np.linalg.norm(array, axis=1) == pytest.approx([1, 1, 1, 0])
    assert np.array_equal(rows(transformer, *TRAIN), array)
    new = rows(transformer, "unheard")[0]
    assert np.abs(new).max() == 1
    ratio = sorted(np.abs(array[1][array[1] != 0]))
    expected = sorted(1 + np.log(5 / (1 + texts)) for texts in (2, 1))
    assert ratio[1] / ratio[0] == pytest.approx(expected[1] / expected[0], rel=1e-5)
    assert np.abs(fitted(HashedTerms(n_features=64, ngram_range=[1, 1], idf=False))[1]).max() == (
        pytest.approx(2**-0.5)
    )


def test_the_description_says_that_rows_are_sparse() -> None:
    transformer = HashedTerms(n_features=8)
    fitted(transformer)
    spec = transformer.inputs[0]
    assert (spec.name, spec.dtype, spec.shape, spec.sparse) == ("terms", "float32", (8,), True)
