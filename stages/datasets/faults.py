"""Faulty rows: equal and nearly equal ones, contradicting labels, rows with hardly a cell filled."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.examples.schema import EXAMPLE_ID, FEATURE, GROUP, PART, TARGET, TIME
from stages.settings.clean import CleanSettings, Treatment

DUPLICATE: Final = "duplicate"
NEAR_DUPLICATE: Final = "near duplicate"
NEAR_CONTRADICTING: Final = "contradicting label of a near duplicate"
CONTRADICTING: Final = "contradicting label"
TOO_EMPTY: Final = "too empty"
RANK: Final = {"test": 0, "validation": 1, "train": 2}


class Fault(NamedTuple):
    """Rows of one fault: which, whether they are excluded from training, and what to say of each."""

    reason: str
    rows: NDArray[np.int64]
    excluded: bool
    detail: pd.Series
    note: str = ""


class Contents(NamedTuple):
    """Numbers of each row, ``(n_rows,)``: equal for equal features, and for equal or nearly equal ones."""

    exact: NDArray[Any]
    alike: NDArray[Any]


def content_ids(features: pd.DataFrame) -> NDArray[np.uint64]:
    """Return a number for each row, ``(n_rows,)``, equal where all features are equal (missing too).

    Examples
    --------
    >>> ids = content_ids(pd.DataFrame({"a": [1.0, 1.0, 2.0], "b": ["x", "x", None]}))
    >>> bool(ids[0] == ids[1]), bool(ids[0] == ids[2])
    (True, False)
    """
    return pd.util.hash_pandas_object(features, index=False).to_numpy().astype(np.uint64)


def duplicates(
    content: NDArray[np.uint64], beside: pd.DataFrame, parts: pd.Series | None = None
) -> NDArray[np.int64]:
    """Return for each row the row it repeats, -1 where it repeats none, ``(n_rows,)``.

    Rows are equal where content and all columns `beside` are. Of equal rows the first counts as the
    original; but where `parts` are given, one of test or validation before one of train, so that what is
    tested on is never trained on.

    Examples
    --------
    >>> duplicates(np.array([7, 7, 8]), pd.DataFrame({"target": ["a", "a", "b"]}))
    array([-1,  0, -1])
    """
    keys = beside.assign(content=content)
    number = keys.groupby(list(keys.columns), dropna=False, sort=False).ngroup().to_numpy()
    rank = np.zeros(len(keys), int) if parts is None else parts.map(RANK).to_numpy()
    order = np.lexsort((np.arange(len(keys)), rank))
    _, first, inverse = np.unique(number[order], return_index=True, return_inverse=True)
    original = np.empty(len(keys), np.int64)
    original[order] = order[first[inverse]]
    return np.where(original == np.arange(len(keys)), -1, original)


def contradicting(content: NDArray[np.uint64], target: pd.Series) -> NDArray[np.bool_]:
    """Return which rows share their features with a row of another class."""
    classes = target.groupby(content).transform("nunique")
    return (classes > 1).to_numpy()


def missing_share(features: pd.DataFrame) -> NDArray[np.float64]:
    """Return the share of missing features of each row, ``(n_rows,)``."""
    return features.isna().mean(axis=1).to_numpy(np.float64)


def find_faults(
    examples: pd.DataFrame, contents: Contents, settings: CleanSettings, *, classes: bool
) -> list[Fault]:
    """Return the faults of the table of examples, most serious first; `classes` says the target is one."""
    faults = [_too_empty(examples, settings)]
    if classes and settings.contradicting_labels != "keep":
        faults += _contradictions(examples, contents, settings)
    originals = Contents(*(_originals(examples, content) for content in contents))
    if settings.duplicates != "keep":
        faults.append(_repeats(examples, DUPLICATE, originals.exact, settings.duplicates, settings))
    if settings.near_duplicates != "keep":
        near = np.where(originals.exact >= 0, -1, originals.alike)
        faults.append(_repeats(examples, NEAR_DUPLICATE, near, settings.near_duplicates, settings))
    return [fault for fault in faults if len(fault.rows)]


def _too_empty(examples: pd.DataFrame, settings: CleanSettings) -> Fault:
    share = missing_share(examples[[name for name in examples.columns if name.startswith(FEATURE)]])
    rows = np.flatnonzero(share > settings.max_missing_share)
    detail = [f"{share[row]:.0%} of the features are missing" for row in rows]
    return Fault(TOO_EMPTY, rows, True, pd.Series(detail, index=rows, dtype=object))


def _contradictions(examples: pd.DataFrame, contents: Contents, settings: CleanSettings) -> list[Fault]:
    exact = contradicting(contents.exact, examples[TARGET])
    rows = np.flatnonzero(exact)
    detail = pd.Series("equal features, another class elsewhere", index=rows, dtype=object)
    found = [_treated(CONTRADICTING, rows, detail, settings.contradicting_labels, settings, len(examples))]
    if settings.near_duplicates != "keep":
        # What looks alike may still be another thing (a burst of photos), so that a person has to look.
        rows = np.flatnonzero(contradicting(contents.alike, examples[TARGET]) & ~exact)
        like = _of_another_class(examples, contents.alike)
        said = [f"like {like[int(row)]}, of another class" for row in rows]
        found.append(Fault(NEAR_CONTRADICTING, rows, False, pd.Series(said, index=rows, dtype=object)))
    return found


def _of_another_class(examples: pd.DataFrame, content: NDArray[np.uint64]) -> dict[int, str]:
    """Return for each row the first of its content that has another class, where there is one."""
    found: dict[int, str] = {}
    repeated = pd.Series(content).duplicated(keep=False).to_numpy()
    some = examples.loc[repeated, [EXAMPLE_ID, TARGET]]
    for _, group in some.groupby(content[repeated], sort=False):
        for row, target in group[TARGET].items():
            others = group[EXAMPLE_ID][group[TARGET] != target]
            if len(others):
                found[int(cast("int", row))] = str(others.iloc[0])
    return found


def _originals(examples: pd.DataFrame, content: NDArray[np.uint64]) -> NDArray[np.int64]:
    # Rows of another group or time are other observations; a copy in another part still is a copy.
    beside = [name for name in (TARGET, GROUP, TIME) if name in examples.columns]
    return duplicates(content, examples[beside], examples.get(PART))


def _repeats(
    examples: pd.DataFrame,
    reason: str,
    first: NDArray[np.int64],
    treatment: Treatment,
    settings: CleanSettings,
) -> Fault:
    rows = np.flatnonzero(first >= 0)
    how = "equal to" if reason == DUPLICATE else "like"
    detail = [f"{how} {examples[EXAMPLE_ID].iloc[first[row]]}" for row in rows]
    return _treated(
        reason, rows, pd.Series(detail, index=rows, dtype=object), treatment, settings, len(examples)
    )


def _treated(
    reason: str,
    rows: NDArray[np.int64],
    detail: pd.Series,
    treatment: Treatment,
    settings: CleanSettings,
    total: int,
) -> Fault:
    natural = len(rows) > settings.max_repeated_share * total
    note = ""
    if natural and treatment == "exclude":
        note = (
            f"{reason}: {len(rows):,} of {total:,} rows, too many to be faults, so they are only flagged "
            "(clean.max_repeated_share)"
        )
    return Fault(reason, rows, treatment == "exclude" and not natural, detail, note)
