"""Texts as ids of tokens, for a model that reads them in order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from stages.examples.encoded import Array, InputSpec
from stages.transformers.media import Made
from stages.transformers.vectors import word_vectors
from stages.transformers.words import Level, tokenizer

TEXT: Final = "text"
PADDING, UNKNOWN, FIRST = 0, 1, 2
"""Ids of what is no token of train; the vocabulary's begin at `FIRST`."""
USUAL_SHARE: Final = 0.95
FEW_COVERED: Final = 0.5
"""Share of train's tokens with a pretrained vector below which something is wrong."""
SEPARATOR: Final = " "
"""Between the words of a stored vocabulary: no word holds it."""


class Tokens(BaseEstimator):
    """The ids of the first tokens of a text, 0 after its end; 1 stands for a token that train does not have.

    An empty text is one unknown token.

    Parameters
    ----------
    vocabulary_size
        The most frequent tokens of train that get an id; equally frequent ones by alphabet.
    length
        Tokens; ``auto``: what 95 % of train's texts do not exceed.
    level
        ``word`` (punctuation marks are words too) or ``character``.
    lowercase
        Whether capitals are made small first.
    vectors
        File of pretrained vectors, see `stages.transformers.vectors`; null: none. It is read while fitting.
    vectors_sha256
        SHA-256 that file must have; null: not checked.
    random_state
        Draws the vectors of the tokens that the file does not have.

    Examples
    --------
    >>> tokens = Tokens()
    >>> made = tokens.fit_transform(pd.Series(["a good day", "a day"]), names=("message",))
    >>> tokens.vocabulary(), made.inputs["text"].tolist()
    (['a', 'day', 'good'], [[2, 4, 3], [2, 3, 0]])
    >>> tokens.transform(pd.Series(["a bad day"])).inputs["text"].tolist()
    [[2, 1, 3]]
    """

    def __init__(  # noqa: PLR0913 - the keywords of a choice
        self,
        *,
        vocabulary_size: int = 20000,
        length: int | Literal["auto"] = "auto",
        level: Level = "word",
        lowercase: bool = True,
        vectors: str | None = None,
        vectors_sha256: str | None = None,
        random_state: int = 0,
    ) -> None:
        self.vocabulary_size = vocabulary_size
        self.length = length
        self.level = level
        self.lowercase = lowercase
        self.vectors = vectors
        self.vectors_sha256 = vectors_sha256
        self.random_state = random_state

    def fit_transform(self, cells: pd.Series, *, names: tuple[str, ...]) -> Made:
        """Learn vocabulary and length from train and return its ids."""
        self.names_ = names
        numbers: defaultdict[str, int] = defaultdict()
        numbers.default_factory = numbers.__len__
        apart = tokenizer(self.level, lowercase=self.lowercase)
        texts = [np.fromiter((numbers[token] for token in apart(cell)), np.int32) for cell in cells]
        counts = np.bincount(np.concatenate([*texts, np.empty(0, np.int32)]), minlength=len(numbers))
        sizes = np.asarray([len(text) for text in texts], np.int64)
        tokens = self._learn(Counter({token: int(counts[number]) for token, number in numbers.items()}))
        usual = int(np.ceil(np.quantile(sizes, USUAL_SHARE)))
        self.length_ = max(1, usual) if self.length == "auto" else int(self.length)
        ids = np.full(len(numbers), UNKNOWN, np.int32)
        ids[[numbers[token] for token in tokens]] = np.arange(FIRST, self.size_)
        made = self._padded([ids[text[: self.length_]] for text in texts], sizes)
        facts = {"vocabulary": len(tokens), "distinct": len(numbers), "longest": int(sizes.max())}
        return Made(made.inputs, facts | self._coverage(counts, numbers) | made.facts)

    def transform(self, cells: pd.Series) -> Made:
        """Return the ids, ``(n_samples, length)`` int32."""
        places = _places(self.vocabulary_, self.level)
        apart = tokenizer(self.level, lowercase=self.lowercase)
        texts, sizes = [], []
        for cell in cells:
            tokens = apart(cell)
            sizes.append(len(tokens))
            known = [places.get(token, UNKNOWN) for token in tokens[: self.length_]]
            texts.append(np.asarray(known, np.int32))
        return self._padded(texts, np.asarray(sizes, np.int64))

    @property
    def inputs(self) -> tuple[InputSpec, ...]:
        """The description of the array."""
        shape, sizes = (self.length_,), (self.size_,)
        return (InputSpec(name=TEXT, dtype="int32", shape=shape, columns=self.names_, sizes=sizes),)

    def vocabulary(self) -> list[str]:
        """Return the tokens that have an id, in the order of the ids, from 2 on."""
        return self.vocabulary_.split(SEPARATOR) if self.level == "word" else list(self.vocabulary_)

    def notes(self, facts: dict[str, Any]) -> list[str]:
        """Return what a person may want to do about what was lost in train, one sentence each."""
        notes = []
        if facts["truncated_share"] > 1 - USUAL_SHARE:
            notes.append(
                f"{100 * facts['truncated_share']:.0f} % of the texts of train are longer than "
                f"{self.length_} tokens and were cut; encode.text.length={facts['longest']} keeps all."
            )
        if "vectors" in facts and self.vectors_sha256 is None:
            notes.append(
                "A change of the file of encode.text.vectors goes unnoticed. Set encode.text.vectors_sha256="
                f"{facts['vectors']['sha256']}, and another file is refused."
            )
        if facts.get("covered_share", 1.0) < FEW_COVERED:
            notes.append(
                f"Only {100 * facts['covered_share']:.0f} % of the tokens of train have a vector in the file "
                "of encode.text.vectors: check its language, and encode.text.lowercase."
            )
        return notes

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the vectors and where they lie: prediction needs neither."""
        state = super().__getstate__() | {"vectors": None, "vectors_sha256": None}
        state.pop("vectors_", None)
        return dict(state)

    def _learn(self, counts: Counter[str]) -> list[str]:
        """Keep the most frequent tokens and return them in the order of their ids."""
        tokens = sorted(counts, key=lambda token: (-counts[token], token))[: self.vocabulary_size]
        if not tokens:
            raise ValueError(
                "Every text of train is empty: there is no token to learn. Check dataset.columns.text."
            )
        self.vocabulary_ = (SEPARATOR if self.level == "word" else "").join(tokens)
        self.size_ = len(tokens) + FIRST
        return tokens

    def _coverage(self, counts: Array, numbers: Mapping[str, int]) -> dict[str, Any]:
        """Read the pretrained vectors and return what share of train's tokens has one."""
        if self.vectors is None:
            return {}
        read = word_vectors(
            self.vectors, self.vocabulary(), sha256=self.vectors_sha256, seed=self.random_state
        )
        self.vectors_ = read.values
        covered = sum(int(counts[numbers[token]]) for token in read.found)
        return {
            "vectors": {"dimension": read.values.shape[1], "tokens": len(read.found), "sha256": read.sha256},
            "covered_share": covered / int(counts.sum()),
        }

    def _padded(self, texts: Sequence[Array], sizes: Array) -> Made:
        ids = np.full((len(texts), self.length_), PADDING, np.int32)
        for row, text in zip(ids, texts, strict=True):
            row[: len(text)] = text
        ids[sizes == 0, 0] = UNKNOWN
        known, read = int((ids >= FIRST).sum()), int(np.minimum(sizes, self.length_).sum())
        facts = {
            "empty": int((sizes == 0).sum()),
            "median_tokens": int(np.median(sizes)),
            "truncated_share": float(np.mean(sizes > self.length_)),
            "unknown_share": 1 - known / max(read, 1),
        }
        return Made({TEXT: ids}, facts)


@lru_cache(maxsize=4)
def _places(vocabulary: str, level: Level) -> dict[str, int]:
    """Return the id of each token of a stored vocabulary."""
    tokens = vocabulary.split(SEPARATOR) if level == "word" else vocabulary
    return {token: number for number, token in enumerate(tokens, start=FIRST)}
