"""Pictures that are equal, or the same picture saved, scaled or cropped a little differently.

Candidates have perceptual hashes (pHash, ImageHash's) that differ in few of their 64 bits; a small copy of
both then confirms them. A picture belongs to the first one that it is like itself, never to one that is only
like a picture in between, so that clusters do not chain.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.datasets.image_repair import PHOTO
from stages.datasets.pictures import mapped

SMALLEST: Final = 64
"""Pictures with a shorter side are compared by their pixels alone: too little is in them for a hash."""
BITS: Final = 7
"""Bits of 64 by which two saves of one picture may differ; unlike photos differ in 8 or more."""
BANDS: Final = BITS + 1
"""Hashes that differ in 7 bits at most have one of 8 bands of bits in common."""
DIFFERENCE: Final = 6.0
"""Mean difference of two small copies, of 255, up to which they show the same."""
SIDE: Final = 16
CROWD: Final = 500
"""A hash that more pictures share says nothing: blank pages, black frames."""
PAIRS: Final = 4096
"""Pairs of small copies that are compared at once."""
DRAFT: Final = (128, 128)


class PictureKeys(NamedTuple):
    """Keys of pictures, missing where there is none: equal for equal ones, and for nearly equal ones."""

    exact: pd.Series
    alike: pd.Series


class _Look(NamedTuple):
    """What is compared: a digest, and of large pictures hash and small copy ``(SIDE, SIDE, 3)``."""

    digest: str
    hash: int | None
    small: NDArray[np.uint8] | None


def picture_keys(pictures: pd.Series) -> PictureKeys:
    """Return by what pictures (bytes of image files that can be read) are compared.

    Examples
    --------
    >>> from stages.datasets.image_repair import png
    >>> from PIL import Image
    >>> one = png(Image.new("L", (8, 8)))
    >>> exact, alike = picture_keys(pd.Series([one, one, png(Image.new("L", (8, 8), 9)), None]))
    >>> bool(exact[0] == exact[1]), bool(exact[0] == exact[2]), alike.isna().tolist()
    (True, False, [False, False, False, True])
    """
    there = pictures.dropna()
    by_bytes = there.map(_digest)
    files = there[~by_bytes.duplicated()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Pillow, on odd metadata
        looks: list[_Look] = mapped(_look, list(files), about="comparing pictures")
    leaders = _leaders(looks)
    exact = _exact(list(files), looks, leaders)
    alike = [looks[row].digest for row in leaders]
    names = by_bytes[files.index]
    return PictureKeys(
        *(
            by_bytes.map(dict(zip(names, keys, strict=True))).reindex(pictures.index).astype("str")
            for keys in (exact, alike)
        )
    )


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=12).hexdigest()


def _look(content: bytes) -> _Look:
    from PIL import Image

    image = Image.open(io.BytesIO(content))
    if min(image.size) < SMALLEST:
        return _Look(_pixel_digest(content), None, None)
    from imagehash import phash

    if image.format in PHOTO:
        image.draft(None, DRAFT)
    bits = np.packbits(phash(image).hash.ravel())
    small = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return _Look(_digest(content), int(bits.view(">u8")[0]), np.asarray(small))


def _leaders(looks: Sequence[_Look]) -> NDArray[np.int64]:
    """Return for each file the first one that it is nearly equal to, ``(n_files,)``."""
    leaders = np.arange(len(looks))
    first: dict[str, int] = {}
    for row, look in enumerate(looks):  # small pictures: other bytes, equal pixels
        leaders[row] = first.setdefault(look.digest, row)
    hashed = np.array([row for row, look in enumerate(looks) if look.hash is not None], np.int64)
    if len(hashed):
        pairs = candidates(np.array([looks[row].hash for row in hashed], np.uint64))
        for one, other in hashed[pairs[_are_alike(pairs, [looks[row] for row in hashed])]]:
            if leaders[one] == one and leaders[other] == other:
                leaders[other] = one
    return leaders


def _exact(files: Sequence[bytes], looks: Sequence[_Look], leaders: NDArray[np.int64]) -> list[str]:
    """Return a key of each file: of its pixels where it is like another one, else of its bytes."""
    sizes = np.bincount(leaders, minlength=len(leaders))
    rows = [row for row, leader in enumerate(leaders) if sizes[leader] > 1 and looks[row].hash is not None]
    pixels = mapped(_pixel_digest, [files[row] for row in rows], about="comparing duplicates")
    keys = [look.digest for look in looks]
    for row, key in zip(rows, pixels, strict=True):
        keys[row] = key
    return keys


def _pixel_digest(content: bytes) -> str:
    from PIL import Image

    image = Image.open(io.BytesIO(content))
    return _digest(f"{image.size} {image.mode}".encode() + image.tobytes())


def candidates(hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the pairs ``(n, 2)``, sorted, of hashes that differ in `BITS` bits at most.

    Only hashes with one of `BANDS` bands in common are compared, so that not all pairs are. Hashes that more
    than `CROWD` share are left out.

    Examples
    --------
    >>> candidates(np.array([0b1111, 0, 2**63, 2**64 - 1], np.uint64)).tolist()
    [[0, 1], [0, 2], [1, 2]]
    """
    _, inverse, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    rows = np.flatnonzero(counts[inverse] <= CROWD)
    width = 64 // BANDS
    found = [np.empty((0, 2), np.int64)]
    for band in range(BANDS):
        keys = (hashes[rows] >> np.uint64(width * band)) & np.uint64(2**width - 1)
        order = rows[np.argsort(keys, kind="stable")]
        found += _near_neighbours(order, np.sort(keys, kind="stable"), hashes)
    pairs = np.sort(np.concatenate(found), axis=1)
    return np.unique(pairs, axis=0)


def _near_neighbours(
    order: NDArray[np.int64], keys: NDArray[np.uint64], hashes: NDArray[np.uint64]
) -> list[NDArray[np.int64]]:
    """Return the pairs of near hashes among rows in `order` with equal (sorted) `keys`."""
    found = []
    starts = np.arange(len(order))
    for step in range(1, len(order)):
        # Of the rows whose neighbour `step - 1` further on has their key, those with one `step` further on.
        starts = starts[starts + step < len(order)]
        starts = starts[keys[starts] == keys[starts + step]]
        if not len(starts):
            break
        one, other = order[starts], order[starts + step]
        near = np.bitwise_count(hashes[one] ^ hashes[other]) <= BITS
        found.append(np.column_stack([one[near], other[near]]))
    return found


def _are_alike(pairs: NDArray[np.int64], looks: Sequence[_Look]) -> NDArray[np.bool_]:
    """Return which of `pairs` have small copies that are nearly equal, ``(n_pairs,)``."""
    small = np.stack([look.small for look in looks if look.small is not None]).astype(np.int16)
    found = np.zeros(len(pairs), bool)
    for start in range(0, len(pairs), PAIRS):
        one, other = pairs[start : start + PAIRS].T
        found[start : start + PAIRS] = np.abs(small[one] - small[other]).mean(axis=(1, 2, 3)) <= DIFFERENCE
    return found
