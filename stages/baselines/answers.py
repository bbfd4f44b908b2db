"""The table of what the baselines answer, and the one number a person wants to see."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stages.examples.encoded import Array
from stages.examples.schema import EXAMPLE_ID, TARGET, WEIGHT, Schema

PROBABILITY, VALUE = "probability.", "value"
"""Prefix of the columns of class probabilities; the column of values of a regression."""


def answer_table(
    name: str, part: str, example_id: pd.Series, predicted: Array, *, schema: Schema
) -> pd.DataFrame:
    """Return one row an example: ``example_id``, ``part``, ``baseline``, and the answer, float64.

    The answer is one column ``probability.<class>`` for each class, or ``value``.

    Examples
    --------
    >>> schema = Schema(dataset="d", task="binary", target="y", classes=("no", "yes"), features=())
    >>> answer_table("constant", "test", pd.Series(["a"]), np.array([[0.7, 0.3]]), schema=schema)
      example_id  part  baseline  probability.no  probability.yes
    0          a  test  constant             0.7              0.3
    """
    regression = schema.task == "regression"
    names = [VALUE] if regression else [f"{PROBABILITY}{each}" for each in schema.classes]
    answers = pd.DataFrame(predicted.reshape(len(example_id), len(names)), columns=names)
    ids = pd.Series(example_id.to_numpy(), dtype="str")
    told = pd.DataFrame({EXAMPLE_ID: ids, "part": part, "baseline": name}).astype("str")
    return pd.concat([told, answers], axis=1)


def headline(examples: pd.DataFrame, predicted: Array, *, schema: Schema) -> str:
    """Return accuracy or RMSE of `predicted`, rows counting as the weight column says.

    Examples
    --------
    >>> schema = Schema(dataset="d", task="regression", target="y", features=())
    >>> headline(pd.DataFrame({"target": [1.0, 3.0]}), np.array([1.0, 1.0]), schema=schema)
    'RMSE 1.414'
    """
    weight = examples[WEIGHT].to_numpy(np.float64) if WEIGHT in examples else np.ones(len(examples))
    if not weight.sum() > 0:
        return "no row that counts"
    if schema.task == "regression":
        errors = predicted - examples[TARGET].to_numpy(np.float64)
        with np.errstate(over="ignore"):  # a wild answer makes it infinite
            return f"RMSE {np.sqrt(np.average(errors**2, weights=weight)):.4g}"
    right = pd.Index(schema.classes).get_indexer(pd.Index(examples[TARGET])) == predicted.argmax(axis=1)
    return f"accuracy {np.average(right, weights=weight):.4f}"
