"""A small data set: a picture, a text, a series and a number in each row."""

from __future__ import annotations

import base64
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from bundle_cases import Table
from encode_examples import png
from PIL import Image
from raw_files import cleaned_folder

from stages.examples.schema import Column

CHANNELS = ("left", "right")
ROLES = {"photo": "image", "said": "text", "pulse": "sequence", "size": "numeric"}
WORDS = {"cat": ["purr", "mouse", "sofa", "näp"], "dog": ["bark", "ball", "walk", "läuft"]}
COLUMNS = {
    name: Column(name=name, role=role, channels=CHANNELS if role == "sequence" else ())
    for name, role in ROLES.items()
}


def pixels(rng: np.random.Generator, label: str) -> np.ndarray:
    """Return a picture of 12 x 10, brighter for a dog."""
    return rng.integers(0, 120, (12, 10, 3)).astype(np.uint8) + (120 if label == "dog" else 0)


def write_pets(folder: Path, *, rows: int = 60) -> pd.DataFrame:
    """Write ``rows.jsonl``, its pictures as base64, to `folder`; return its rows."""
    rng = np.random.default_rng(5)
    folder.mkdir(parents=True)
    records: list[dict[str, Any]] = []
    for row in range(rows):
        label = "dog" if row % 3 else "cat"
        photo = base64.b64encode(png(pixels(rng, label))).decode()
        steps = rng.normal(row % 3, 1, (rng.integers(3, 9), 2)).round(3).tolist()
        said = " ".join(rng.choice(WORDS[label] + ["and", "the"], 5))
        records.append({"photo": photo, "said": said, "pulse": steps, "size": float(row), "y": label})
    text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records)
    (folder / "rows.jsonl").write_text(text, encoding="utf-8")
    return pd.DataFrame(records)


def pets(folder: Path, *columns: str, rows: int = 60) -> Table:
    """Return the data set with the features `columns` (all where none are named)."""
    raw = write_pets(folder, rows=rows)
    chosen = columns or tuple(ROLES)
    roles: dict[str, list[str]] = {"ignored": [name for name in ROLES if name not in chosen]}
    for name in chosen:
        roles.setdefault(ROLES[name], []).append(name)
    cleaned = cleaned_folder(folder, files=["rows.jsonl"], columns=roles)
    return Table(raw, cleaned)


def typed(raw: pd.DataFrame) -> pd.DataFrame:
    """Return raw rows as Python holds them: the bytes of pictures, series as arrays."""
    photos = [base64.b64decode(photo) for photo in raw["photo"]]
    pulses = [np.array(each) for each in raw["pulse"]]
    held = {"photo": photos, "pulse": pulses}
    return raw.assign(
        **{name: pd.Series(cells, index=raw.index, dtype=object) for name, cells in held.items()}
    )


def located(raw: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Return raw rows with the paths of their pictures, which are written to `folder`."""
    folder.mkdir()
    names = [f"{row}.png" for row in raw.index]
    for name, photo in zip(names, raw["photo"], strict=True):
        (folder / name).write_bytes(base64.b64decode(photo))
    return raw.assign(photo=names)


def decoded(photo: bytes) -> np.ndarray:
    """Return the pixels of an image file."""
    with Image.open(BytesIO(photo)) as picture:
        return np.asarray(picture)
