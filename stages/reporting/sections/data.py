"""The data: how many rows, how they were parted, what was cleaned."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from stages.figures.numbers import counted, number
from stages.reporting.blocks import Cell, Column, Facts, Paragraph, Section, Sides, Table, capped, table
from stages.reporting.contents import Contents
from stages.reporting.verdict import listed

PARTS = ("train", "validation", "test")
REST = re.compile(r"^\.\.\. and ([\d,]+) more")
MOST_COLUMNS = 40


def data(contents: Contents, figures: Mapping[str, str]) -> Section | None:
    """Return the parts, the audit in numbers, and the profile of the columns."""
    audit = contents.tables["audit"]
    cleaned = (_audit(audit),) if len(audit) else (Paragraph("Nothing had to be cleaned."),)
    sides = Sides((_parts(contents),), cleaned)
    return Section("data", "Data", (Facts(_facts(contents)), sides, _profile(contents.tables["profile"])))


def _facts(contents: Contents) -> tuple[tuple[str, str], ...]:
    schema, encode = contents.documents["schema"], contents.documents["encode"]
    files = contents.documents["sources"]["files"]
    pairs = [
        ("files", listed([f"{name} (SHA-256 {digest[:12]}…)" for name, digest in files.items()])),
        ("target", f"{schema['target']}, {schema['task']}"),
        ("columns used", counted(len(schema["features"]), "column")),
        ("split", f"{contents.config['choices']['split.strategy']}, seed {contents.config['split']['seed']}"),
    ]
    dropped = encode.get("dropped_columns") or {}
    if dropped:
        pairs.append(("dropped columns", listed([f"{name} ({why})" for name, why in dropped.items()])))
    if encode.get("outlier_rows", {}).get("number"):
        pairs.append(("outliers left out of train", counted(encode["outlier_rows"]["number"], "row")))
    if encode.get("clipped"):
        pairs.append(("columns clipped", counted(len(encode["clipped"]), "column")))
    return tuple(pairs)


def _parts(contents: Contents) -> Table:
    split = contents.documents["split"]
    rows: list[tuple[str | Cell, ...]] = [("rows", *(number(split["rows"].get(part)) for part in PARTS))]
    for key, what in (("target_mean", "mean of the target"), ("target_std", "its standard deviation")):
        if key in split:
            rows.append((what, *(number(split[key].get(part)) for part in PARTS)))
    counts: Mapping[str, Mapping[str, Any]] = split.get("classes", {})
    names = list(dict.fromkeys(name for part in counts.values() for name in part))
    shown = names[:MOST_COLUMNS]
    rows += [(f"“{name}”", *(_share(counts, part, name) for part in PARTS)) for name in shown]
    note = capped(len(shown), len(names), "classes", where="data/split/report.json")
    return table(("", *(Column(part) for part in PARTS)), rows, caption="Parts", note=note, inline=True)


def _share(counts: Mapping[str, Mapping[str, Any]], part: str, name: str) -> Cell:
    count, total = counts.get(part, {}).get(name, 0), sum(counts.get(part, {}).values())
    return Cell(number(count), below=f"{count / total:.1%}" if total else "")


def _audit(audit: pd.DataFrame) -> Table:
    """Return how often each thing was done; the lines that only count the rest are counted in."""
    rest = audit["before"].astype("str").str.extract(REST)[0].str.replace(",", "")
    counted_in = audit.assign(
        times=pd.to_numeric(rest).fillna(1).astype(int), column=audit["column"].fillna("")
    )
    counted_in["reason"] = counted_in["reason"].str.partition(":")[0]
    rows: list[tuple[str | Cell, ...]] = [
        (str(action), str(reason), number(int(lines["times"].sum())), _columns(lines["column"]))
        for (action, reason), lines in counted_in.groupby(["action", "reason"], sort=False)
    ]
    head = ("what was done", "why", Column("times"), Column("columns"))
    note = "Each row and cell in data/clean/audit.csv."
    return table(head, rows, caption="What was cleaned", note=note)


def _columns(names: pd.Series) -> str:
    named = names[names != ""].nunique()
    return number(named) if named else ""


def _profile(profile: pd.DataFrame) -> Table:
    shown = profile.head(MOST_COLUMNS)
    rows: list[tuple[str | Cell, ...]] = [
        (row["column"], row["role"], f"{row['missing_share']:.1%}", number(row["distinct"]), _values(row))
        for row in shown.to_dict("records")
    ]
    head = ("column", "role", Column("missing"), Column("distinct"), "values")
    note = capped(len(shown), len(profile), "columns", where="data/clean/profile.csv")
    return table(head, rows, caption="Columns of the raw table", note=note, folded=True)


def _values(row: Mapping[Any, Any]) -> str:
    low, high = (str(row[name]) for name in ("min", "max"))
    if low and low != "nan":
        return f"{_plain(low)} to {_plain(high)}, median {_plain(str(row['median']))}"
    return str(row["top"])


def _plain(text: str) -> str:
    try:
        return number(float(text))
    except ValueError:
        return text
