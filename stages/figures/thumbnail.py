"""Pictures small enough to stand in a page, as data addresses: nothing is loaded from elsewhere."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Final, NamedTuple

SIDE: Final = 208
"""Pixels of a thumbnail's longer side: sharp also where a screen shows two pixels for one."""
FEW: Final = 64
"""Pixels of a side up to which a picture is shown as it is, its pixels as squares."""
HEAVY: Final = 400_000
"""Bytes from which a large picture is sent as JPEG."""
QUALITY: Final = 82


class Thumbnail(NamedTuple):
    """A picture as a data address, and whether it has but few pixels."""

    source: str
    small: bool


def thumbnail(content: bytes, *, side: int = SIDE) -> Thumbnail:
    """Return the image file `content` with no side above `side`; a small picture as PNG, unchanged in size.

    Examples
    --------
    >>> from PIL import Image
    >>> file = BytesIO()
    >>> Image.new("L", (28, 28)).save(file, "PNG")
    >>> thumbnail(file.getvalue()).source[:22]
    'data:image/png;base64,'
    """
    from PIL import Image

    with Image.open(BytesIO(content)) as picture:
        plain = picture.convert("L" if picture.mode in ("1", "L") else "RGB")
    if max(plain.size) <= FEW:
        return Thumbnail(_address(plain, "PNG"), small=True)
    plain.thumbnail((side, side))
    return Thumbnail(_address(plain, "JPEG"), small=False)


def shown_whole(content: bytes) -> str:
    """Return a large picture as a data address: the file as it is, or a JPEG of it where that is heavy."""
    if len(content) <= HEAVY:
        return _data(content, "png")
    from PIL import Image

    with Image.open(BytesIO(content)) as picture:
        return _address(picture.convert("RGB"), "JPEG")


def _address(picture: object, kind: str) -> str:
    from PIL import Image

    file = BytesIO()
    if isinstance(picture, Image.Image):
        picture.save(file, kind, **({"quality": QUALITY} if kind == "JPEG" else {"optimize": True}))
    return _data(file.getvalue(), kind.lower())


def _data(content: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"
