"""What the profile says of columns of pictures, texts and series."""

from __future__ import annotations

import hashlib
import io
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.datasets.columns import ReadColumn

KINDS: Final = {"L": "grey", "RGB": "RGB"}


def media_line(column: ReadColumn) -> dict[str, Any]:
    """Return distinct, min, mean, median, max, std and top of a column of media.

    Pictures: width x height by area, and how many are grey and coloured. Texts: words. Series: steps.
    """
    filled = column.values.dropna()
    line: dict[str, Any] = {"distinct": _distinct(filled)}
    if filled.empty:
        return line | {"top": ""}
    return line | DESCRIBED[column.use](filled, column)


def _distinct(filled: pd.Series) -> int:
    """Return how many different values there are, byte for byte."""
    return len({value if isinstance(value, str) else _digest(value) for value in filled})


def _digest(value: Any) -> bytes:
    content = value if isinstance(value, bytes) else np.asarray(value).tobytes()
    return hashlib.blake2b(content, digest_size=16).digest()


def _pictures(filled: pd.Series, _: ReadColumn) -> dict[str, Any]:
    seen = [_head(content) for content in filled]
    sizes = sorted((width * height, width, height) for width, height, _ in seen)
    names = [f"{width} x {height}" for _, width, height in sizes]
    counts = Counter(KINDS.get(mode, mode) for *_, mode in seen)
    kinds = ", ".join(f"{kind} ({count:,})" for kind, count in sorted(counts.items()))
    size = names[0] if names[0] == names[-1] else f"{names[0]} to {names[-1]}"
    return {
        "min": names[0],
        "median": names[(len(names) - 1) // 2],
        "max": names[-1],
        "top": f"{size}; {kinds}",
    }


def _head(content: bytes) -> tuple[int, int, str]:
    """Return width, height and mode, read from the head of the file alone."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = Image.open(io.BytesIO(content))
    return image.width, image.height, image.mode


def _texts(filled: pd.Series, _: ReadColumn) -> dict[str, Any]:
    return _lengths(np.array([len(text.split()) for text in filled]), "words")


def _series(filled: pd.Series, column: ReadColumn) -> dict[str, Any]:
    channels = max(len(column.column.channels), 1) if column.column else 1
    steps = filled.map(len).to_numpy() // channels
    found = _lengths(steps, "steps")
    return found | {"top": f"{found['top']} of {channels:,} channel{'s' if channels > 1 else ''}"}


def _lengths(counts: NDArray[Any], what: str) -> dict[str, Any]:
    numbers = {
        "min": counts.min(),
        "mean": counts.mean(),
        "median": np.median(counts),
        "max": counts.max(),
        "std": counts.std(ddof=1) if len(counts) > 1 else np.nan,
    }
    rounded = {name: float(f"{value:.6g}") for name, value in numbers.items()}
    span = f"{counts.min():,} to {counts.max():,}" if counts.min() != counts.max() else f"{counts.min():,}"
    return rounded | {"top": f"{span} {what}"}


DESCRIBED: Final[dict[str, Callable[[pd.Series, ReadColumn], dict[str, Any]]]] = {
    "image": _pictures,
    "text": _texts,
    "sequence": _series,
}
