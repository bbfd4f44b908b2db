"""Turn examples into arrays, everything learnt from train alone.

Reads data/clean and data/split; writes data/encode: the arrays of train, validation and test, ``spec.json``
(what they hold), ``preprocessing.skops`` (the fitted object, for prediction), ``report.json`` and, where
texts have pretrained ones, ``vectors.npy``.
Run: python -m stages.encode [encode/imputer=knn ...]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from stages.examples.encoded import Array, Encoded, Values
from stages.examples.schema import EXAMPLE_ID, MEDIA, TARGET, WEIGHT, Schema
from stages.settings.encode import EncodeConfig, EncodeSettings
from stages.shell.stage import Store, build, stage
from stages.transformers.categories import Categories
from stages.transformers.classes import with_enough_rows
from stages.transformers.media import Media
from stages.transformers.numbers import Numbers
from stages.transformers.preprocessing import Preprocessing
from stages.transformers.report import report
from stages.transformers.selection import ColumnSelection

PARTS = ("train", "validation", "test")


class Result(NamedTuple):
    """What `encode` returns: the arrays by part and the report."""

    parts: dict[str, Encoded]
    report: dict[str, Any]


def encode(parts: Mapping[str, pd.DataFrame], preprocessing: Preprocessing) -> Result:
    """Fit `preprocessing` on ``parts["train"]`` and return the arrays of all parts.

    Parameters
    ----------
    parts
        Tables of examples by part; the index is the position of each row in the whole table.
    preprocessing
        Fitted in place, like any estimator.
    """
    check_target(parts, preprocessing)
    train = parts["train"]
    fitted = preprocessing.fit_transform(train, train[TARGET])
    check_classes(train[TARGET], train[TARGET].iloc[fitted.rows], preprocessing.spec.classes)
    check_inputs(preprocessing)
    encoded = {"train": _encoded(train.iloc[fitted.rows], fitted.inputs, fitted.target)}
    facts = {"train": fitted.facts}
    for part in PARTS[1:]:
        frame = parts[part]
        made = preprocessing.made(frame)
        facts[part] = made.facts
        encoded[part] = _encoded(frame, made.inputs, preprocessing.transform_target(frame[TARGET]))
    return Result(encoded, report(parts, preprocessing, rows=fitted.rows, facts=facts))


def divide(examples: pd.DataFrame, assignment: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the rows of `examples` by part, in the order of the table; the index is their position.

    Raises
    ------
    ValueError
        Where train has no row.
    """
    positions = {part: assignment.loc[assignment["part"] == part, "position"] for part in PARTS}
    if not len(positions["train"]):
        raise ValueError(
            "The split leaves no row for train. Check the sizes under split, and in data/clean/audit.csv "
            "why rows were excluded."
        )
    return {part: examples.iloc[np.sort(rows.to_numpy())] for part, rows in positions.items()}


def check_target(parts: Mapping[str, pd.DataFrame], preprocessing: Preprocessing) -> None:
    """Refuse targets that the chosen transformation cannot take, naming the rows."""
    valid = getattr(preprocessing.target, "valid", None)
    if valid is None or Schema.model_validate(preprocessing.schema).task != "regression":
        return
    bad = [row for f in parts.values() for row in f.loc[~valid(f[TARGET].to_numpy()), EXAMPLE_ID]]
    if bad:
        raise ValueError(
            f"encode.target=log1p needs targets above -1, but {len(bad)} row(s) have others: "
            f"{', '.join(bad[:5])}{' ...' if len(bad) > 5 else ''}. Choose encode.target=standard or "
            "quantile, or correct these rows."
        )


def check_classes(before: pd.Series, after: pd.Series, classes: Sequence[str]) -> None:
    """Refuse to have dropped every row of a class as an outlier.

    Raises
    ------
    ValueError
        Naming the classes.
    """
    lost = [name for name in classes if (before == name).any() and not (after == name).any()]
    if lost:
        raise ValueError(
            f"encode.outliers drops every row of the class(es) {', '.join(lost)} from train, so that nothing "
            "could be learnt about them. Keep the rows and clip their values (encode.outliers=iqr, which "
            "clips unless encode.outliers.action=drop), or take encode.outliers=none."
        )


def check_inputs(preprocessing: Preprocessing) -> None:
    """Refuse arrays without a column.

    Raises
    ------
    ValueError
        Saying why each column was left out.
    """
    if not any(np.prod(each.shape) for each in preprocessing.spec.inputs):
        reasons = "; ".join(f"{name}: {why}" for name, why in preprocessing.dropped_columns.items())
        raise ValueError(
            f"No feature column is left to learn from ({reasons}). Set encode.dates=parts where the data set "
            "holds dates, or check the column roles in its YAML."
        )


def unfitted(settings: EncodeSettings, schema: Schema) -> Preprocessing:
    """Return the preprocessing that `settings` describe, for the table of examples of `schema`."""
    counted = (["numeric", "boolean", "date"] if settings.missing_indicator else []) + (
        ["categorical"] if settings.missing_categories == "own_category" else []
    )
    scaler = build(settings.scaler)
    return Preprocessing(
        schema.model_dump(mode="json"),
        selection=ColumnSelection(
            max_missing_share=settings.max_missing_share,
            drop_constant=settings.drop_constant,
            missing_is_value=[column.key for column in schema.features if column.role in counted],
        ),
        outliers=build(settings.outliers),
        numbers=Numbers(
            build(settings.dates),
            build(settings.imputer),
            scaler,
            missing_indicator=settings.missing_indicator,
        ),
        categories=Categories(build(settings.categories), scaler, missing=settings.missing_categories),
        media=Media({role: build(getattr(settings, role)) for role in MEDIA if schema.keys(role)}),
        target=build(settings.target),
    )


def _encoded(frame: pd.DataFrame, inputs: Mapping[str, Values], target: Array) -> Encoded:
    weight = frame[WEIGHT].to_numpy(np.float32) if WEIGHT in frame else None
    return Encoded(inputs, target, frame.index.to_numpy(np.int64), weight)


@stage(EncodeConfig)
def main(config: EncodeConfig, store: Store) -> None:
    """Run the stage."""
    settings = config.encode
    schema = store.read_model("clean", "schema.json", Schema)
    examples = store.read_table("clean", "examples.parquet", blobs=schema.keys("image"))
    classes = with_enough_rows(
        divide(examples, store.read_table("split", "assignment.parquet")),
        schema,
        rare_classes=settings.rare_classes,
        min_class_rows=settings.min_class_rows,
    )
    preprocessing = unfitted(settings, classes.schema)
    result = encode(classes.parts, preprocessing)
    for part, encoded in result.parts.items():
        store.write_encoded(part, encoded)
    store.write_model("spec.json", preprocessing.spec)
    vectors = preprocessing.media_.vectors()
    if vectors is not None:
        store.write_array("vectors.npy", vectors)
    store.write_estimator("preprocessing.skops", preprocessing)
    store.write_json("report.json", result.report | {"notes": [*classes.notes, *result.report["notes"]]})


if __name__ == "__main__":
    main()
