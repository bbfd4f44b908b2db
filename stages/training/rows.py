"""The rows training sees, and how much each of them counts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from stages.examples.encoded import Array, Encoded, Spec, class_probabilities

SHOWN = 5


class Rows(NamedTuple):
    """What a network is fed.

    Attributes
    ----------
    inputs
        Arrays by input name, ``(n_samples, *shape)``.
    target
        As the loss compares it with the network's output.
    weight
        Weight of each row in the loss, ``(n_samples,)`` float32, or None where all count the same.
    """

    inputs: Mapping[str, Array]
    target: Array
    weight: Array | None

    def __len__(self) -> int:
        """Return the number of rows, not of fields."""
        return len(self.target)


def check_rows(encoded: Encoded, *, spec: Spec, part: str) -> None:
    """Check that the rows of `part` can be trained on.

    Raises
    ------
    ValueError
        Where a number is missing or infinite, naming the columns, or there is no row to train on.
    """
    if part == "train" and not len(encoded):
        raise ValueError(
            "there is no row to train on: the sampler or a filter of outliers removed all of them. Look at "
            "data/resample/report.json, or use resample=none encode.outliers=none."
        )
    for each in spec.inputs:
        array = encoded.inputs[each.name]
        if not np.issubdtype(array.dtype, np.floating):
            continue
        wrong = ~np.isfinite(array).reshape(len(array), math.prod(array.shape[1:]))
        if wrong.any():
            raise ValueError(_message(wrong, name=each.name, columns=each.columns, part=part))
    if not np.isfinite(encoded.target).all():
        raise ValueError(
            f"the target of {part} has {int((~np.isfinite(encoded.target)).sum())} missing or infinite "
            "values: a network cannot learn from them. Choose another encode.target (log1p needs targets "
            "above -1)."
        )


def _message(wrong: Array, *, name: str, columns: Sequence[str], part: str) -> str:
    found = np.flatnonzero(wrong.any(axis=0))
    names = [columns[j] if j < len(columns) else str(j) for j in found[:SHOWN]]
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return (
        f"the input {name!r} of {part} has missing or infinite values in {int(wrong.any(axis=1).sum())} of "
        f"{len(wrong)} rows (columns {', '.join(names)}{more}): a network would answer NaN to them. Fill "
        "them in with an imputer (encode.imputer=median), or mend the column in the raw data."
    )


def class_counts(encoded: Encoded, classes: Sequence[str]) -> dict[str, float]:
    """Return the number of rows of each class, soft labels counted in parts; empty for a regression.

    Examples
    --------
    >>> rows = Encoded({}, np.array([0, 0, 1]), np.arange(3))
    >>> class_counts(rows, ["good", "bad"])
    {'good': 2.0, 'bad': 1.0}
    """
    if not classes:
        return {}
    counts = class_probabilities(encoded.target, len(classes)).sum(axis=0, dtype=np.float64)
    return {name: float(count) for name, count in zip(classes, counts, strict=True)}


def row_weights(encoded: Encoded, class_weights: Mapping[str, float]) -> Array | None:
    """Return the weight of each row: its own, times that of its class (soft labels: the mean of theirs).

    Returns None where all rows count 1.

    Examples
    --------
    >>> rows = Encoded({}, np.array([0, 0, 1]), np.arange(3))
    >>> row_weights(rows, {"good": 1.0, "bad": 3.0}).tolist()
    [1.0, 1.0, 3.0]
    """
    weights = list(class_weights.values())
    if all(weight == 1 for weight in weights):
        return None if encoded.weight is None else np.asarray(encoded.weight, np.float32)
    by_class = class_probabilities(encoded.target, len(weights)) @ np.asarray(weights, np.float32)
    return by_class if encoded.weight is None else (by_class * encoded.weight).astype(np.float32)
