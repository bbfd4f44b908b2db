"""Pretrained word vectors from a file the user names.

Read are: the text format of GloVe (a word and its numbers in each line), that of fastText and word2vec (a
first line with two counts before them), both also gzipped; and ``.npz`` with one array ``(n_words,
dimension)`` beside a file ``vocab.txt`` or ``<name>.vocab.txt`` of the words in the same order.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from stages.examples.encoded import Array

SPECIAL = 2
"""Rows before those of the vocabulary: padding (zeros) and the unknown token."""


class Vectors(NamedTuple):
    """What `word_vectors` returns.

    Attributes
    ----------
    values
        One row an id: padding, unknown, then the vocabulary, ``(len(vocabulary) + 2, dimension)`` float32.
    found
        The words of the vocabulary that the file has.
    sha256
        Digest of the file.
    """

    values: Array
    found: list[str]
    sha256: str


def word_vectors(
    name: str, vocabulary: Sequence[str], *, sha256: str | None = None, seed: int = 0
) -> Vectors:
    r"""Return the vectors of `vocabulary`; words that the file lacks get normal draws of equal deviation.

    Raises
    ------
    ValueError
        Where the file is not there, has another digest, or none of the known formats.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "vectors.txt"
    >>> _ = file.write_text("good 1 2\nday 3 4\n")
    >>> vectors = word_vectors(str(file), ["day", "night"])
    >>> vectors.values[[0, 2]].tolist(), vectors.values.shape, vectors.found
    ([[0.0, 0.0], [3.0, 4.0]], (4, 2), ['day'])
    """
    path = Path(name)
    if not path.is_file():
        raise ValueError(
            f"encode.text.vectors={name}: no such file. Expected pretrained word vectors as text (GloVe, "
            "fastText .vec; also .gz) or .npz beside vocab.txt; a relative path counts from the repository."
        )
    digest = _checked(path, sha256)
    wanted = set(vocabulary)
    found = _from_arrays(path, wanted) if path.suffix == ".npz" else _from_lines(path, wanted)
    if not found:
        raise ValueError(
            f"encode.text.vectors={name} has a vector for none of the {len(vocabulary)} tokens of train. "
            "Expected vectors of words in the language of the texts; set encode.text.level=word, and "
            "encode.text.lowercase as the file's words are written."
        )
    known = np.stack([found[word] for word in vocabulary if word in found]).astype(np.float32)
    values = np.random.default_rng(seed).normal(0, known.std(), (len(vocabulary) + SPECIAL, known.shape[1]))
    values[0] = 0
    places = [place for place, word in enumerate(vocabulary, start=SPECIAL) if word in found]
    values[places] = known
    return Vectors(values.astype(np.float32), [word for word in vocabulary if word in found], digest)


def _checked(path: Path, sha256: str | None) -> str:
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    if sha256 is not None and digest != sha256:
        raise ValueError(
            f"encode.text.vectors={path.name} has the SHA-256 {digest}, but encode.text.vectors_sha256 is "
            f"{sha256}: the file has changed. Bring back the old one, or set the new digest."
        )
    return digest


def _from_arrays(path: Path, wanted: set[str]) -> dict[str, Array]:
    with np.load(path, allow_pickle=False) as arrays:
        tables = [arrays[name] for name in arrays.files if arrays[name].ndim == 2]
    beside = next((f for f in _vocabulary_files(path) if f.is_file()), None)
    if len(tables) != 1 or beside is None:
        raise ValueError(
            f"encode.text.vectors={path.name}: expected one array (n_words, dimension) in it and the words "
            f"in vocab.txt beside it, a line each; received {len(tables)} such array(s) and "
            f"{'no' if beside is None else 'a'} vocab.txt."
        )
    names = beside.read_text(encoding="utf-8").rstrip("\n").split("\n")
    if len(names) != len(tables[0]):
        raise ValueError(
            f"encode.text.vectors={path.name} has {len(tables[0])} rows, but {beside.name} has {len(names)} "
            "words: they do not belong together."
        )
    return {word: row for word, row in zip(names, tables[0], strict=True) if word in wanted}


def _vocabulary_files(path: Path) -> list[Path]:
    return [path.with_suffix(".vocab.txt"), path.with_name("vocab.txt")]


def _from_lines(path: Path, wanted: set[str]) -> Mapping[str, Array]:
    """Return the vectors of `wanted` words from text; the first of two lines for a word counts."""
    found: dict[str, Array] = {}
    dimension = 0
    for number, line in enumerate(_lines(path), start=1):
        if number == 1 and line.count(" ") == 1:
            continue  # the counts of fastText
        if dimension and line.partition(" ")[0] not in wanted:
            continue  # most lines: not taken apart
        fields = line.rstrip().split(" ")
        dimension = dimension or len(fields) - 1
        word = " ".join(fields[: len(fields) - dimension])  # a few of GloVe's words hold spaces
        if word in wanted and word not in found:
            found[word] = _row(fields[len(fields) - dimension :], place=f"{path.name}, line {number}")
    return found


def _lines(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    opened: Any = gzip.open if packed else open
    with opened(path, "rt", encoding="utf-8", errors="replace", newline="\n") as lines:
        yield from lines


def _row(fields: Sequence[str], *, place: str) -> Array:
    try:
        return np.asarray(fields, dtype=np.float32)
    except ValueError as error:
        raise ValueError(
            f"encode.text.vectors: {place} holds no numbers after its word ({error}). Expected a word and "
            "its vector in each line, separated by single spaces."
        ) from error
