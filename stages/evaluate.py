"""Judge the trained network on the validation and the test part.

Reads data/clean (examples), data/encode (validation, test, the preprocessing), data/train (the network) and
data/baseline (what simple models answer). Threshold and temperature are chosen on validation alone. Writes
data/evaluate: metrics.json, intervals.json, comparison.json, decision.json, predictions.parquet, report.json,
slices.csv, worst.csv, importance.csv and the tables behind the plots.
Run: python -m stages.evaluate [evaluate/threshold=best_f1 evaluate/calibration=temperature ...]
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from stages.examples.encoded import Array, Encoded, Spec
from stages.examples.schema import Column, Schema
from stages.metrics.answers import Answers, check_answers, make_answers, prediction_table
from stages.metrics.baseline_answers import answers_by_baseline
from stages.metrics.importance import Importance
from stages.metrics.inspection import importance_table, inspection_tables, resampling, single_medium
from stages.metrics.judgement import Judge, curves, summary
from stages.metrics.media_slices import measure_picture, properties
from stages.metrics.rule import Rule, RuleChooser
from stages.metrics.slicing import sliced_columns, unsliced_note
from stages.metrics.verdicts import documents, judge_part, verdict_lines
from stages.models.network import Network
from stages.settings.evaluate import EvaluateConfig, EvaluateSettings
from stages.shell.stage import Store, build, stage
from stages.transformers.preprocessing import TRUSTED

PARTS = ("test", "validation")
"""What is judged, the report first; everything that is chosen is chosen on validation."""
EXAMPLES = ("clean", "examples.parquet")
logger = logging.getLogger(__name__)


class Evaluation(NamedTuple):
    """What `evaluate` returns.

    Attributes
    ----------
    rule
        What was chosen on validation.
    answers
        By part, calibrated and decided.
    documents, tables
        By the name of their file.
    notes
        What deviates, one sentence each.
    """

    rule: Rule
    answers: dict[str, Answers]
    documents: dict[str, dict[str, Any]]
    tables: dict[str, pd.DataFrame]
    notes: list[str]


def evaluate(
    parts: Mapping[str, Answers],
    features: pd.DataFrame,
    baselines: pd.DataFrame,
    *,
    schema: Schema,
    settings: EvaluateSettings,
) -> Evaluation:
    """Return the judgement of the network's answers by part; slices, plots and worst rows are those of test.

    Parameters
    ----------
    parts
        What the network answers, neither calibrated nor decided.
    features
        Raw feature columns of the rows of ``parts["test"]``; of pictures their properties will do.
    baselines
        What simple models answer. They are treated as the network is: each gets the temperature and the
        threshold that the same rules choose on its own answers for validation.

    Raises
    ------
    ValueError
        Where a prediction is not finite, all rows of a part weigh nothing, or evaluate.slices names a column
        that is none.
    """
    for part, told in parts.items():
        check_answers(told, part=part)
    choose = RuleChooser(schema.classes, build(settings.calibration), build(settings.threshold))
    rule = choose(parts["validation"])
    judge = Judge(schema.task, schema.classes, settings.calibration_bins, rule.decision.costs)
    answers = {part: rule.applied(told) for part, told in parts.items()}
    known = answers_by_baseline(baselines, parts, classes=schema.classes)
    others = {name: choose.applied(told) for name, told in known.items()}
    judged = {
        part: judge_part(answers[part], others, judge=judge, part=part, resampling=resampling(settings))
        for part in answers
    }
    tables = curves(answers["test"], judge=judge, points=settings.plot_points) | inspection_tables(
        answers, features, schema=schema, settings=settings, costs=rule.decision.costs
    )
    notes = [f"{part}: {note}" for part, each in judged.items() for note in each.notes]
    notes += unsliced_note(settings.slices, schema.features)
    return Evaluation(rule, answers, documents(judged, resampling(settings)), tables, [*rule.notes, *notes])


def read_schema(store: Store) -> Schema:
    """Return the schema of the table of examples, with the classes that `encode` has left."""
    spec = store.read_model("encode", "spec.json", Spec)
    return spec.narrow(store.read_model("clean", "schema.json", Schema))


def read_rows(store: Store, schema: Schema, positions: Mapping[str, Array]) -> dict[str, pd.DataFrame]:
    """Return rows of the table of examples by part; pictures only where they are looked at.

    Those of test become their size and brightness; those of validation are there where importances need them.

    Parameters
    ----------
    positions
        Rows of each part in the table.
    """
    images = [column for column in schema.features if column.role == "image"]
    left_out = {column.key for column in images}
    names = [name for name in store.column_names(*EXAMPLES) if name not in left_out]
    examples = store.read_table(*EXAMPLES, columns=names if images else None)
    raw = {part: examples.iloc[rows] for part, rows in positions.items()}
    for column in images:
        measures = of_pictures(store, column, positions["test"], measure_picture)
        keys = [each.key for each in properties(column)]
        table = pd.DataFrame(measures, columns=keys, index=raw["test"].index, dtype="float64")
        raw["test"] = pd.concat([raw["test"], table], axis=1)
        if not single_medium(schema):
            cells = of_pictures(store, column, positions["validation"], lambda content: content)
            raw["validation"] = raw["validation"].assign(**{column.key: pd.array(cells, dtype=object)})
    return raw


def of_pictures(store: Store, column: Column, rows: Array, make: Callable[[bytes | None], Any]) -> list[Any]:
    """Return what `make` makes of each picture of `rows` of the table of examples, read some at a time."""
    found: list[Any] = [None] * len(rows)
    order, start = np.argsort(rows, kind="stable"), 0
    for cells in store.stream_column(*EXAMPLES, column.key):
        first, last = np.searchsorted(rows[order], [start, start + len(cells)])
        for place in order[first:last]:
            found[place] = make(cells[rows[place] - start])
        start += len(cells)
    return found


def read_network(store: Store, schema: Schema, *, batch_size: int) -> Network:
    """Return the network in ``data/train``, and what encodes rows for it."""
    training = store.read_json("train", "training.json")
    preprocessing = store.read_estimator("encode", "preprocessing.skops", trusted=TRUSTED)
    path = store.path("train", "model.keras")
    from stages.training.runtime import start  # TensorFlow: not before everything else has been checked

    start(threads=training["threads"], gpu_memory_growth=True, deterministic=True)
    from stages.models.loading import load_model

    model, kind = load_model(path), training["output_kind"]
    return Network(model, preprocessing, schema.task, len(schema.classes), kind, batch_size)


def ask(
    network: Network, part: Encoded, examples: pd.DataFrame, *, schema: Schema, weighted: bool
) -> Answers:
    """Return what `network` answers for `part`, the rows `examples` of the table."""
    weight = part.weight if weighted else None
    return make_answers(examples, network.answer(part.inputs), schema=schema, weight=weight)


@stage(EvaluateConfig)
def main(config: EvaluateConfig, store: Store) -> None:
    """Run the stage."""
    settings, schema = config.evaluate, read_schema(store)
    sliced_columns(settings.slices, schema.features)  # refused before TensorFlow is loaded
    baselines = store.read_table("baseline", "predictions.parquet")
    encoded = {part: store.read_encoded("encode", part) for part in PARTS}
    raw = read_rows(store, schema, {part: rows.position for part, rows in encoded.items()})
    network = read_network(store, schema, batch_size=settings.batch_size)
    answers = {
        part: ask(network, rows, raw[part], schema=schema, weighted=settings.weighted)
        for part, rows in encoded.items()
    }
    result = evaluate(answers, raw["test"], baselines, schema=schema, settings=settings)
    validation = result.answers["validation"], raw["validation"]
    importance = importance_table(
        *validation, network.answer_rows, rule=result.rule, schema=schema, settings=settings
    )
    write(result, importance, store, rule=result.rule.document(schema, settings, output_kind=network.kind))


def write(result: Evaluation, importance: Importance, store: Store, *, rule: dict[str, Any]) -> None:
    """Write everything, and say the main of it."""
    notes = [*result.notes, *importance.notes]
    for name, document in (result.documents | {"decision": rule, "report": {"notes": notes}}).items():
        store.write_json(f"{name}.json", document)
    for name, table in (result.tables | {"importance": importance.table}).items():
        store.write_csv(f"{name}.csv", table)
    classes = rule["classes"]
    store.write_table("predictions.parquet", prediction_table(result.answers, classes=classes))
    for part, metrics in result.documents["metrics"].items():
        for line in (summary(part, metrics), *verdict_lines(part, result.documents["comparison"][part])):
            logger.info("%s", line)
    for note in notes:
        logger.warning("%s", note)


if __name__ == "__main__":
    main()
