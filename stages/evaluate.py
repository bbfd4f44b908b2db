"""Judge the trained network on the validation and the test part.

Reads data/clean (ids and targets), data/encode (validation and test) and data/train (the network). Writes
data/evaluate: metrics.json, predictions.parquet, report.json and the tables behind the plots of test.
Run: python -m stages.evaluate [evaluate.threshold=0.3]
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from stages.examples.encoded import Spec
from stages.examples.schema import EXAMPLE_ID, TARGET, Schema
from stages.metrics.answers import Answers, check_answers, make_answers, prediction_table
from stages.metrics.judgement import curves, measure, summary
from stages.settings.evaluate import EvaluateConfig, EvaluateSettings
from stages.shell.stage import Store, stage
from stages.transformers.preprocessing import TRUSTED

PARTS = ("test", "validation")
"""What is judged, the report first; everything that is chosen is chosen on validation."""
logger = logging.getLogger(__name__)


class Evaluation(NamedTuple):
    """What `evaluate` returns: metrics by part, predictions of all parts, plots of test, deviations."""

    metrics: dict[str, dict[str, Any]]
    predictions: pd.DataFrame
    curves: dict[str, pd.DataFrame]
    notes: list[str]


def evaluate(parts: Mapping[str, Answers], *, schema: Schema, settings: EvaluateSettings) -> Evaluation:
    """Return the judgement of the answers in `parts`, by part; the plots are those of ``test``.

    Raises
    ------
    ValueError
        Where a prediction is not finite, or all rows of a part weigh nothing.
    """
    measured = {}
    for part, answers in parts.items():
        check_answers(answers, part=part)
        measured[part] = measure(answers, schema=schema, settings=settings)
    tables = [
        prediction_table(part, answers, schema=schema, threshold=settings.threshold)
        for part, answers in parts.items()
    ]
    return Evaluation(
        {part: measures.values for part, measures in measured.items()},
        pd.concat(tables, ignore_index=True),
        curves(parts["test"], schema=schema, settings=settings),
        [f"{part}: {note}" for part, measures in measured.items() for note in measures.notes],
    )


def read_schema(store: Store) -> Schema:
    """Return the schema of the table of examples, with the classes that `encode` has left."""
    spec = store.read_model("encode", "spec.json", Spec)
    schema = store.read_model("clean", "schema.json", Schema)
    return schema.model_copy(update={"task": spec.task, "classes": spec.classes})


def read_answers(store: Store, settings: EvaluateSettings) -> dict[str, Answers]:
    """Return what the network in ``data/train`` answers for each part."""
    training = store.read_json("train", "training.json")
    from stages.training.runtime import start  # TensorFlow: not before everything else has been checked

    start(threads=training["threads"], gpu_memory_growth=True, deterministic=True)
    from stages.models.loading import load_model
    from stages.models.prediction import predict

    schema = read_schema(store)
    examples = store.read_table("clean", "examples.parquet", [EXAMPLE_ID, TARGET])
    preprocessing = store.read_estimator("encode", "preprocessing.skops", trusted=TRUSTED)
    model = load_model(store.path("train", "model.keras"))
    answers = {}
    for part in PARTS:
        encoded = store.read_encoded("encode", part)
        predicted = predict(
            model,
            encoded.inputs,
            task=schema.task,
            num_classes=len(schema.classes),
            kind=training["output_kind"],
            batch_size=settings.batch_size,
        )
        values = preprocessing.inverse_target(predicted) if schema.task == "regression" else predicted
        weight = encoded.weight if settings.weighted else None
        answers[part] = make_answers(examples.iloc[encoded.position], values, schema=schema, weight=weight)
    return answers


@stage(EvaluateConfig)
def main(config: EvaluateConfig, store: Store) -> None:
    """Run the stage."""
    schema = read_schema(store)
    result = evaluate(read_answers(store, config.evaluate), schema=schema, settings=config.evaluate)
    store.write_json("metrics.json", result.metrics)
    store.write_table("predictions.parquet", result.predictions)
    for name, table in result.curves.items():
        store.write_csv(f"{name}.csv", table)
    store.write_json("report.json", {"notes": result.notes})
    for part, metrics in result.metrics.items():
        logger.info("%s", summary(part, metrics))
    for note in result.notes:
        logger.warning("%s", note)


if __name__ == "__main__":
    main()
