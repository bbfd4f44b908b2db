"""What `encode` learnt and did, for a person to read and for `diagnose`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from stages.examples.encoded import Array, InputSpec
from stages.examples.schema import FEATURE, TARGET
from stages.transformers.preprocessing import Preprocessing

MANY_ROWS = 0.1
"""Share of train's rows dropped as outliers from which it is worth a note."""
MANY_CATEGORIES = 0.5
"""Share of distinct values among the rows from which a column looks like an identifier."""


def report(
    parts: Mapping[str, pd.DataFrame],
    preprocessing: Preprocessing,
    *,
    rows: Array,
    facts: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """Return what was fitted, counted over `parts`, as plain values.

    Parameters
    ----------
    rows
        Rows of train that were kept.
    facts
        What became of pictures, texts and sequences, by part and role.
    """
    train = parts["train"]
    dropped = np.setdiff1d(np.arange(len(train)), rows)
    found: dict[str, Any] = {
        "rows": {name: len(frame) for name, frame in parts.items()} | {"train": len(rows)},
        "columns": {each.name: each.shape[0] for each in _of_table(preprocessing)},
        "dropped_columns": preprocessing.dropped_columns,
        "outlier_rows": {"number": len(dropped), "positions": train.index[dropped].tolist()},
        "clipped": _clipped(parts, preprocessing),
        "missing": {name: _missing(frame, preprocessing) for name, frame in parts.items()},
        "rare_categories": _rare(preprocessing),
        "unseen_categories": {
            name: _unseen(frame, train.iloc[rows], preprocessing)
            for name, frame in parts.items()
            if name != "train"
        },
    }
    notes = [*preprocessing.notes_, *_notes(found, train, preprocessing)]
    return found | _media(preprocessing, facts) | {"notes": notes}


def _of_table(preprocessing: Preprocessing) -> list[InputSpec]:
    return [each for each in preprocessing.spec.inputs if each not in preprocessing.media_.inputs]


def _media(preprocessing: Preprocessing, facts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return shape and type of each input that is no table, and the facts by role and part."""
    shapes = {each.name: [each.dtype, *each.shape] for each in preprocessing.media_.inputs}
    by_role = {role: {part: made.get(role, {}) for part, made in facts.items()} for role in facts["train"]}
    return {"inputs": shapes, "media": by_role} if shapes else {}


def _clipped(parts: Mapping[str, pd.DataFrame], preprocessing: Preprocessing) -> dict[str, Any]:
    """Return, of each column with bounds, the bounds and the number of cells outside them."""
    lower = getattr(preprocessing.outliers_, "lower_", None)
    if lower is None:
        return {}
    clipped = {}
    bounds = zip(preprocessing.bounded_, lower, preprocessing.outliers_.upper_, strict=True)
    for key, low, high in bounds:
        if np.isfinite(low) and np.isfinite(high):
            cells = {name: int(((f[key] < low) | (f[key] > high)).sum()) for name, f in parts.items()}
            clipped[_name(key)] = {"lower": float(low), "upper": float(high), "cells": cells}
    return clipped


def _missing(frame: pd.DataFrame, preprocessing: Preprocessing) -> dict[str, int]:
    counts = frame[preprocessing.selection_.kept_].isna().sum()
    return {_name(str(key)): int(count) for key, count in counts.items() if count}


def _rare(preprocessing: Preprocessing) -> dict[str, list[str]]:
    """Return the categories that were grouped as rare, by column."""
    encoder = getattr(getattr(preprocessing.categories_, "encoder_", None), "encoder_", None)
    rare = getattr(encoder, "infrequent_categories_", [])
    named = dict(zip(preprocessing.categories_.keys_, rare, strict=False))
    return {
        _name(key): ["(missing)" if pd.isna(each) else str(each) for each in few]
        for key, few in named.items()
        if few is not None
    }


def _unseen(frame: pd.DataFrame, train: pd.DataFrame, preprocessing: Preprocessing) -> dict[str, int]:
    """Return the number of cells with a category that train does not have, by column."""
    counts = {
        _name(key): int((~frame[key].isin(train[key].unique()) & frame[key].notna()).sum())
        for key in preprocessing.categories_.keys_
    }
    return {name: count for name, count in counts.items() if count}


def _notes(facts: Mapping[str, Any], train: pd.DataFrame, preprocessing: Preprocessing) -> list[str]:
    return [
        *_row_notes(facts["outlier_rows"]["number"], len(train)),
        *_bound_notes(preprocessing),
        *_category_notes(train, preprocessing),
        *_class_notes(train, preprocessing),
    ]


def _row_notes(dropped: int, total: int) -> list[str]:
    if dropped <= MANY_ROWS * total:
        return []
    return [
        f"encode.outliers dropped {dropped} of {total} rows of train ({100 * dropped / total:.0f} %): a row "
        "goes when one of its columns has an outlier. Set its action to clip, or widen its bounds."
    ]


def _bound_notes(preprocessing: Preprocessing) -> list[str]:
    upper = getattr(preprocessing.outliers_, "upper_", np.empty(0))
    bounds = zip(preprocessing.bounded_, upper, strict=False)
    unbounded = [_name(key) for key, high in bounds if np.isinf(high)]
    if not unbounded:
        return []
    return [f"encode.outliers leaves alone what is mostly one value: {', '.join(unbounded)}."]


def _category_notes(train: pd.DataFrame, preprocessing: Preprocessing) -> list[str]:
    return [
        f"The column {_name(key)} has {train[key].nunique()} categories in {len(train)} rows: if it is an "
        "identifier, ignore it in the data set's columns."
        for key in preprocessing.categories_.keys_
        if train[key].nunique() > MANY_CATEGORIES * len(train)
    ]


def _class_notes(train: pd.DataFrame, preprocessing: Preprocessing) -> list[str]:
    absent = [name for name in preprocessing.spec.classes if not (train[TARGET] == name).any()]
    return [f"Train has no row of the class(es) {', '.join(absent)}."] if absent else []


def _name(key: str) -> str:
    return key.removeprefix(FEATURE)
