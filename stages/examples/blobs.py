"""Cells of bytes that stay on disk until they are read: all pictures of a table would not fit into memory."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from typing import IO
from weakref import finalize


class Content:
    """A file that threads read from in turn; it is closed when the last cell in it is gone.

    Parameters
    ----------
    file
        Opened for reading.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.lock = Lock()
        finalize(self, file.close)

    def read(self, start: int, size: int) -> bytes:
        """Return `size` bytes from `start` on."""
        with self.lock:
            self.file.seek(start)
            return self.file.read(size)


class Blob:
    """The bytes of one cell; ``bytes(blob)`` reads them.

    Parameters
    ----------
    content
        The file, shared by all cells.
    start, size
        Where the bytes lie in it.
    """

    __slots__ = ("content", "size", "start")

    def __init__(self, content: Content, start: int, size: int) -> None:
        self.content = content
        self.start = start
        self.size = size

    def __bytes__(self) -> bytes:
        """Return the bytes."""
        return self.content.read(self.start, self.size)


def on_disk(cells: Iterable[bytes | None], folder: Path) -> list[Blob | None]:
    """Return `cells` in order, their bytes written to a nameless file in `folder` that goes with them.

    Examples
    --------
    >>> import tempfile
    >>> first, second = on_disk([b"one", None], Path(tempfile.mkdtemp()))
    >>> bytes(first), second
    (b'one', None)
    """
    content = Content(TemporaryFile(dir=folder))
    blobs: list[Blob | None] = []
    start = 0
    for cell in cells:
        blobs.append(None if cell is None else Blob(content, start, content.file.write(cell)))
        start += 0 if cell is None else len(cell)
    return blobs
