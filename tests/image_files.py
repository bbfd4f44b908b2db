"""Making of image files, healthy and broken ones, for the tests of pictures."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image


def photo(seed: int, *, size: tuple[int, int] = (96, 80)) -> Image.Image:
    """Return a smooth RGB picture of its own, ``size`` is width and height."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (6, 6, 3)).astype(np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def file_of(image: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    """Return the picture as the bytes of a file."""
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def pixels_of(content: bytes) -> np.ndarray:
    """Return the pixels of an image file."""
    return np.asarray(Image.open(io.BytesIO(content)))


def turned(image: Image.Image, orientation: int) -> bytes:
    """Return a JPEG whose EXIF says how it is to be turned."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return file_of(image, "JPEG", exif=exif, quality=95)


def bomb(side: int = 30_000) -> bytes:
    """Return a small PNG that says to be of `side` x `side` pixels."""
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def class_folders(folder: Path, counts: dict[str, int], *, size: tuple[int, int] = (16, 12)) -> Path:
    """Write PNG files of their own into one folder a class; the classes' names may hold parts: train/cat."""
    seed = 0
    for name, count in counts.items():
        (folder / name).mkdir(parents=True)
        for number in range(count):
            seed += 1
            (folder / name / f"{number}.png").write_bytes(file_of(photo(seed, size=size)))
    return folder
