"""One image file mended: any picture as an 8-bit grey or RGB file that every decoder reads alike.

A healthy JPEG or PNG keeps its bytes; what had to be changed is encoded anew as PNG, without loss.
"""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stages.datasets.reasons import Reason

if TYPE_CHECKING:
    from PIL import Image

FORMATS: Final = (
    "JPEG", "MPO", "PNG", "GIF", "BMP", "DIB", "WEBP", "TIFF", "PPM", "ICO", "JPEG2000", "AVIF",
)  # fmt: skip
"""What Pillow may decode: pictures of pixels; no PostScript and the like, which run programs,
and none that is told by its name alone."""
PHOTO: Final = ("JPEG", "MPO")
KEPT: Final = (*PHOTO, "PNG")
"""Formats whose healthy files keep their bytes."""
MOST_PIXELS: Final = 64_000_000
"""Larger pictures are refused before they are decoded: they may be decompression bombs."""
ENOUGH_ROWS: Final = 0.5
"""Share of the rows that a picture which is cut off must have."""
ORIENTATION: Final = 0x0112
PNG_DEPTH: Final = 24
"""Position of the bit depth in a PNG file."""
SMALL: Final = (128, 128)
COMPRESSION: Final = 3
"""Of PNG files that are made here, 0 to 9: twice as fast as 6, a few per cent larger."""
WHITE: Final = 255


class Mended(NamedTuple):
    """The bytes of a picture, None where it cannot be read, and what was the matter."""

    content: bytes | None
    reason: Reason


class _Lost(Exception):
    """Too little of a picture is there."""


def mended(content: bytes) -> Mended:
    """Return an image file as an 8-bit grey or RGB one, upright, complete, of one frame.

    Told by its content, whatever its name. Where several things were the matter the first in the order of
    `Reason` is named. Never raises for what `content` holds.

    Examples
    --------
    >>> from PIL import Image
    >>> file = io.BytesIO()
    >>> Image.new("CMYK", (4, 4)).save(file, "TIFF")
    >>> mended(file.getvalue()).reason.name, mended(b"<html>").reason.name
    ('PICTURE_CMYK', 'NO_PICTURE')
    """
    if not content:
        return Mended(None, Reason.EMPTY_FILE)
    from PIL import Image

    try:
        return _read(content)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return Mended(None, Reason.TOO_MANY_PIXELS)
    except _Lost:
        return Mended(None, Reason.MOSTLY_LOST)
    except Exception:  # each of the decoders has errors of its own, for bytes that can be anything
        return Mended(None, Reason.NO_PICTURE)


def _read(content: bytes) -> Mended:
    image = _opened(content)
    fault = _kind_fault(image, content)
    if fault is None and image.format in PHOTO:
        # A photo is decoded small: all of its bytes are read, a quarter of the work is done.
        image.draft(None, SMALL)
    complete = _loaded(image)
    if complete and fault is None and not _is_turned(image):
        return Mended(content, Reason.AS_IT_WAS)
    if not complete:
        image, fault = _what_is_there(content), Reason.PICTURE_CUT_OFF
    elif image.size != _opened(content).size:
        image = _opened(content)
    turned = _upright(image)
    return Mended(png(_plain(turned)), fault or Reason.PICTURE_TURNED)


def _opened(content: bytes) -> Image.Image:
    """Return the first frame, not yet decoded; raise where it has too many pixels."""
    from PIL import Image

    image = Image.open(io.BytesIO(content), formats=_decoders())
    if image.width * image.height > MOST_PIXELS:
        raise Image.DecompressionBombError
    return image


@cache
def _decoders() -> tuple[str, ...]:
    """Return those of FORMATS that this build of Pillow has."""
    from PIL import Image

    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)


def _kind_fault(image: Image.Image, content: bytes) -> Reason | None:
    """Return why the picture cannot keep its bytes, as far as its head tells."""
    if image.format not in PHOTO and getattr(image, "n_frames", 1) > 1:
        return Reason.PICTURE_ANIMATED
    if image.mode == "CMYK":
        return Reason.PICTURE_CMYK
    if image.mode.startswith(("I", "F")) or (image.format == "PNG" and content[PNG_DEPTH] > 8):
        return Reason.PICTURE_DEEP
    if image.has_transparency_data:
        return Reason.PICTURE_TRANSPARENT
    if image.mode in ("P", "1"):
        return Reason.PICTURE_PALETTE
    return None if image.mode in ("L", "RGB") and image.format in KEPT else Reason.PICTURE_CONVERTED


