"""What was predicted for the examples of one part, beside what is true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stages.examples.encoded import Array
from stages.examples.schema import EXAMPLE_ID, GROUP, TARGET, WEIGHT, Schema
from stages.metrics.decision import decide

PROBABILITY = "probability."
"""Prefix of the columns of class probabilities in the table of predictions."""
PREDICTION = "prediction"


@dataclass(frozen=True)
class Answers:
    """Examples of one part, in order.

    Attributes
    ----------
    example_id
        Their ids, ``(n_samples,)`` str.
    target
        True class ids, ``(n_samples,)`` int64; for a regression the values in their own unit, float64.
    predicted
        Class probabilities, ``(n_samples, n_classes)`` float64, rows summing to 1; for a regression
        the values in the target's own unit, ``(n_samples,)`` float64.
    weight
        How much each example counts, ``(n_samples,)`` float64, or None where all count the same.
    group
        The group of each example, ``(n_samples,)`` str, or None where the data set has none.
    decided
        Ids of the classes that the rule of decision chose, ``(n_samples,)`` int64; None for a regression.
    """

    example_id: Array
    target: Array
    predicted: Array
    weight: Array | None = None
    group: Array | None = None
    decided: Array | None = None

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.target)

    @property
    def classes_decided(self) -> Array:
        """The class ids decided for; where no rule was applied, those of the rule ``Decision()``."""
        return decide(self.predicted) if self.decided is None else self.decided

    def take(self, rows: Array) -> Answers:
        """Return the examples at `rows` (integers, order kept, repeats allowed)."""

        def of(array: Array | None) -> Array | None:
            return None if array is None else array[rows]

        return Answers(
            self.example_id[rows],
            self.target[rows],
            self.predicted[rows],
            of(self.weight),
            of(self.group),
            of(self.decided),
        )


def make_answers(
    examples: pd.DataFrame, predicted: Array, *, schema: Schema, weight: Array | None = None
) -> Answers:
    """Return `predicted` beside the id and the target of the same rows of the table of examples.

    The column ``group`` is kept where `examples` has one.
    """
    names = examples[TARGET]
    if schema.task == "regression":
        target = names.to_numpy(np.float64)
    else:
        target = pd.Index(schema.classes).get_indexer(pd.Index(names)).astype(np.int64)
    wide = widened(predicted)
    counts = None if weight is None else weight.astype(np.float64)
    group = examples[GROUP].to_numpy(object) if GROUP in examples else None
    return Answers(examples[EXAMPLE_ID].to_numpy(object), target, wide, counts, group)


def widened(predicted: Array) -> Array:
    """Return `predicted` as float64, rows of class probabilities summing to 1; log loss minds the rounding.

    Examples
    --------
    >>> widened(np.array([[0.25, 0.25]], dtype=np.float32)).tolist()
    [[0.5, 0.5]]
    """
    wide = predicted.astype(np.float64)
    return wide if wide.ndim == 1 else np.asarray(wide / wide.sum(axis=1, keepdims=True))


def answers_of(table: pd.DataFrame, *, part: str, classes: Sequence[str]) -> Answers:
    """Return the answers of `part` that `prediction_table` has written, decisions, weights and groups too.

    Parameters
    ----------
    table
        Rows of ``predictions.parquet``.
    classes
        Names of the classes in their order; none for a regression.

    Raises
    ------
    ValueError
        Where the table holds other classes.
    """
    rows = table[table["part"] == part]
    if classes:
        _check_classes(table, classes)
    weight = rows[WEIGHT].to_numpy(np.float64) if WEIGHT in rows else None
    group = rows[GROUP].to_numpy(object) if GROUP in rows else None
    identity = rows[EXAMPLE_ID].to_numpy(object)
    if not classes:
        target, predicted = (rows[name].to_numpy(np.float64) for name in (TARGET, PREDICTION))
        return Answers(identity, target, predicted, weight, group)
    index = pd.Index(classes)
    target, chosen = (
        index.get_indexer(pd.Index(rows[name])).astype(np.int64) for name in (TARGET, PREDICTION)
    )
    shares = rows[[PROBABILITY + name for name in classes]].to_numpy(np.float64)
    return Answers(identity, target, shares, weight, group, chosen)


def check_answers(answers: Answers, *, part: str) -> None:
    """Raise ValueError where `answers` cannot be judged: values not finite, or no row that counts."""
    within_row = tuple(range(1, answers.predicted.ndim))
    wrong = int((~np.isfinite(answers.predicted).all(axis=within_row)).sum())
    if wrong:
        raise ValueError(
            f"for {wrong} of the {len(answers)} rows of the {part} part the prediction is NaN or infinite in "
            "the target's own unit, expected finite numbers: the training diverged, or undoing the "
            "transformation of the target (encode.target=log1p takes an exponential) left the range of "
            "numbers. Lower train.learning_rate, clip the gradients (train.optimizer.clipnorm=1.0), or try "
            "encode.target=standard."
        )
    if answers.weight is not None and len(answers) and not answers.weight.sum() > 0:
        raise ValueError(
            f"all {len(answers)} rows of the {part} part have weight 0, expected some above 0: nothing would "
            "be measured. Set evaluate.weighted=false to count every row the same, or correct the data set's "
            "weight column."
        )


def prediction_table(parts: Mapping[str, Answers], *, classes: Sequence[str]) -> pd.DataFrame:
    """Return one row an example of each part, for people and programs.

    Returns
    -------
    pd.DataFrame
        ``example_id``, ``part``, ``target``, ``prediction`` (class names or values), ``weight`` and
        ``group`` where there are any and, for a classification, ``probability.<class>`` for each class,
        float64.
    """
    tables = [_part_table(part, answers, classes) for part, answers in parts.items()]
    return pd.concat(tables, ignore_index=True)


def _part_table(part: str, answers: Answers, classes: Sequence[str]) -> pd.DataFrame:
    names = np.asarray(classes, dtype=object)
    outcome = (answers.target, answers.predicted)
    if len(names):
        outcome = (names[answers.target], names[answers.classes_decided])
    identity = pd.Series(answers.example_id, dtype="str")
    columns = {EXAMPLE_ID: identity, "part": pd.Series([part] * len(answers), dtype="str")}
    kind = "str" if len(names) else "float64"
    columns |= {
        name: pd.Series(values, dtype=kind)
        for name, values in zip((TARGET, PREDICTION), outcome, strict=True)
    }
    if answers.weight is not None:
        columns[WEIGHT] = pd.Series(answers.weight)
    if answers.group is not None:
        columns[GROUP] = pd.Series(answers.group, dtype="str")
    shares = {PROBABILITY + name: answers.predicted[:, label] for label, name in enumerate(classes)}
    return pd.DataFrame(columns).assign(**shares)


def _check_classes(table: pd.DataFrame, classes: Sequence[str]) -> None:
    found = [str(name).removeprefix(PROBABILITY) for name in table if str(name).startswith(PROBABILITY)]
    if sorted(found) != sorted(classes):
        raise ValueError(
            f"expected predictions of the classes {', '.join(classes)}, received those of "
            f"{', '.join(found) or 'no class'}: the two judge different tasks."
        )
