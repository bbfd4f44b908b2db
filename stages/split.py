"""Assign every example to train, validation or test.

Reads the reserved columns of data/clean/examples.parquet, writes data/split. Run: python -m stages.split
"""

from __future__ import annotations

import logging
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd

from stages.examples.schema import EXAMPLE_ID, EXCLUDE, PART, RESERVED, TARGET, TIME, Schema
from stages.settings.split import SplitConfig
from stages.shell.stage import Store, build, stage
from stages.splitters.sizes import EXCLUDED, PARTS, Assignment, Sizes
from stages.splitters.units import UNIT, find_units

logger = logging.getLogger(__name__)


class Splitter(Protocol):
    """What every strategy can do."""

    def assign(self, rows: pd.DataFrame, sizes: Sizes, *, seed: int) -> Assignment:
        """Return the part and the fold of each row."""
        ...


class Split(NamedTuple):
    """The assignment of each example, and the report on it."""

    assignment: pd.DataFrame
    report: dict[str, Any]


def split(examples: pd.DataFrame, splitter: Splitter, *, sizes: Sizes, schema: Schema, seed: int) -> Split:
    """Return which part each example belongs to.

    Parameters
    ----------
    examples
        Reserved columns of the table of examples, ``(n_samples, ...)``; not changed.
    splitter
        The strategy.
    sizes
        Sizes of the parts, or folds.
    schema
        Task and classes.
    seed
        Decides which rows go where.

    Raises
    ------
    ValueError
        Where the examples cannot be split so, with the remedy.
    """
    rows = examples.reset_index(drop=True)
    rows = rows.assign(**{UNIT: find_units(rows)})
    assigned = splitter.assign(rows, sizes, seed=seed)
    flagged = rows[EXCLUDE].notna().to_numpy() if EXCLUDE in rows else np.zeros(len(rows), np.bool_)
    part = np.where(flagged & (assigned.part == "train"), EXCLUDED, assigned.part)
    assignment = pd.DataFrame(
        {
            EXAMPLE_ID: rows[EXAMPLE_ID],
            "position": np.arange(len(rows), dtype=np.int64),
            "part": pd.Series(part, dtype="str"),
            "fold": assigned.fold,
        }
    )
    check_parts(assignment["part"], rows[TARGET], schema)
    return Split(assignment, describe(assigned, assignment["part"], rows, schema=schema, sizes=sizes))


def check_parts(part: pd.Series, target: pd.Series, schema: Schema) -> None:
    """Refuse an empty part, and a class that train does not have.

    Raises
    ------
    ValueError
        With the remedy.
    """
    present = set(part)
    empty = [name for name in PARTS if name not in present]
    if empty:
        raise ValueError(
            f"No rows are left for {' and '.join(empty)} (rows flagged by clean and rows whose group or "
            "content lies in a later part are kept out of train). Change split.test_size or "
            "split.validation_size, take another split.seed or split/strategy, or declare no `group` where "
            "one group spans all parts."
        )
    absent = sorted(set(schema.classes) - set(target[part == "train"]))
    if absent:
        raise ValueError(
            f"No row of class {', '.join(map(repr, absent))} is left in train, so that nothing could be "
            "learnt about it. Take split/strategy=stratified (or grouped_stratified), another split.seed, "
            "or drop the class from the raw data."
        )


def describe(
    assigned: Assignment, part: pd.Series, rows: pd.DataFrame, *, schema: Schema, sizes: Sizes
) -> dict[str, Any]:
    """Return sizes, units and classes (or mean and deviation of the target) of each part, and notes."""
    present = [name for name in (*PARTS, EXCLUDED) if (part == name).any()]
    members = {name: rows[part == name] for name in present}
    report: dict[str, Any] = {
        "rows": {name: len(member) for name, member in members.items()},
        "units": {name: int(member[UNIT].nunique()) for name, member in members.items()},
    }
    notes = [*assigned.notes, *size_notes(report["rows"], sizes, total=len(rows), drawn=assigned.drawn)]
    notes += unheeded_notes(rows, part)
    if schema.task == "regression":
        report["target_mean"] = {name: float(member[TARGET].mean()) for name, member in members.items()}
        report["target_std"] = {name: float(member[TARGET].std(ddof=0)) for name, member in members.items()}
    else:
        report["classes"] = {
            name: {each: int((member[TARGET] == each).sum()) for each in schema.classes}
            for name, member in members.items()
        }
        notes += class_notes(report["classes"])
    return report | {"notes": notes}


