"""What the tests of encode share: choices read from conf/ and tables of examples from data/raw."""

from __future__ import annotations

import importlib
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from stages.examples.schema import EXAMPLE_ID, FEATURE, MEDIA, TARGET, Column, Schema
from stages.transformers.categories import Categories
from stages.transformers.media import Media
from stages.transformers.numbers import Numbers
from stages.transformers.preprocessing import Preprocessing
from stages.transformers.selection import ColumnSelection

ROOT = Path(__file__).resolve().parents[1]
CONF = ROOT / "conf" / "encode"
DEFAULTS = {
    "imputer": "median",
    "outliers": "none",
    "categories": "one_hot",
    "dates": "parts",
    "scaler": "standard",
    "target": "none",
    "image": "stretch",
    "text": "tfidf",
    "sequence": "padded",
}
VALUES = {
    "missing_indicator": True,
    "missing_categories": "own_category",
    "max_missing_share": 0.95,
    "drop_constant": True,
    "rare_classes": "keep",
    "min_class_rows": 5,
}
EVERY_CHOICE = sorted((file.parent.name, file.stem) for file in CONF.glob("*/*.yaml"))


def content(group: str, name: str) -> dict[str, Any]:
    """Return what the file of one choice holds, the seed filled in."""
    text = (CONF / group / f"{name}.yaml").read_text().replace("${seed}", "0")
    return yaml.safe_load(text)


def composed(**changes: Any) -> dict[str, Any]:
    """Return the section encode as the defaults compose it, `changes` laid over it."""
    return {group: content(group, name) for group, name in DEFAULTS.items()} | VALUES | changes


def target_of(values: dict[str, Any]) -> Any:
    module, name = values["_target_"].rsplit(".", 1)
    return getattr(importlib.import_module(module), name)


def choice(group: str, name: str, **changes: Any) -> Any:
    """Return the object that one choice makes."""
    values = content(group, name) | changes
    keywords = {key: value for key, value in values.items() if not key.startswith("_")}
    return target_of(values)(**keywords)


def preprocessing(
    schema: Schema,
    *,
    missing_indicator: bool = True,
    missing_categories: str = "own_category",
    selection: ColumnSelection | None = None,
    **choices: Any,
) -> Preprocessing:
    """Return an unfitted preprocessing; `choices` are names of choices or objects."""
    parts = {
        group: choice(group, value) if isinstance(value, str) else value
        for group, value in (DEFAULTS | choices).items()
    }
    return Preprocessing(
        schema.model_dump(mode="json"),
        selection=selection or ColumnSelection(missing_is_value=[c.key for c in schema.features]),
        outliers=parts["outliers"],
        numbers=Numbers(
            parts["dates"], parts["imputer"], parts["scaler"], missing_indicator=missing_indicator
        ),
        categories=Categories(parts["categories"], parts["scaler"], missing=missing_categories),
        media=Media({role: parts[role] for role in MEDIA if schema.keys(role)}),
        target=parts["target"],
    )


def examples(raw: pd.DataFrame, target: str, task: str) -> tuple[pd.DataFrame, Schema]:
    """Return the table of examples of a raw table, and its schema."""
    columns, cells = [], {EXAMPLE_ID: [f"raw.csv:{row}" for row in range(len(raw))]}
    cells[TARGET] = raw[target].astype("float64" if task == "regression" else "str")
    for name in raw.columns.drop(target):
        role = "numeric" if pd.api.types.is_numeric_dtype(raw[name]) else "categorical"
        cells[FEATURE + name] = raw[name].astype("float64" if role == "numeric" else "str")
        columns.append(Column(name=name, role=role))
    classes = () if task == "regression" else tuple(raw[target].value_counts().index)
    schema = Schema(dataset="raw", task=task, target=target, classes=classes, features=tuple(columns))
    return pd.DataFrame(cells), schema


def credit(rows: int = 500) -> tuple[pd.DataFrame, Schema]:
    """Return some rows of credit_data with a boolean and a date column beside."""
    raw = (
        pd.read_csv(ROOT / "data" / "raw" / "credit" / "credit_data.csv.gz")
        .dropna(subset="Status")
        .head(rows)
    )
    table, schema = examples(raw, "Status", "binary")
    table[FEATURE + "Young"] = (raw["Age"] < 30).astype(float).mask(raw["Age"] == 40)
    days = pd.to_timedelta(raw["Age"] * 37, unit="D")
    table[FEATURE + "Opened"] = (
        (pd.Timestamp("2019-03-01") + days).mask(raw["Age"] == 41).astype("datetime64[us]")
    )
    more = (Column(name="Young", role="boolean"), Column(name="Opened", role="date"))
    return table, schema.model_copy(update={"features": (*schema.features, *more)})


def ames(rows: int = 400) -> tuple[pd.DataFrame, Schema]:
    """Return some rows of the Ames house prices."""
    raw = pd.read_csv(ROOT / "data" / "raw" / "ames" / "ames.csv.gz", keep_default_na=False)
    return examples(raw.head(rows), "Sale_Price", "regression")


def divided(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return `table` by part: 60 % train, 20 % validation, 20 % test, drawn."""
    order = np.random.default_rng(0).permutation(len(table))
    train, validation, test = np.split(order, [int(0.6 * len(table)), int(0.8 * len(table))])
    return {
        "train": table.iloc[np.sort(train)],
        "validation": table.iloc[np.sort(validation)],
        "test": table.iloc[np.sort(test)],
    }


def png(pixels: np.ndarray) -> bytes:
    """Return `pixels`, ``(height, width[, 3])`` uint8, as the bytes of a PNG file."""
    from PIL import Image

    file = BytesIO()
    Image.fromarray(np.asarray(pixels, np.uint8)).save(file, "PNG")
    return file.getvalue()


def media(role: str, rows: int = 40) -> tuple[pd.DataFrame, Schema]:
    """Return a made-up table with a column of `role` (one cell of it missing) beside a numeric one."""
    rng = np.random.default_rng(3)
    raw = pd.DataFrame({"y": ["p", "n"] * (rows // 2), "size": rng.normal(size=rows)})
    table, schema = examples(raw, "y", "binary")
    cells = [MADE[role](rng) for _ in range(rows)]
    cells[5] = None
    table[FEATURE + "made"] = pd.Series(cells, dtype="str" if role == "text" else "object")
    column = Column(name="made", role=role, channels=("a", "b") if role == "sequence" else ())
    return table, schema.model_copy(update={"features": (*schema.features, column)})


def _picture(rng: np.random.Generator) -> bytes:
    return png(rng.integers(0, 256, (rng.integers(4, 9), rng.integers(4, 9), 3)))


def _text(rng: np.random.Generator) -> str:
    return " ".join(rng.choice(["good", "bad", "day", "night", "é", "!"], rng.integers(1, 12)))


def _sequence(rng: np.random.Generator) -> np.ndarray:
    values = rng.normal(5, 3, (rng.integers(1, 9), 2)).astype(np.float32)
    values[rng.random(values.shape) < 0.1] = np.nan
    return values.ravel()


MADE = {"image": _picture, "text": _text, "sequence": _sequence}
