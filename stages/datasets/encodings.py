"""Decoding of text files."""

from __future__ import annotations

import codecs
from typing import Final, NamedTuple

MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
FALLBACK: Final = "cp1252"
FEW_NULLS: Final = 0.001
"""Share of NUL bytes that a text may hold by mistake; a file with more is no text."""


class Decoded(NamedTuple):
    """A file's content as UTF-8, the encoding it came in, and a remark where that is a guess."""

    content: bytes
    encoding: str
    remark: str = ""


def decode(name: str, content: bytes, encoding: str) -> Decoded:
    """Return `content` as UTF-8 without a byte order mark.

    ``auto`` reads a byte order mark, else UTF-8, else Windows-1252 with a remark: it holds nearly all
    files of Western Europe, and reading another one-byte encoding so garbles letters but keeps
    different cells different.

    Raises
    ------
    ValueError
        Where the bytes are no text, or not text of the stated encoding.
    """
    if encoding == "auto":
        encoding = next((known for mark, known in MARKS if content.startswith(mark)), "auto")
    if encoding == "auto":
        return _guessed(name, content)
    try:
        text = content.decode(encoding)
    except LookupError as error:
        raise ValueError(
            f"dataset.encoding={encoding} is no encoding Python knows. Usual ones: utf-8, cp1252, "
            "latin-1, utf-16, shift_jis, gb18030, cp1251; or auto."
        ) from error
    except UnicodeError as error:
        raise ValueError(_undecodable(name, content, encoding, error)) from error
    return Decoded(text.removeprefix("\ufeff").encode(), encoding)


def _guessed(name: str, content: bytes) -> Decoded:
    nulls = content.count(b"\x00")
    if nulls > FEW_NULLS * len(content):
        raise ValueError(
            f"{name} is not a text file: it holds NUL bytes, as pictures, programs and archives do. "
            "Put a CSV, TSV, JSON lines, Parquet, Feather or Excel file there; for UTF-16 text say "
            "dataset.encoding=utf-16."
        )
    try:
        content.decode("utf-8")
        remark = f"{nulls:,} NUL characters were taken out" if nulls else ""
        return Decoded(content.replace(b"\x00", b"") if nulls else content, "utf-8", remark)
    except UnicodeDecodeError as error:
        return _western(name, content, error)


def _western(name: str, content: bytes, error: UnicodeDecodeError) -> Decoded:
    if any(byte < 9 or 13 < byte < 32 for byte in content[:100_000]):
        raise ValueError(
            f"{name} is not a text file: it holds control characters. Put a CSV, TSV, JSON lines, "
            "Parquet, Feather or Excel file there."
        )
    try:
        text = content.decode(FALLBACK)
    except UnicodeDecodeError as other:
        raise ValueError(_undecodable(name, content, "utf-8", error)) from other
    sample = " ".join(text[max(0, error.start - 12) : error.start + 12].split())
    return Decoded(
        text.encode(),
        FALLBACK,
        f"not UTF-8 at byte {error.start}; read as {FALLBACK}, which makes it {sample!r}. Where that "
        "looks wrong, state dataset.encoding",
    )


def _undecodable(name: str, content: bytes, encoding: str, error: UnicodeError) -> str:
    at = getattr(error, "start", 0)
    return (
        f"{name} is not text in the encoding {encoding}: the bytes {content[at : at + 4]!r} at position "
        f"{at:,} mean nothing there. State the right one, e.g. dataset.encoding=cp1252, shift_jis, "
        "gb18030, cp1251 or utf-16, or leave it auto; or save the file as UTF-8."
    )


def text_of_bytes(content: bytes, encoding: str = "auto") -> str:
    """Return the text of bytes in `encoding`; ``auto``: by byte order mark, else UTF-8, else Windows-1252.

    Never fails: what means nothing there is read as Latin-1.

    Examples
    --------
    >>> text_of_bytes("naïve".encode("cp1252")), text_of_bytes("naïve".encode("utf-16"))
    ('naïve', 'naïve')
    """
    marked = [known for mark, known in MARKS if content.startswith(mark)]
    tried = (*marked[:1], "utf-8", FALLBACK) if encoding == "auto" else (encoding,)
    for each in tried:
        try:
            return content.decode(each).removeprefix("\ufeff")
        except (UnicodeError, LookupError):
            continue
    return content.decode("latin-1")
