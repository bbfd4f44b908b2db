"""Texts as the baselines see them: how often each word stands in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, Self

import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from stages.examples.encoded import Array

WORD: Final = re.compile(r"\w+")
"""Also words of one letter, which scikit-learn leaves out."""
MOST_WORDS: Final = 50_000
COMPONENTS: Final = 100
"""Columns that gradient boosting gets in place of the words."""


class TextFeatures(TransformerMixin, BaseEstimator):
    """TF-IDF of single words in lower case, several text columns read as one; or its main components.

    Parameters
    ----------
    keys
        The text columns of the table.
    components
        Number of components of a truncated SVD (latent semantic analysis, Deerwester et al. 1990) that the
        words become; None keeps the words, as a sparse matrix.
    seed
        Starts the SVD.

    Examples
    --------
    >>> cells = pd.DataFrame({"feature.text": ["win cash", "see you", None]})
    >>> TextFeatures(["feature.text"]).fit_transform(cells).toarray().round(2).tolist()
    [[0.71, 0.0, 0.71, 0.0], [0.0, 0.71, 0.0, 0.71], [0.0, 0.0, 0.0, 0.0]]
    """

    def __init__(self, keys: Sequence[str], components: int | None = None, seed: int = 0) -> None:
        self.keys = keys
        self.components = components
        self.seed = seed

    def fit(self, examples: pd.DataFrame, target: Any = None) -> Self:
        """Learn the words from the examples of train."""
        self.words_ = TfidfVectorizer(
            tokenizer=WORD.findall, token_pattern=None, sublinear_tf=True, max_features=MOST_WORDS
        )
        terms = self.words_.fit_transform(joined_texts(examples, self.keys))
        self.svd_ = None
        if self.components is not None and self.components < min(terms.shape):
            self.svd_ = TruncatedSVD(self.components, random_state=self.seed).fit(terms)
        return self

    def transform(self, examples: pd.DataFrame) -> Any:
        """Return the weights of words, sparse ``(n_samples, n_words)``, or the components, dense."""
        terms = self.words_.transform(joined_texts(examples, self.keys))
        if self.svd_ is not None:
            found: Array = self.svd_.transform(terms)
            return found
        return terms if self.components is None else terms.toarray()


def joined_texts(examples: pd.DataFrame, keys: Sequence[str]) -> list[str]:
    r"""Return the texts of each row, one below the other; missing ones are empty.

    Examples
    --------
    >>> joined_texts(pd.DataFrame({"a": ["x", None], "b": ["y", "z"]}), ["a", "b"])
    ['x\ny', '\nz']
    """
    columns = [examples[key].astype(object).where(examples[key].notna(), "") for key in keys]
    return ["\n".join(cells) for cells in zip(*columns, strict=True)]
