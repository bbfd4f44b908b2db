"""Synonyms from a thesaurus file in MyThes format, that of LibreOffice and Debian's ``mythes-*`` packages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TextIO

OTHERWISE_RELATED = re.compile(r" \((?:generic|related) term\)$| \(antonym\)$")
"""Marks of words that are no synonyms."""
MARK = re.compile(r" \([^()]*\)$")


def read_synonyms(path: str, words: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the synonyms of those of `words` (in lower case) that the thesaurus at `path` has.

    The file: its encoding; then for each entry ``word|number of meanings`` and a line ``(part of
    speech)|synonym|...`` for each meaning. More general terms, related ones and antonyms are left out.

    Raises
    ------
    ValueError
        If the file is not there or not of this format.
    """
    file = Path(path)
    if not file.is_file():
        raise ValueError(
            f"augment.thesaurus={path} is not there. Install one (English, on Debian: apt install "
            "mythes-en-us, then augment.thesaurus=/usr/share/mythes/th_en_US_v2.dat), or set "
            "augment.thesaurus=null."
        )
    with file.open("rb") as opened:
        encoding = opened.readline().decode("ascii", errors="replace").strip()
    try:
        with file.open(encoding=encoding) as text:
            next(text)
            return {word: found for word, found in _entries(text, frozenset(words)) if found}
    except (LookupError, ValueError, StopIteration) as error:
        raise ValueError(
            f"augment.thesaurus={path} is no thesaurus in MyThes format, which begins with the name of its "
            f"encoding, and has lines `word|number of meanings` ({error}). Name a file th_*.dat."
        ) from error


def match_case(synonym: str, word: str) -> str:
    """Return `synonym` written with capitals as `word` is.

    Examples
    --------
    >>> [match_case("vast", word) for word in ("large", "Large", "LARGE")]
    ['vast', 'Vast', 'VAST']
    """
    if word.isupper() and len(word) > 1:
        return synonym.upper()
    return synonym[:1].upper() + synonym[1:] if word[:1].isupper() else synonym


def _entries(lines: TextIO, words: Collection[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in lines:
        word, _, count = line.rstrip("\n").rpartition("|")
        meanings = list(islice(lines, int(count)))
        if word in words:
            yield word, _synonyms(word, meanings)


def _synonyms(word: str, meanings: list[str]) -> tuple[str, ...]:
    listed = [item for meaning in meanings for item in meaning.rstrip("\n").split("|")[1:]]
    kept = [MARK.sub("", item) for item in listed if not OTHERWISE_RELATED.search(item)]
    return tuple(dict.fromkeys(each for each in kept if each and each.lower() != word))


Thesaurus = Mapping[str, tuple[str, ...]]
"""Synonyms by word, in lower case."""