def _loaded(image: Image.Image) -> bool:
    """Decode the pixels; return whether all of them are there."""
    try:
        image.load()
    except (OSError, SyntaxError, EOFError):
        return False
    return True


def _is_turned(image: Image.Image) -> bool:
    return image.getexif().get(ORIENTATION, 1) in range(2, 9)


def _upright(image: Image.Image) -> Image.Image:
    from PIL import ImageOps

    return ImageOps.exif_transpose(image) if _is_turned(image) else image


def _what_is_there(content: bytes) -> Image.Image:
    """Return a picture that is cut off, the lost rows at its bottom of one colour; raise where most are."""
    # A JPEG ended by its closing mark decodes as far as it goes, a progressive one in all its rows.
    image = _opened(content)
    if image.format in PHOTO:
        image = _opened(content + b"\xff\xd9")
    if not _loaded(image):
        vars(image)["tile"] = []  # the decoder is done: keep what it wrote
    pixels = np.asarray(image.convert("RGB"))
    differs = (pixels != pixels[-1, -1]).any(axis=(1, 2))
    rows = np.flatnonzero(differs)
    if not len(rows) or rows[-1] + 1 < ENOUGH_ROWS * len(pixels):
        raise _Lost
    return image


def _plain(image: Image.Image) -> Image.Image:
    """Return the picture as 8-bit grey or RGB, transparent places white."""
    if image.mode.startswith(("I", "F")):
        return _from_deep(image)
    if image.has_transparency_data:
        return _on_white(image)
    if image.mode == "P":
        image = image.convert("RGB")
        return image.convert("L") if _is_grey(image) else image
    grey = image.mode in ("1", "L", "LA", "La")
    return image.convert("L" if grey else "RGB")


def _on_white(image: Image.Image) -> Image.Image:
    from PIL import Image as images

    layer = image.convert("RGBA")
    flat = images.alpha_composite(images.new("RGBA", layer.size, (WHITE,) * 4), layer).convert("RGB")
    return flat.convert("L") if image.mode in ("1", "L", "LA", "La") or _is_grey(flat) else flat


def _is_grey(image: Image.Image) -> bool:
    red, green, blue = image.split()
    return red.tobytes() == green.tobytes() == blue.tobytes()


def _from_deep(image: Image.Image) -> Image.Image:
    """Return a picture of 16 or 32 bits, or of fractions, in 8 bits."""
    from PIL import Image as images

    return images.fromarray(eight_bits(np.asarray(image)))


def eight_bits(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Return pixels as 0 to 255: whole numbers above 255 are taken for 16 bits, fractions for 0 to 1.

    What fits neither (more than 16 bits, negative, fractions above 255) is spread from its least to its
    greatest value. Pixels that are not finite become 0.

    Examples
    --------
    >>> eight_bits(np.array([[0, 65535]])).tolist(), eight_bits(np.array([[0.0, 0.5]])).tolist()
    ([[0, 255]], [[0, 128]])
    """
    values = np.nan_to_num(pixels.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    if low < 0 or high > 65535 or (high > 255 and pixels.dtype.kind == "f"):
        values = (values - low) * (255 / (high - low))
    elif pixels.dtype.kind == "f" and high <= 1:
        values = values * 255
    elif high > 255 or pixels.dtype == np.uint16:
        values = values / 257
    return np.rint(values).astype(np.uint8)


def image_words(content: bytes) -> str:
    """Return what an image file is, for people to read: format, size, colours, or what it begins with.

    Examples
    --------
    >>> from PIL import Image
    >>> image_words(png(Image.new("L", (4, 3)))), image_words(b"GIF")
    ('PNG 4 x 3 L', "3 bytes: b'GIF'")
    """
    try:
        image = _opened(content)
        orientation = image.getexif().get(ORIENTATION, 1)
    except Exception:  # as above
        return f"{len(content):,} bytes: {content[:16]!r}" if content else "0 bytes"
    turned = f", EXIF orientation {orientation}" if orientation != 1 else ""
    frames = getattr(image, "n_frames", 1) if image.format not in PHOTO else 1
    several = f", {frames:,} frames" if frames > 1 else ""
    return f"{image.format} {image.width} x {image.height} {image.mode}{several}{turned}"


def png(image: Image.Image) -> bytes:
    """Return the picture as the bytes of a PNG file, the same bytes for the same pixels."""
    file = io.BytesIO()
    if image.info:  # resolution, comments, colour profile
        image = image.copy()
        image.info.clear()
    image.save(file, "PNG", compress_level=COMPRESSION)
    return file.getvalue()
