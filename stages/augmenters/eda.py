"""Easy data augmentation of texts: synonyms, insertions, swaps and deletions of single words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from stages.augmenters.new_texts import cells_of, encode_texts, occurrence, source_rows, text_keys
from stages.augmenters.synonyms import Thesaurus, match_case, read_synonyms
from stages.examples.encoded import Encoded, Spec

CORE = re.compile(r"\w(?:[\w'\u2019-]*\w)?")
"""The word within its punctuation."""


@dataclass(frozen=True)
class WordChanges:
    """The four operations on the words of a text, each on a share `alpha` of them, at least on one.

    Wei and Zou (2019), EDA: easy data augmentation techniques for boosting performance on text
    classification tasks, EMNLP.

    Examples
    --------
    >>> changes = WordChanges({"film": ("movie",)}, stop_words=frozenset({"a"}))
    >>> rng = np.random.default_rng(0)
    >>> changes.replace(["A", "Film,", "a"], 0.1, rng), changes.insert(["film"], 0.1, rng)
    (['A', 'Movie,', 'a'], ['film', 'movie'])
    """

    thesaurus: Thesaurus
    stop_words: frozenset[str] = frozenset()

    def replace(self, words: list[str], alpha: float, rng: np.random.Generator) -> list[str]:
        """Return `words`, some replaced by a synonym."""
        replaceable = [place for place, word in enumerate(words) if self._synonyms(word)]
        changed = list(words)
        for place in rng.permutation(replaceable)[: _number(alpha, words)].tolist():
            synonyms = self._synonyms(words[place])
            core = _core(words[place])
            new = match_case(synonyms[int(rng.integers(len(synonyms)))], core)
            changed[place] = words[place].replace(core, new, 1)
        return changed

    def insert(self, words: list[str], alpha: float, rng: np.random.Generator) -> list[str]:
        """Return `words` with synonyms of some at random places."""
        known = [synonyms for word in words if (synonyms := self._synonyms(word))]
        changed = list(words)
        for _ in range(_number(alpha, words) if known else 0):
            synonyms = known[int(rng.integers(len(known)))]
            changed.insert(int(rng.integers(len(changed) + 1)), synonyms[int(rng.integers(len(synonyms)))])
        return changed

    def swap(self, words: list[str], alpha: float, rng: np.random.Generator) -> list[str]:
        """Return `words`, some of them exchanged with one another."""
        changed = list(words)
        for _ in range(_number(alpha, words) if len(words) > 1 else 0):
            first, other = rng.choice(len(words), size=2, replace=False).tolist()
            changed[first], changed[other] = changed[other], changed[first]
        return changed

    def delete(self, words: list[str], alpha: float, rng: np.random.Generator) -> list[str]:
        """Return `words` without each one with probability `alpha`; one is always left."""
        kept = [word for word, left in zip(words, rng.random(len(words)) >= alpha, strict=True) if left]
        return kept or [words[int(rng.integers(len(words)))]]

    def _synonyms(self, word: str) -> tuple[str, ...]:
        core = _core(word).lower()
        return () if core in self.stop_words else self.thesaurus.get(core, ())


@dataclass(frozen=True)
class EasyDataAugmentation:
    """New texts of which some words are replaced, inserted, exchanged or left out; labels and weights stay.

    Each new text is made by one of the four operations, drawn among those whose share is above 0; by the
    next one where that changes nothing. What none of them changes gives no new text.

    Parameters
    ----------
    ratio
        Classes are filled up to this fraction of the largest one, 0 to 1; 0: not.
    copies
        New texts for each row of train besides.
    synonyms, insertions, swaps, deletions
        Share of the words that is changed, in [0, 1).
    thesaurus
        File in MyThes format; None: no synonyms, no insertions.
    stop_words
        Words that have no synonyms: the ``english`` list of scikit-learn, or ``none``.
    seed
        Decides what is drawn.

    Examples
    --------
    >>> EasyDataAugmentation(ratio=0.0, copies=1, synonyms=0.1, insertions=0.1, swaps=0.1, deletions=0.0,
    ...                      thesaurus=None, stop_words="none", seed=0).change(["one two"], [0], [0])
    ['two one']
    """

    ratio: float
    copies: int
    synonyms: float
    insertions: float
    swaps: float
    deletions: float
    thesaurus: str | None
    stop_words: Literal["english", "none"]
    seed: int
    needs_rows: ClassVar[bool] = True

    def augment(
        self, train: Encoded, *, spec: Spec, rows: pd.DataFrame, preprocessing: Any, cache: Path
    ) -> Encoded:
        """Return the examples with new texts.

        Raises
        ------
        ValueError
            If there is no text, no operation is left, or the thesaurus cannot be read.
        """
        sources = source_rows(train, ratio=self.ratio, copies=self.copies, seed=self.seed)
        positions = train.position[sources]
        numbers = occurrence(positions).tolist()
        texts = {
            key: self.change(cells_of(rows, key, sources), numbers, positions.tolist())
            for key in text_keys(preprocessing, "eda")
        }
        return encode_texts(train, sources, rows=rows, texts=texts, preprocessing=preprocessing)

    def change(self, texts: list[str], numbers: list[int], positions: list[int]) -> list[str]:
        """Return each of `texts` changed: the one so numbered of the row at that position in the table."""
        words = [text.split() for text in texts]
        operations = self._operations(words)
        return [
            self._changed(text, each, operations, np.random.default_rng([self.seed, number, position]))
            for text, each, number, position in zip(texts, words, numbers, positions, strict=True)
        ]

    def notes(self, train: Encoded, *, spec: Spec) -> list[str]:
        """Return what is odd about it."""
        if self.thesaurus is not None or not (self.synonyms or self.insertions):
            return []
        return [
            "augment=eda without a thesaurus swaps and deletes words only: name one with augment.thesaurus "
            "(English, on Debian: apt install mythes-en-us, /usr/share/mythes/th_en_US_v2.dat)."
        ]

    def _operations(self, texts: list[list[str]]) -> list[tuple[Callable[..., list[str]], float]]:
        changes = WordChanges(self._read_thesaurus(texts), self._stop_words())
        there = self.thesaurus is not None
        shares = [
            (changes.replace, self.synonyms if there else 0.0),
            (changes.insert, self.insertions if there else 0.0),
            (changes.swap, self.swaps),
            (changes.delete, self.deletions),
        ]
        used = [(operation, share) for operation, share in shares if share > 0]
        if not used:
            raise ValueError(
                "augment=eda has nothing to do: set one of augment.synonyms, augment.insertions (both need "
                "augment.thesaurus), augment.swaps and augment.deletions above 0, for instance 0.1."
            )
        return used

    def _read_thesaurus(self, texts: list[list[str]]) -> Thesaurus:
        if self.thesaurus is None or not (self.synonyms or self.insertions):
            return {}
        return read_synonyms(self.thesaurus, {_core(word).lower() for text in texts for word in text})

    def _stop_words(self) -> frozenset[str]:
        if self.stop_words == "none":
            return frozenset()
        from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

        return frozenset(ENGLISH_STOP_WORDS)

    def _changed(
        self,
        text: str,
        words: list[str],
        operations: list[tuple[Callable[..., list[str]], float]],
        rng: np.random.Generator,
    ) -> str:
        for number in rng.permutation(len(operations)).tolist() if words else ():
            operation, alpha = operations[number]
            changed = operation(words, alpha, rng)
            if changed != words:
                return " ".join(changed)
        return text


def _core(word: str) -> str:
    found = CORE.search(word)
    return found.group() if found else word


def _number(alpha: float, words: list[str]) -> int:
    return max(1, int(alpha * len(words)))
