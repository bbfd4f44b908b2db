"""Reading of arrays (.npz, .idx) of pictures or series with their labels into one raw table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.datasets.array_names import ArraySet, find_sets, listed_arrays
from stages.datasets.encodings import text_of_bytes
from stages.datasets.files import find_files, unpack, verify
from stages.datasets.idx import is_idx_name, read_idx, set_name
from stages.datasets.image_repair import eight_bits
from stages.datasets.media_folders import LABEL, parts_of
from stages.datasets.names import listed
from stages.datasets.npz import read_npz
from stages.datasets.places import PARTS
from stages.datasets.tables import RawTable
from stages.examples.schema import Role
from stages.settings.dataset import DatasetSettings

Arrays = Mapping[str, NDArray[Any]]

COLOURS: Final = (1, 3, 4)


class _Rows(NamedTuple):
    """The examples of one set of arrays."""

    name: str
    part: str | None
    role: Role
    cells: Sequence[Any]
    labels: pd.Series
    remarks: tuple[str, ...]


def read_arrays(
    folder: Path, settings: DatasetSettings, kind: str, *, parts: Mapping[str, str] | None = None
) -> RawTable:
    """Return the examples of the .npz or .idx files in `folder`, which are only read.

    `parts` gives the part of each file where the user states it. Raises ValueError where a file is damaged,
    features or target cannot be found, or they do not fit together.
    """
    patterns = settings.parts.files() or settings.files
    paths = find_files(folder, patterns or ("*.npz" if kind == "npz" else "*",))
    labels = [path.relative_to(folder).as_posix() for path in paths]
    if kind == "idx" and not patterns:
        labels = [label for label in labels if is_idx_name(label)]
    contents = {label: (folder / label).read_bytes() for label in labels}
    return arrays_table(contents, settings, kind, parts=parts)


def arrays_table(
    contents: Mapping[str, bytes],
    settings: DatasetSettings,
    kind: str,
    *,
    parts: Mapping[str, str] | None = None,
) -> RawTable:
    """Return the examples of files `contents` (name to bytes) of `kind` npz or idx."""
    sources = {name: {"sha256": verify(name, each, settings.sha256)} for name, each in contents.items()}
    if kind == "npz":
        sets = [each for name in contents for each in _npz_sets(name, contents[name], settings)]
    else:
        sets = _idx_sets(contents)
    if parts:
        sets = [each._replace(part=parts[_file_of(each.name, parts)]) for each in sets]
    return _joined([_rows(each, settings) for each in sets], sources)


def _file_of(name: str, files: Iterable[str]) -> str:
    """Return the file whose array (``a.npz/X``) or self (an idx file) has `name`."""
    return next(file for file in files if name == file or name.startswith(f"{file}/"))


def _npz_sets(name: str, content: bytes, settings: DatasetSettings) -> list[ArraySet]:
    arrays = read_npz(name, content)
    sets = find_sets(name, arrays, settings.arrays)
    words = PurePosixPath(name).stem.lower().replace("-", "_").split("_")
    by_name = next((PARTS[word] for word in words if word in PARTS), None)
    alone = len(sets) == 1 and sets[0].part is None
    return [each._replace(part=by_name) if alone else each for each in sets]


def _idx_sets(contents: Mapping[str, bytes]) -> list[ArraySet]:
    arrays = {name: read_idx(name, unpack(name, content)[1]) for name, content in contents.items()}
    sets = []
    for name, array in arrays.items():
        if array.ndim < 2:
            continue
        partners = [
            other for other, each in arrays.items() if each.ndim == 1 and set_name(other) == set_name(name)
        ]
        if len(partners) != 1:
            raise ValueError(
                f"{name} holds {listed_arrays({name: array})}, but of its labels there are {len(partners)} "
                f"files: a file of labels has the same name but for images/labels, e.g. "
                f"train-labels-idx1-ubyte.gz. There are {listed(list(arrays))}."
            )
        sets.append(ArraySet(name, _idx_part(name), array, arrays[partners[0]], None, ()))
    if not sets:
        raise ValueError(
            f"No idx file holds pictures: there are {listed_arrays(arrays)}. Put e.g. "
            "train-images-idx3-ubyte.gz beside the labels."
        )
    return sets


def _idx_part(name: str) -> str | None:
    words = set_name(name).split("-")
    known = PARTS | {"t10k": "test"}
    return next((known[word] for word in words if word in known), None)


def _rows(each: ArraySet, settings: DatasetSettings) -> _Rows:
    labels = _labels(each)
    if len(each.features) != len(labels):
        raise ValueError(
            f"{each.name}: {len(each.features):,} examples, but {len(labels):,} labels. Mend the file, or "
            "state which arrays belong together: dataset.arrays.features and dataset.arrays.target."
        )
    if _is_image(each.features, settings):
        pixels = as_pixels(each.name, each.features)
        said = (*each.remarks, *_range_remarks(each.features))
        return _Rows(each.name, each.part, "image", list(pixels), labels, said)
    series, remarks = as_series(each, settings)
    return _Rows(each.name, each.part, "sequence", series, labels, (*each.remarks, *remarks))


def _labels(each: ArraySet) -> pd.Series:
    target = each.target
    if target.ndim == 2 and target.shape[1] == 1:
        target = target[:, 0]
    one_hot = target.ndim == 2 and np.isin(target, (0, 1)).all() and (target.sum(axis=1) == 1).all()
    if one_hot:
        target = target.argmax(axis=1)
    if target.ndim != 1:
        raise ValueError(
            f"{each.name}: the target has the shape {target.shape}; it must be one class or value for each "
            "example, (n,), (n, 1), or one-hot (n, n_classes)."
        )
    if target.dtype.kind == "S":
        target = np.array([text_of_bytes(each) for each in target.tolist()], dtype=np.str_)
    return pd.Series(target, dtype="str" if target.dtype.kind == "U" else None)


def _is_image(array: NDArray[Any], settings: DatasetSettings) -> bool:
    """Return whether an array holds pictures: as stated, else four axes, or three of bytes."""
    if settings.columns.image or settings.columns.sequence:
        return bool(settings.columns.image)
    return array.ndim == 4 or (array.ndim == 3 and array.dtype == np.uint8)


def as_pixels(name: str, array: NDArray[Any]) -> NDArray[np.uint8]:
    """Return pictures as ``(n, height, width[, channels])`` uint8, 0 to 255.

    Channels may come first; fractions of 0 to 1, and 16 bits, are scaled, by the range of the whole array.
    """
    # Sixteen bits only where a value needs them: 0 to 255 are as often kept so.
    pictures: NDArray[Any] = array.astype(np.int32) if array.dtype == np.uint16 else array
    if pictures.ndim == 4 and pictures.shape[3] not in COLOURS and pictures.shape[1] in COLOURS:
        pictures = np.moveaxis(pictures, 1, 3)
    if pictures.ndim not in (3, 4) or (pictures.ndim == 4 and pictures.shape[3] not in COLOURS):
        raise ValueError(
            f"{name} has the shape {array.shape}; pictures are (n, height, width) or (n, height, width, "
            "channels) with 1, 3 or 4 channels. For series say dataset.columns.sequence=[sequence]."
        )
    return pictures if pictures.dtype == np.uint8 else eight_bits(pictures)


def _range_remarks(array: NDArray[Any]) -> tuple[str, ...]:
    """Return a remark where pixels are on a scale of their own, which each array would set anew."""
    low, high = (float(bound(array, where=np.isfinite(array), initial=0)) for bound in (np.min, np.max))
    if low >= 0 and high <= (255 if array.dtype.kind == "f" else 65535):
        return ()
    return (
        f"pixels from {low:g} to {high:g}, which became 0 to 255; the range of another array will, too, so "
        "that one value is another colour there. Save all of them as 0 to 255",
    )


def as_series(each: ArraySet, settings: DatasetSettings) -> tuple[list[NDArray[Any]], tuple[str, ...]]:
    """Return series as arrays ``(n_steps, n_channels)``, cut to their lengths, and remarks."""
    values = each.features
    if values.ndim not in (2, 3) or values.dtype.kind not in "buif":
        raise ValueError(
            f"{each.name} has the shape {values.shape} of {values.dtype}; series are numbers "
            "(n, steps) or (n, steps, channels). State dataset.arrays.features where it is another array."
        )
    first = settings.arrays.channels_first
    remarks: tuple[str, ...] = ()
    if values.ndim == 3:
        longest = 0 if each.lengths is None else int(each.lengths.max(initial=0))
        if first == "auto":
            first = values.shape[1] < longest <= values.shape[2]
            if not first and not longest and values.shape[1] <= values.shape[2]:
                remarks = (
                    f"read as {values.shape[1]:,} steps of {values.shape[2]:,} channels; if it is the other "
                    "way round, say dataset.arrays.channels_first=true; if these are pictures, "
                    "dataset.columns.image=[image]",
                )
        values = np.moveaxis(values, 1, 2) if first else values
    steps = np.full(len(values), values.shape[1]) if each.lengths is None else each.lengths.ravel()
    if len(steps) != len(values) or steps.min(initial=0) < 0 or steps.max(initial=0) > values.shape[1]:
        raise ValueError(
            f"{each.name}: the lengths do not fit: {len(steps):,} of them, up to {steps.max(initial=0):,}, "
            f"for {len(values):,} series of at most {values.shape[1]:,} steps. State dataset.arrays.lengths."
        )
    return [one[: int(count)] for one, count in zip(values, steps, strict=True)], remarks


def _joined(rows: Sequence[_Rows], sources: Mapping[str, Mapping[str, str]]) -> RawTable:
    role = rows[0].role
    if any(each.role != role for each in rows):
        raise ValueError(
            f"{listed([each.name for each in rows])} hold pictures as well as series. Choose one kind with "
            "dataset.files, or say what they are: dataset.columns.image=[image]."
        )
    cells = _objects(cell for each in rows for cell in each.cells)
    counts = [len(each.cells) for each in rows]
    if not any(counts):
        raise ValueError(f"{listed([each.name for each in rows])} holds no example: the arrays are empty.")
    return RawTable(
        frame=pd.DataFrame(
            {role: cells, LABEL: pd.concat([each.labels for each in rows], ignore_index=True)}
        ),
        files=np.repeat(np.array([each.name for each in rows], dtype=object), counts),
        rows=np.concatenate([np.arange(1, count + 1, dtype=np.int64) for count in counts]),
        parts=parts_of(
            part for each, count in zip(rows, counts, strict=True) for part in [each.part] * count
        ),
        unreadable={},
        remarks={each.name: each.remarks for each in rows if each.remarks},
        sources=sources,
        roles={role: role},
    )


def _objects(values: Iterable[Any]) -> pd.Series:
    """Return arrays as cells; pandas alone would stack them."""
    held = list(values)
    cells = np.empty(len(held), dtype=object)
    cells[:] = held
    return pd.Series(cells)
