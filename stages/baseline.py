"""Fit simple models without a network on the same split, to know better than what.

Reads data/clean and data/split; writes data/baseline: predictions.parquet (what each model answers for
validation and test) and report.json. Run: python -m stages.baseline ['baseline.models=[linear]']
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from stages.baselines.answering import Answered, answer
from stages.baselines.answers import answer_table, headline
from stages.baselines.pictures import shrink_all
from stages.examples.schema import EXAMPLE_ID, Schema
from stages.settings.baseline import BaselineConfig, BaselineSettings
from stages.shell.stage import Store, stage

ANSWERED = ("validation", "test")
logger = logging.getLogger(__name__)


class Baselines(NamedTuple):
    """What each baseline answers for validation and test, and the report."""

    predictions: pd.DataFrame
    report: dict[str, Any]


def baseline(parts: Mapping[str, pd.DataFrame], *, schema: Schema, settings: BaselineSettings) -> Baselines:
    """Return what the chosen models, fitted on ``parts["train"]``, answer for validation and test.

    A model that these rows do not allow is left out, with a note.

    Parameters
    ----------
    parts
        Tables of examples by part: train, validation, test. Pictures are bytes, or shrunk already
        (`stages.baselines.pictures.shrink`).
    """
    answered: dict[str, Answered] = {}
    notes: list[str] = []
    for name in settings.models:
        start = time.perf_counter()
        try:
            made = answer(name, parts, schema=schema, statistic=settings.constant, seed=settings.seed)
        except ValueError as error:
            notes.append(f"{name} is left out: {' '.join(str(error).split())}")
            continue
        answered[name] = made
        notes += [f"{name}: {note}" for note in made.notes]
        said = headline(parts["validation"], made.predicted["validation"], schema=schema)
        logger.info("baseline %s: validation %s (%.1f s)", name, said, time.perf_counter() - start)
    facts = {name: made.facts for name, made in answered.items()}
    return Baselines(tabulate(answered, parts, schema=schema), {"baselines": facts, "notes": notes})


def tabulate(
    answered: Mapping[str, Answered], parts: Mapping[str, pd.DataFrame], *, schema: Schema
) -> pd.DataFrame:
    """Return one row a model and example, in this order."""
    tables = [
        answer_table(name, part, parts[part][EXAMPLE_ID], made.predicted[part], schema=schema)
        for name, made in answered.items()
        for part in ANSWERED
    ]
    return pd.concat(tables, ignore_index=True) if tables else no_answers(schema)


def no_answers(schema: Schema) -> pd.DataFrame:
    """Return the table of predictions without a row."""
    shape = (0,) if schema.task == "regression" else (0, len(schema.classes))
    return answer_table("", "", pd.Series([], dtype="str"), np.empty(shape), schema=schema)


def divide(examples: pd.DataFrame, assignment: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the rows of `examples` by part, in the order of the table.

    Those that `split` calls excluded (flagged by `clean`, or equal to rows of a later part) are in none.
    """
    positions = {
        name: np.sort(assignment.loc[assignment["part"] == name, "position"].to_numpy())
        for name in ("train", *ANSWERED)
    }
    return {name: examples.iloc[rows] for name, rows in positions.items()}


def read_examples(store: Store, schema: Schema) -> pd.DataFrame:
    """Return the table of examples; of each picture the few pixels that the baselines look at."""
    images, place = schema.keys("image"), ("clean", "examples.parquet")
    names = [name for name in store.column_names(*place) if name not in images]
    examples = store.read_table(*place, columns=names)
    streams = {key: store.stream_column(*place, key) for key in images}
    shrunk = {
        key: [each for cells in stream for each in shrink_all(cells)] for key, stream in streams.items()
    }
    return examples.assign(**{key: pd.Series(cells, dtype=object) for key, cells in shrunk.items()})


@stage(BaselineConfig)
def main(config: BaselineConfig, store: Store) -> None:
    """Run the stage."""
    schema = store.read_model("clean", "schema.json", Schema)
    parts = divide(read_examples(store, schema), store.read_table("split", "assignment.parquet"))
    result = baseline(parts, schema=schema, settings=config.baseline)
    for note in result.report["notes"]:
        logger.warning("baseline: %s", note)
    store.write_table("predictions.parquet", result.predictions)
    store.write_json("report.json", result.report)


if __name__ == "__main__":
    main()
