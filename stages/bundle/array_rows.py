"""Rows to predict from an .npz or .idx file: pictures or series, their target not needed."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from stages.datasets.array_files import as_pixels, as_series
from stages.datasets.array_names import FEATURES, LENGTHS, ArraySet, listed_arrays, split_name
from stages.datasets.files import unpack
from stages.datasets.idx import is_idx_name, read_idx
from stages.datasets.tables import FileTable
from stages.examples.encoded import Array
from stages.examples.schema import Column
from stages.settings.dataset import DatasetArrays, DatasetFiles, DatasetSettings


def array_table(path: Path, column: Column, settings: DatasetFiles) -> FileTable:
    """Return the rows of the file at `path`; those of several parts one after another.

    Raises
    ------
    ValueError
        Where it is damaged, or no array has the name of features.
    """
    arrays = _load(path)
    dataset = DatasetSettings(name="new", target="", arrays=settings.arrays)
    cells = [
        cell
        for each in _sets(path.name, arrays, settings.arrays)
        for cell in (
            as_pixels(path.name, each.features) if column.role == "image" else as_series(each, dataset)[0]
        )
    ]
    return FileTable(
        pd.DataFrame({column.name: objects(cells)}), np.arange(1, len(cells) + 1, dtype=np.int64)
    )


def holds_arrays(path: Path) -> bool:
    """Return whether a file is .npz or .idx, by its name."""
    return path.suffix.lower() == ".npz" or is_idx_name(path.name)


def objects(values: Sequence[Any]) -> pd.Series:
    """Return arrays as the cells of a column; pandas alone would stack them.

    Examples
    --------
    >>> objects([np.zeros((2, 1)), np.zeros((2, 1))]).map(np.shape).tolist()
    [(2, 1), (2, 1)]
    """
    cells = np.empty(len(values), dtype=object)
    for row, value in enumerate(values):
        cells[row] = value
    return pd.Series(cells)


def _load(path: Path) -> dict[str, Array]:
    """Return the arrays of a file by name."""
    if is_idx_name(path.name):
        return {"x": read_idx(path.name, unpack(path.name, path.read_bytes())[1])}
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(
            f"{path.name} cannot be read as .npz: {error}. Write it again with np.savez_compressed, "
            "without Python objects: none is loaded."
        ) from error


def _sets(name: str, arrays: dict[str, Array], stated: DatasetArrays) -> list[ArraySet]:
    """Return the arrays of features with their lengths; the only one of several axes whatever its name."""
    wanted = FEATURES if stated.features == "auto" else (stated.features, split_name(stated.features)[0])
    lengths = LENGTHS if stated.lengths == "auto" else (stated.lengths, split_name(stated.lengths)[0])
    bases = {key: split_name(key) for key in arrays}
    several = [key for key, array in arrays.items() if array.ndim > 1]
    wanted = (*wanted, *several) if len(several) == 1 else wanted
    sets = []
    for key, (base, part) in bases.items():
        if key in wanted or base in wanted:
            of = [k for k, (b, p) in bases.items() if p == part and (b in lengths or k in lengths)]
            steps = arrays[of[0]] if of else None
            sets.append(ArraySet(name, part, arrays[key], np.empty(0), steps, ()))
    if not sets:
        raise ValueError(
            f"{name} holds {listed_arrays(arrays)}, but none is called as features are "
            f"({', '.join(wanted)}). Rename it."
        )
    return sets
