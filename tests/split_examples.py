"""What the tests of split share: small tables of examples, and the choices of conf/split/strategy."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from stages.examples.schema import Column, Schema
from stages.splitters.units import KEY, UNIT, find_units, unit_keys

ROOT = Path(__file__).resolve().parents[1]
CONF = ROOT / "conf" / "split" / "strategy"
STRATEGIES = sorted(path.stem for path in CONF.glob("*.yaml"))

CLASSES = ("good", "bad")
SCHEMA = Schema(
    dataset="t",
    task="binary",
    target="Status",
    classes=CLASSES,
    features=(Column(name="x", role="numeric"),),
)
REGRESSION = SCHEMA.model_copy(update={"task": "regression", "classes": ()})


def content(name: str) -> dict[str, Any]:
    values = yaml.safe_load((CONF / f"{name}.yaml").read_text())
    assert isinstance(values, dict)
    return values


def target_of(values: dict[str, Any]) -> Any:
    module, name = values["_target_"].rsplit(".", 1)
    return getattr(importlib.import_module(module), name)


def strategy(name: str, **changes: Any) -> Any:
    """Return the splitter of ``conf/split/strategy/<name>.yaml``."""
    values = content(name) | changes
    return target_of(values)(**{key: value for key, value in values.items() if key != "_target_"})


def examples(rows: int, *, bad_every: int = 4, **columns: Any) -> pd.DataFrame:
    """Return a table of examples, every `bad_every`-th of class bad."""
    target = np.where(np.arange(rows) % bad_every == 0, "bad", "good")
    table = {
        "example_id": [f"t.csv:{i}" for i in range(rows)],
        "target": pd.Series(target, dtype="str"),
        "content_id": np.arange(rows, dtype=np.uint64),
        "exclude": pd.Series([None] * rows, dtype="str"),
    }
    return pd.DataFrame(table | columns)


def with_units(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(**{UNIT: find_units(table)})


def ranked(table: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    rows = with_units(table)
    return rows.assign(**{KEY: unit_keys(rows, seed=seed)})


def full(rows: int = 240, groups: int = 24) -> pd.DataFrame:
    """Return examples with every reserved column, so that every strategy can work on them."""
    rng = np.random.default_rng(0)
    return examples(
        rows,
        group=[f"g{i}" for i in rng.integers(0, groups, rows)],
        time=pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.permutation(rows), unit="h"),
        part=np.where(np.arange(rows) % 5 == 0, "test", "train"),
    )


def without_groups(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop(columns="group")


def moved(before: pd.DataFrame, after: pd.DataFrame) -> int:
    """Return how many examples that both assignments have lie in another part."""
    both = before.merge(after, on="example_id")
    return int((both["part_x"] != both["part_y"]).sum())
