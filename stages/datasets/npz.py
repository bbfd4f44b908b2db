"""Reading of .npz files: several arrays in one."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

NPY: Final = b"\x93NUMPY"
"""What a file of a single array begins with."""


def read_npz(name: str, content: bytes) -> dict[str, NDArray[Any]]:
    """Return the arrays of an .npz file by their names; no Python objects are loaded.

    Raises ValueError where it holds such objects, or is no .npz file.

    Examples
    --------
    >>> file = io.BytesIO()
    >>> np.savez(file, X=[[1, 2]], y=[0])
    >>> list(read_npz("a.npz", file.getvalue()))
    ['X', 'y']
    """
    try:
        if content.startswith(NPY):
            raise ValueError("it is a single array, .npy")
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {key: archive[key] for key in archive.files}
    except (ValueError, OSError, EOFError, KeyError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        pickled = "allow_pickle" in str(error)
        why = (
            "it holds Python objects, which are not loaded because they can run programs; save lists of "
            "different lengths as one padded array and their lengths"
            if pickled
            else f"it is damaged, cut off or no .npz file ({error}); write it again with np.savez_compressed"
        )
        raise ValueError(f"{name} cannot be read: {why}.") from error
