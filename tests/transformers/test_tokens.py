"""Ids of tokens and the words they stand for."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.transformers import archive
from stages.transformers.tokens import Tokens
from stages.transformers.trusted import TRUSTED
from stages.transformers.vectors import word_vectors
from stages.transformers.words import TERM, words

TRAIN = ["The cat sat!", "the cat", "a dog", ""]


def fitted(texts: list[str] | None = None, **keywords: Any) -> tuple[Tokens, np.ndarray, dict[str, Any]]:
    transformer = Tokens(**keywords)
    made = transformer.fit_transform(pd.Series(texts or TRAIN, dtype=object), names=("message",))
    return transformer, made.inputs["text"], made.facts


def ids(transformer: Tokens, *texts: str) -> list[list[int]]:
    return transformer.transform(pd.Series(texts, dtype=object)).inputs["text"].tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't stop, it's 3.5 €!", ["Don't", "stop", ",", "it's", "3", ".", "5", "€", "!"]),
        ("they 'll say 'hello'", ["they", "'ll", "say", "'", "hello", "'"]),
        ("l\u2019été naïve e\u0301t", ["l\u2019été", "naïve", "e\u0301t"]),
        ("हिन्दी भाषा।", ["हिन्दी", "भाषा", "।"]),
        ("Привет, мир", ["Привет", ",", "мир"]),
        ("我喜欢Python3", ["我", "喜", "欢", "Python3"]),
        ("user_name well-known 😀😀", ["user_name", "well", "-", "known", "😀", "😀"]),
        (" \n\t\u3000", []),
    ],
)
def test_words_of_any_language_are_told_apart(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_a_term_is_a_word_but_no_mark() -> None:
    import re

    assert re.findall(TERM, "Don't go: 3.5 €, 我们!") == ["Don't", "go", "3", "5", "我", "们"]


def test_ids_go_by_frequency_then_alphabet() -> None:
    transformer, array, facts = fitted()
    assert transformer.vocabulary() == ["cat", "the", "!", "a", "dog", "sat"]
    assert array.tolist() == [[3, 2, 7, 4], [3, 2, 0, 0], [5, 6, 0, 0], [1, 0, 0, 0]]
    assert ids(transformer, *TRAIN) == array.tolist()
    assert array.dtype == np.int32
    assert (facts["vocabulary"], facts["distinct"], facts["longest"], facts["empty"]) == (6, 6, 4, 1)
    spec = transformer.inputs[0]
    assert (spec.name, spec.dtype, spec.shape, spec.sizes) == ("text", "int32", (4,), (8,))


def test_rare_and_unseen_tokens_are_unknown() -> None:
    transformer, array, facts = fitted(vocabulary_size=2)
    assert array.tolist() == [[3, 2, 1, 1], [3, 2, 0, 0], [1, 1, 0, 0], [1, 0, 0, 0]]
    assert facts["unknown_share"] == 0.5
    assert ids(transformer, "THE BIRD cat", "", "nothing") == [[3, 1, 2, 0], [1, 0, 0, 0], [1, 0, 0, 0]]


def test_longer_texts_are_cut_and_it_is_said() -> None:
    transformer, array, facts = fitted(length=1)
    assert array.tolist() == [[3], [3], [5], [1]]
    assert facts["truncated_share"] == 0.75
    note = "75 % of the texts of train are longer than 1 tokens and were cut; encode.text.length=4 keeps all."
    assert transformer.notes(facts) == [note]


def test_the_length_is_what_most_texts_do_not_exceed() -> None:
    texts = ["word " * count for count in range(1, 101)]
    assert fitted(texts)[0].length_ == 96  # quantile 0.95 of 1..100 is 95.05
    assert fitted(["", "", "a"])[0].length_ == 1


def test_characters_can_be_tokens_and_capitals_be_kept() -> None:
    transformer, array, _ = fitted(["aB", "a\n "], level="character", lowercase=False)
    assert transformer.vocabulary() == ["a", "\n", " ", "B"]
    assert array.tolist() == [[2, 5, 0], [2, 3, 4]]
    assert ids(transformer, "Ab") == [[1, 1, 0]]


def test_texts_without_any_token_are_refused() -> None:
    with pytest.raises(ValueError, match=r"Every text of train is empty.*dataset\.columns\.text"):
        fitted(["", " "])


# --- pretrained vectors --------------------------------------------------------------------------------

# A word with spaces, as GloVe has a few, is not taken for its first part.
VECTORS = {
    "the": [0.5, 0.0, -2.0],
    "cat . .": [0.0] * 3,
    "cat": [1.0, 2.0, 3.0],
    "dog": [4.0, 5.0, 6.0],
    "bird": [7.0, 8.0, 9.0],
}


def written(folder: Path, kind: str) -> Path:
    lines = "".join(f"{word} {' '.join(map(str, row))}\n" for word, row in VECTORS.items())
    if kind == "npz":
        np.savez(folder / "v.npz", vectors=np.array([*VECTORS.values()], np.float16))
        (folder / "vocab.txt").write_text("\n".join(VECTORS) + "\n")
        return folder / "v.npz"
    file = folder / {"glove": "v.txt", "fasttext": "v.vec", "gzip": "v.txt.gz"}[kind]
    text = f"5 3\n{lines}" if kind == "fasttext" else lines
    file.write_bytes(gzip.compress(text.encode()) if kind == "gzip" else text.encode())
    return file


@pytest.mark.parametrize("kind", ["glove", "fasttext", "gzip", "npz"])
def test_vectors_are_read_from_every_format(kind: str, tmp_path: Path) -> None:
    file = written(tmp_path, kind)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    transformer, _, facts = fitted(vectors=str(file), vectors_sha256=digest)
    vectors = transformer.vectors_
    assert (vectors.shape, vectors.dtype) == ((8, 3), np.float32)
    assert not vectors[0].any()
    for place, word in enumerate(transformer.vocabulary(), start=2):
        assert (vectors[place].tolist() == VECTORS.get(word)) == (word in VECTORS)
    assert facts["vectors"] == {"dimension": 3, "tokens": 3, "sha256": digest}
    assert transformer.notes(facts) == []
    (note,) = fitted(vectors=str(file))[0].notes(facts)
    assert f"Set encode.text.vectors_sha256={digest}" in note
    assert facts["covered_share"] == 5 / 8  # the, cat, the, cat, dog of eight tokens
    assert np.array_equal(fitted(vectors=str(file))[0].vectors_, vectors)
    assert not np.array_equal(fitted(vectors=str(file), random_state=1)[0].vectors_, vectors)


def test_unknown_tokens_are_drawn_with_the_deviation_of_the_known(tmp_path: Path) -> None:
    known = np.random.default_rng(0).normal(0, 0.3, (50, 40))
    lines = "".join(f"w{n} {' '.join(map(str, row))}\n" for n, row in enumerate(known))
    (tmp_path / "v.txt").write_text(lines)
    vocabulary = [f"w{n}" for n in range(50)] + [f"x{n}" for n in range(200)]
    values = word_vectors(str(tmp_path / "v.txt"), vocabulary).values
    assert values[2:52] == pytest.approx(known, rel=1e-6)
    assert values[52:].std() == pytest.approx(known.std(), rel=0.03)
    assert abs(values[52:].mean()) < 0.02


def test_vectors_do_not_travel_with_the_fitted_object(tmp_path: Path) -> None:
    transformer, array, _ = fitted(vectors=str(written(tmp_path, "glove")))
    archive.dump(transformer, tmp_path / "tokens.skops")
    loaded = archive.load(tmp_path / "tokens.skops", TRUSTED)
    assert (loaded.vectors, hasattr(loaded, "vectors_")) == (None, False)
    assert ids(loaded, *TRAIN) == array.tolist()
    assert transformer.vectors is not None


def test_faulty_vectors_are_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"encode\.text\.vectors=nowhere\.txt: no such file"):
        fitted(vectors="nowhere.txt")
    file = written(tmp_path, "glove")
    with pytest.raises(ValueError, match=r"but encode\.text\.vectors_sha256 is 0+: the file has changed"):
        fitted(vectors=str(file), vectors_sha256="0" * 64)
    with pytest.raises(ValueError, match="for none of the 1 tokens of train"):
        fitted(["кот", "кот"], vectors=str(file))
    file.write_text("cat one two\n")
    with pytest.raises(ValueError, match=r"v\.txt, line 1 holds no numbers after its word"):
        fitted(vectors=str(file))
    arrays = written(tmp_path, "npz")
    (tmp_path / "vocab.txt").write_text("cat\n")
    with pytest.raises(ValueError, match=r"has 5 rows, but vocab\.txt has 1 words"):
        fitted(vectors=str(arrays))
    (tmp_path / "vocab.txt").unlink()
    with pytest.raises(ValueError, match=r"received 1 such array\(s\) and no vocab\.txt"):
        fitted(vectors=str(arrays))


def test_hardly_any_vector_is_said() -> None:
    transformer, _, facts = fitted()
    assert transformer.notes(facts | {"covered_share": 0.2}) == [
        "Only 20 % of the tokens of train have a vector in the file of encode.text.vectors: check its "
        "language, and encode.text.lowercase."
    ]