def class_notes(classes: dict[str, dict[str, int]]) -> list[str]:
    """Return a note on each of validation and test that lacks a class."""
    lacking = {
        name: [each for each, count in classes[name].items() if not count] for name in ("validation", "test")
    }
    return [
        f"{name} has no row of class {', '.join(which)}: nothing can be said about it there"
        for name, which in lacking.items()
        if which
    ]


def size_notes(rows: dict[str, int], sizes: Sizes, *, total: int, drawn: tuple[str, ...]) -> list[str]:
    """Return a note on each part that is far from the size asked for."""
    wanted = {
        "test": 1 / sizes.folds if sizes.cross_validated else sizes.test,
        "validation": sizes.validation,
    }
    counts = {name: size * total if size < 1 else size for name, size in wanted.items() if name in drawn}
    return [
        f"{name} has {rows[name]:,} rows where {count:,.0f} were asked for: groups, equal rows and rows of "
        "the same time are not parted"
        for name, count in counts.items()
        if abs(rows[name] - count) > max(0.1 * count, 2)
    ]


def unheeded_notes(rows: pd.DataFrame, part: pd.Series) -> list[str]:
    """Return a note where the parts or the time that the data give are not what was split by.

    Examples
    --------
    >>> rows = pd.DataFrame({"part": ["test", "train", "train"], "time": [3.0, 1.0, 2.0]})
    >>> unheeded_notes(rows, pd.Series(["test", "train", "validation"]))
    []
    >>> len(unheeded_notes(rows, pd.Series(["train", "validation", "test"])))
    2
    """
    notes = []
    if PART in rows and (moved := int(((part == "test") != (rows[PART] == "test")).sum())):
        given = [name for name in PARTS if (rows[PART] == name).any()]
        notes.append(
            f"the data give a test part of their own (dataset.part or dataset.parts), and {moved:,} rows are "
            "in another: published scores on it do not compare. split/strategy=predefined takes it"
            if "test" in given
            else f"the data give the parts {' and '.join(given)}, without a test part, and they are not "
            "heeded. Call one of them test, and split/strategy=predefined takes it"
        )
    if TIME in rows and (rows[TIME][part == "train"].max() > rows[TIME][part == "test"].min()):
        notes.append(
            "train has rows later than the first of test (dataset.time), so that the score may be better "
            "than on what is yet to come. split/strategy=by_time lets the past predict the future"
        )
    return notes


def log(report: dict[str, Any]) -> None:
    """Tell the sizes and class shares of each part, and warn of what deviates."""
    for name, count in report["rows"].items():
        if "classes" in report:
            classes = report["classes"][name]
            shares = sorted(classes.items(), key=lambda item: -item[1])[:6]
            detail = ", ".join(f"{each} {number / count:.1%}" for each, number in shares)
            detail += ", ..." if len(classes) > len(shares) else ""
        else:
            detail = f"target {report['target_mean'][name]:.4g} ± {report['target_std'][name]:.4g}"
        logger.info("%-10s %7d rows: %s", name, count, detail)
    for note in report["notes"]:
        logger.warning("split: %s", note)


@stage(SplitConfig)
def main(config: SplitConfig, store: Store) -> None:
    """Read the reserved columns, split, write the assignment."""
    import pyarrow.parquet as pq

    schema = store.read_model("clean", "schema.json", Schema)
    present = pq.read_schema(store.path("clean", "examples.parquet")).names
    examples = store.read_table("clean", "examples.parquet", [name for name in RESERVED if name in present])
    values = config.split
    sizes = Sizes(values.test_size, values.validation_size, values.folds, values.fold)
    result = split(examples, build(values.strategy), sizes=sizes, schema=schema, seed=values.seed)
    log(result.report)
    store.write_table("assignment.parquet", result.assignment)
    store.write_json("report.json", result.report)


if __name__ == "__main__":
    main()
