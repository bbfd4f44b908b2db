"""Reading of .idx files: the arrays of MNIST and its followers, pictures and labels in files of their own."""

from __future__ import annotations

import math
import re
from pathlib import PurePosixPath
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

TYPES: Final = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
HEAD: Final = re.compile(r"idx\d?", re.IGNORECASE)
WORDS: Final = re.compile(r"[-_. /]+")
UNSAID: Final = ("ubyte", "gz", "images", "image", "labels", "label", "img", "lab", "bin", "idx")


def read_idx(name: str, content: bytes) -> NDArray[Any]:
    """Return the array of an unpacked idx file, in the machine's byte order.

    Raises ValueError where its head or its length is wrong.

    Examples
    --------
    >>> read_idx("labels-idx1-ubyte", bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 3])).tolist()
    [7, 3]
    """
    kind, dimensions = (content[2], content[3]) if len(content) >= 4 and content[:2] == b"\0\0" else (0, 0)
    if kind not in TYPES or not dimensions:
        raise ValueError(
            f"{name} is no idx file: it begins with {content[:4]!r}, not with two zero bytes, the type and "
            "the number of dimensions. Fetch it again, or state another dataset.format."
        )
    shape = tuple(int(size) for size in np.frombuffer(content[4 : 4 + 4 * dimensions], ">i4"))
    dtype = np.dtype(TYPES[kind])
    held = len(content) - 4 - 4 * dimensions
    if len(shape) != dimensions or held != math.prod(shape) * dtype.itemsize:
        raise ValueError(
            f"{name} is cut off or damaged: its head says {' x '.join(map(str, shape))} numbers of "
            f"{dtype.itemsize} bytes, but {max(held, 0):,} bytes follow. Fetch it again."
        )
    array = np.frombuffer(content, dtype, offset=4 + 4 * dimensions).reshape(shape)
    return array.astype(dtype.newbyteorder("="), copy=False)


def is_idx_name(name: str) -> bool:
    """Return whether a file is an idx file by its name.

    Examples
    --------
    >>> is_idx_name("train-images-idx3-ubyte.gz"), is_idx_name("index.csv")
    (True, False)
    """
    return any(HEAD.fullmatch(word) for word in WORDS.split(PurePosixPath(name).name))


def set_name(name: str) -> str:
    """Return what pictures and labels that belong together have in common in their names.

    Examples
    --------
    >>> set_name("t10k-images-idx3-ubyte.gz"), set_name("t10k-labels.idx1-ubyte")
    ('t10k', 't10k')
    """
    words = WORDS.split(PurePosixPath(name).name.lower())
    return "-".join(word for word in words if word not in UNSAID and not HEAD.fullmatch(word))
