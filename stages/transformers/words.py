"""The tokens of a text: words and punctuation marks of any language, or characters."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, Literal

Level = Literal["word", "character"]
PUNCTUATION: Final = (
    r"!-&(-/:-@\[-\^`{-~"  # ASCII but the apostrophe and the underscore
    r"\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7"
    r"\u0589\u05be\u05c0\u05c3\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965"
    r"\u2010-\u2018\u201a-\u2027\u2030-\u205e\u20a0-\u20cf\u2100-\u214f\u2190-\u2bff"
    r"\u3001-\u3004\u3008-\u3020\u3030\u30fb\ufe10-\ufe6f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
    r"\U0001f000-\U0001faff"
)
"""Punctuation and symbols; whatever else is no space is part of a word, accents and vowel signs too."""
UNSPACED: Final = r"\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Scripts written without spaces: each of their characters counts as a word."""
APOSTROPHE: Final = r"'\u2019"
LETTER: Final = rf"[^\s{PUNCTUATION}{UNSPACED}{APOSTROPHE}]"
TERM: Final = rf"{LETTER}+(?:[{APOSTROPHE}]{LETTER}+)*|[{UNSPACED}]"
"""Pattern of a word; punctuation marks are none."""
WORD: Final = re.compile(
    rf"(?<!\S)[{APOSTROPHE}]{LETTER}{{1,2}}(?!{LETTER})"  # a clitic that stands alone: 's, 'll
    rf"|{TERM}|\S"
)


def words(text: str) -> list[str]:
    """Return the words and punctuation marks of `text`, in order.

    Examples
    --------
    >>> words("Don't go (it 's l'été)!")
    ["Don't", 'go', '(', 'it', "'s", "l'été", ')', '!']
    """
    return WORD.findall(text)


def tokenizer(level: Level, *, lowercase: bool) -> Callable[[str], list[str]]:
    """Return what takes a text apart."""
    apart: Callable[[str], list[str]] = words if level == "word" else list
    return (lambda text: apart(text.lower())) if lowercase else apart
