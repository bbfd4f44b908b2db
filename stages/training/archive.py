"""A model as a ``.keras`` archive whose bytes depend on the model alone.

Keras writes the date of saving, the addresses of shared objects and the times of the zip's entries into
it: they are fixed or renumbered here. ``keras.models.load_model`` reads the result as any other.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import keras

DATE_SAVED = "1980-01-01@00:00:00"
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
PERMISSIONS = 0o644 << 16


def save_model(model: keras.Model, path: Path) -> None:
    """Write `model` to `path`, which ends in ``.keras``; equal models give equal bytes."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        written = Path(folder) / "model.keras"
        model.save(written)
        rewrite(written, path)


def rewrite(source: Path, path: Path) -> None:
    """Copy the archive `source` to `path` without dates and addresses."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in sorted(old.namelist()):
            entry = zipfile.ZipInfo(name, date_time=ZIP_DATE)
            entry.external_attr = PERMISSIONS
            new.writestr(entry, stable(name, old.read(name)))


def stable(name: str, content: bytes) -> bytes:
    """Return the `content` of one entry without what changes from one saving to the next."""
    if name == "metadata.json":
        return json.dumps(json.loads(content) | {"date_saved": DATE_SAVED}).encode()
    if name == "config.json":
        return json.dumps(renumbered(json.loads(content), {})).encode()
    return content


def renumbered(value: Any, numbers: dict[Any, int]) -> Any:
    """Return `value` with each ``shared_object_id`` replaced by its place in the order of appearance.

    Examples
    --------
    >>> renumbered([{"shared_object_id": 140220}, {"shared_object_id": 7}, {"shared_object_id": 140220}], {})
    [{'shared_object_id': 0}, {'shared_object_id': 1}, {'shared_object_id': 0}]
    """
    if isinstance(value, dict):
        return {
            key: numbers.setdefault(each, len(numbers))
            if key == "shared_object_id"
            else renumbered(each, numbers)
            for key, each in value.items()
        }
    return [renumbered(each, numbers) for each in value] if isinstance(value, list) else value
