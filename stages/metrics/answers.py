"""What a network answered for the examples of one part, beside what is true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from stages.examples.encoded import Array
from stages.examples.schema import EXAMPLE_ID, TARGET, Schema
from stages.metrics.decision import decide

PROBABILITY = "probability."
"""Prefix of the columns of class probabilities in the table of predictions."""


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
    """

    example_id: Array
    target: Array
    predicted: Array
    weight: Array | None = None

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.target)


def make_answers(
    examples: pd.DataFrame, predicted: Array, *, schema: Schema, weight: Array | None = None
) -> Answers:
    """Return `predicted` beside the id and the target of the same rows of the table of examples."""
    names = examples[TARGET]
    if schema.task == "regression":
        target, wide = names.to_numpy(np.float64), predicted.astype(np.float64)
    else:
        target = pd.Index(schema.classes).get_indexer(pd.Index(names)).astype(np.int64)
        wide = predicted.astype(np.float64)
        wide = wide / wide.sum(axis=1, keepdims=True)  # what float32 rounded off; log loss minds it
    counts = None if weight is None else weight.astype(np.float64)
    return Answers(examples[EXAMPLE_ID].to_numpy(object), target, wide, counts)


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


def prediction_table(part: str, answers: Answers, *, schema: Schema, threshold: float) -> pd.DataFrame:
    """Return one row an example, for people and programs.

    Returns
    -------
    pd.DataFrame
        ``example_id``, ``part``, ``target``, ``prediction`` (class names or values) and, for a
        classification, ``probability.<class>`` for each class, float64.
    """
    columns = {"example_id": answers.example_id, "part": np.full(len(answers), part, dtype=object)}
    if schema.task == "regression":
        return pd.DataFrame(columns | {"target": answers.target, "prediction": answers.predicted})
    names = np.asarray(schema.classes, dtype=object)
    columns |= {
        "target": names[answers.target],
        "prediction": names[decide(answers.predicted, threshold=threshold)],
    }
    shares = {
        f"{PROBABILITY}{name}": answers.predicted[:, label] for label, name in enumerate(schema.classes)
    }
    text = pd.DataFrame(columns, dtype="str")
    return text.assign(**shares)
