"""Write the report of the run and complete its row in MLflow.

Reads data/config.yaml and what every stage wrote. Writes data/record: record.json, report.html and
figures/*.svg; and the MLflow run.
Run: python -m stages.record
"""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Mapping
from itertools import chain
from typing import Any

import pandas as pd

from stages.examples.schema import EXAMPLE_ID, FEATURE
from stages.reporting.contents import Contents
from stages.reporting.drawing import draw_figures
from stages.reporting.examples import MOST
from stages.reporting.page import render
from stages.settings.experiment import RecordConfig
from stages.shell.stage import Store, stage
from stages.shell.store import ROOT
from stages.shell.tracking.client import run_key

DOCUMENTS = {
    "schema": ("clean", "schema.json"),
    "sources": ("clean", "sources.json"),
    "split": ("split", "report.json"),
    "baseline": ("baseline", "report.json"),
    "encode": ("encode", "report.json"),
    "resample": ("resample", "report.json"),
    "augment": ("augment", "report.json"),
    "training": ("train", "training.json"),
    "evaluate": ("evaluate", "report.json"),
    "metrics": ("evaluate", "metrics.json"),
    "intervals": ("evaluate", "intervals.json"),
    "decision": ("evaluate", "decision.json"),
    "comparison": ("evaluate", "comparison.json"),
}
TABLES = {
    "profile": ("clean", "profile.csv"),
    "audit": ("clean", "audit.csv"),
    "history": ("train", "history.csv"),
    **{
        name: ("evaluate", f"{name}.csv")
        for name in (
            "slices", "worst", "importance", "threshold", "confusion", "roc", "precision_recall",
            "calibration", "residuals",
        )
    },
}  # fmt: skip
TEXT = {
    "profile": ("column", "top", "min", "median", "max"),
    "audit": ("column", "before", "after"),
    "slices": ("column", "slice"),
    "importance": ("column",),
    "confusion": ("actual", "predicted"),
    "roc": ("class",),
    "precision_recall": ("class",),
}
"""Columns of names: a class called 1.0 or NA is no number and not missing."""
CONTACT_SHEET = "contact_sheet.png"
NOTED = ("clean", "split", "baseline", "encode", "resample", "augment", "train", "evaluate")
NOTES = {"clean": "sources", "train": "training"}
"""Stages whose notes stand in a document of another name."""
logger = logging.getLogger(__name__)


@stage(RecordConfig)
def main(config: RecordConfig, store: Store) -> None:
    """Complete the row; a store that cannot be reached costs a warning, and the row is sent later."""
    from stages.shell.tracking.outage import warn_once
    from stages.shell.tracking.row import run_name, write_row
    from stages.shell.tracking.tags import versions

    plain, key = config.model_dump(mode="json", by_alias=True), run_key()
    record = {"key": key, "name": run_name(plain), "overrides": list(config.overrides)}
    record |= source() | {"versions": versions()}
    store.write_json("record.json", record)
    contents = read_contents(store, record, plain)
    figures = draw_figures(contents)
    for name, figure in figures.items():
        store.write_text(f"figures/{name}.svg", figure)
    store.write_text("report.html", render(contents, figures))
    try:
        write_row(store.data, key=key, recorded=store.output)
    except Exception as error:  # whatever MLflow raises: everything it holds can be rebuilt from files
        warn_once(error)
    logger.info("report: data/record/report.html")


def read_contents(store: Store, record: Mapping[str, Any], config: Mapping[str, Any]) -> Contents:
    """Return all that the stages wrote about the run."""
    documents = {name: store.read_json(*place) for name, place in DOCUMENTS.items()}
    notes = {name: tuple(documents[NOTES.get(name, name)].get("notes", ())) for name in NOTED}
    text = (store.data / "config.yaml").read_text(encoding="utf-8")
    tables = {name: read_csv(store, name) for name in TABLES}
    sheet = store.data / "augment" / CONTACT_SHEET
    return Contents(
        record,
        config,
        text,
        documents,
        tables,
        notes,
        wrong_examples(store, documents["schema"], tables["worst"]),
        sheet.read_bytes() if sheet.exists() else b"",
    )


def wrong_examples(store: Store, schema: Mapping[str, Any], worst: pd.DataFrame) -> pd.DataFrame:
    """Return pictures and series of the first rows of `worst`, by ``example_id``; others are not held."""
    keys = [FEATURE + each["name"] for each in schema["features"] if each["role"] in ("image", "sequence")]
    if not keys or not len(worst):
        return pd.DataFrame()
    ids = store.read_table("clean", "examples.parquet", columns=[EXAMPLE_ID])[EXAMPLE_ID]
    wanted = ids.isin(worst["example_id"].head(MOST)).to_numpy()
    held = {}
    for key in keys:
        cells = chain.from_iterable(store.stream_column("clean", "examples.parquet", key))
        held[key] = pd.Series([cell for cell, kept in zip(cells, wanted, strict=True) if kept], dtype=object)
    return pd.DataFrame(held).set_axis(ids[wanted], axis=0)


def read_csv(store: Store, name: str) -> pd.DataFrame:
    """Return one of `TABLES`; raw rows as the text they are."""
    path = store.path(*TABLES[name])
    if name == "worst":
        return pd.read_csv(path, dtype="str", keep_default_na=False)
    columns = TEXT.get(name, ())
    table = pd.read_csv(
        path, dtype=dict.fromkeys(columns, "str"), keep_default_na=False, na_values={}, low_memory=False
    )
    return numbers_of(table, text=columns)


def numbers_of(table: pd.DataFrame, *, text: tuple[str, ...]) -> pd.DataFrame:
    """Return `table` with the columns of numbers as such, their empty cells missing."""
    numbers = {}
    for name in table.columns.difference(list(text)):
        filled = table[name].replace("", None)
        numeric = pd.to_numeric(filled, errors="coerce")
        if numeric.notna().sum() == filled.notna().sum():
            numbers[name] = numeric
    return table.assign(**numbers)


def source() -> dict[str, Any]:
    """Return the commit that is checked out, and whether the code or its choices differ from it."""
    commit = _git("rev-parse", "HEAD").strip()
    return {"commit": commit, "changed": bool(commit and _git("status", "--porcelain", "stages", "conf"))}


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


if __name__ == "__main__":
    main()
